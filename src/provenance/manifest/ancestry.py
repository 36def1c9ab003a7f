"""What a manifest was made from: parents, all that it builds on, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.manifest import codes
from provenance.manifest.claims import Claims, read_claims
from provenance.manifest.report import ManifestReport, Report

# Bounds the time; histories in the wild have under twenty.
MAX_ANCESTORS = 1000

_NONE = ManifestReport()


def list_parents(report: Report) -> Iterator[Claims]:
    """Yield what the manifests say that the active one continues."""
    for ingredient in report.active.ingredients:
        parent = report.manifests.get(ingredient.urn or "")
        if ingredient.relationship == "parentOf" and ingredient.urn and parent is not None:
            yield read_claims(ingredient.urn, parent)


def find_ancestors(report: Report) -> frozenset[str]:
    """Follow the links between manifests, each once, whatever graph they form."""
    seen: set[str] = set()
    waiting = [report.urn]
    while waiting and len(seen) < MAX_ANCESTORS:
        new = set(_linked_urns(report.manifests.get(waiting.pop(), _NONE))) - seen
        seen |= new
        waiting += new
    return frozenset(seen - {report.urn})


def list_recorded_failures(report: Report) -> tuple[str, ...]:
    """Return what signers recorded to be broken in the manifests that they took in.

    Whom they trusted is their business; that something signed did not hold is everybody's. The SDK
    reports only what has changed since it was recorded.
    """
    found = [
        failure.code
        for label in (report.urn, *sorted(find_ancestors(report)))
        for ingredient in report.manifests.get(label, _NONE).ingredients
        for failure in (*ingredient.failures, *ingredient.recorded.failure)
    ]
    return tuple(dict.fromkeys(code for code in found if code in codes.BROKEN))


def _linked_urns(manifest: ManifestReport) -> Iterator[str]:
    for ingredient in manifest.ingredients:
        if ingredient.urn is not None:
            yield ingredient.urn
