"""What a manifest was made from: parents, all that it builds on, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.manifest import codes
from provenance.manifest.claims import Claims, read_claims
from provenance.manifest.report import ManifestReport, Report

MAX_ANCESTORS = 1000
"""Manifests that are followed, to bound the time. Histories in the wild have under twenty."""

_NONE = ManifestReport()  # stands for a manifest that an ingredient names and the store lacks


def list_parents(report: Report) -> Iterator[Claims]:
    """Yield what the manifests of the active one's parents say."""
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

    Codes about trust are left out: each signer trusts by its own list. The SDK reports only what
    has changed since it was recorded, so what was broken by then is read here.
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
