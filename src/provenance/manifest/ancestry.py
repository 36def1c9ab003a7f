"""What a manifest was made from: parents, all that it builds on, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.manifest import codes
from provenance.manifest.assertions import mapping, mappings
from provenance.manifest.content import Content, read_content

# Bounds the time; histories in the wild have under twenty.
MAX_ANCESTORS = 1000


def parents(manifest: Mapping[str, Any], manifests: Mapping[str, Any]) -> Iterator[Content]:
    """Yield what the manifests say that this one continues."""
    for relationship, urn in _links(manifest):
        parent = manifests.get(urn)
        if relationship == "parentOf" and isinstance(parent, Mapping):
            yield read_content(urn, parent)


def ancestors(urn: str, manifests: Mapping[str, Any]) -> frozenset[str]:
    """Follow the links between manifests, each once, whatever graph they form."""
    seen: set[str] = set()
    waiting = [urn]
    while waiting and len(seen) < MAX_ANCESTORS:
        new = {link for _, link in _links(mapping(manifests.get(waiting.pop())))} - seen
        seen |= new
        waiting += new
    return frozenset(seen - {urn})


def recorded_failures(urn: str, manifests: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what signers recorded to be broken in the manifests that they took in.

    Whom they trusted is their business; that something signed did not hold is everybody's. The SDK
    reports only what has changed since it was recorded.
    """
    found = [
        status.get("code")
        for label in (urn, *sorted(ancestors(urn, manifests)))
        for ingredient in mappings(mapping(manifests.get(label)).get("ingredients"))
        for status in _recorded(ingredient)
    ]
    return tuple(dict.fromkeys(code for code in found if code in codes.BROKEN))


def _recorded(ingredient: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the statuses that an ingredient was taken in with, in the old form and in the new."""
    results = mapping(ingredient.get("validation_results"))
    for listed in (
        ingredient.get("validation_status"),
        mapping(results.get("activeManifest")).get("failure"),
    ):
        yield from (each for each in mappings(listed) if isinstance(each.get("code"), str))


def _links(manifest: Mapping[str, Any]) -> Iterator[tuple[object, str]]:
    for ingredient in mappings(manifest.get("ingredients")):
        urn = ingredient.get("active_manifest")
        if isinstance(urn, str):
            yield ingredient.get("relationship"), urn
