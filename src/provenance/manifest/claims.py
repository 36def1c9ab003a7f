"""What any manifest says, whoever made it: read defensively, judged elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from provenance.manifest.assertions import parse
from provenance.manifest.report import ManifestReport, mapping, mappings
from provenance.manifest.statement import StampStatement
from provenance.text import clean

TIME_UNUSABLE = "provenance.action.when.unusable"
SOURCE_TYPE_UNKNOWN = "provenance.action.digitalSourceType.unknown"

# A source type is one of two vocabularies' URIs.
_SOURCE_TYPE = re.compile(
    r"http://(cv\.iptc\.org/newscodes|c2pa\.org)/digitalsourcetype/[A-Za-z]{1,64}"
)


@dataclass(frozen=True)
class Content:
    """What one manifest says; signed or not, true or not.

    ``model``, ``created`` and ``source_type`` come from the action that made the picture, and
    ``statement`` is there only if the manifest is a stamp of ours, complete and consistent.
    """

    urn: str
    claim_generator: str | None = None
    title: str | None = None
    model: str | None = None
    model_version: str | None = None
    created: datetime | None = None
    source_type: str | None = None
    statement: StampStatement | None = None


def read_content(urn: str, manifest: ManifestReport) -> Content:
    """Read what one manifest says; whatever is missing or malformed is left out."""
    action = _making_action(manifest)
    model, version = agent(action.get("softwareAgent"))
    return Content(
        urn=urn,
        claim_generator=generator(manifest),
        title=_text(manifest.title),
        model=model,
        model_version=version,
        created=time(action.get("when")),
        source_type=source_type(action),
        statement=parse(manifest),
    )


def actions(manifest: ManifestReport) -> Iterator[Mapping[str, Any]]:
    """Yield what was done, in the order stated."""
    for assertion in manifest.assertions:
        if assertion.label.startswith("c2pa.actions"):
            yield from mappings(assertion.data.get("actions"))


def generator(manifest: ManifestReport) -> str | None:
    """Return the program that wrote the manifest, with its version."""
    for info in manifest.generators:
        name, version = agent(info)
        if name:
            return f"{name} {version}" if version else name
    return _text(manifest.claim_generator)


def agent(value: object) -> tuple[str | None, str | None]:
    """Return name and version of a program, which older manifests write as one text."""
    details = mapping(value) or {"name": value}
    return _text(details.get("name")), _text(details.get("version"))


def source_type(action: Mapping[str, Any]) -> str | None:
    """Return an action's kind of source, None unless it is a URI of a known vocabulary."""
    stated = action.get("digitalSourceType")
    known = isinstance(stated, str) and _SOURCE_TYPE.fullmatch(stated)
    return stated if known else None


def unusable(action: Mapping[str, Any]) -> Iterator[str]:
    """Yield codes for what an action states in vain; the SDK passes any text."""
    if action.get("when") is not None and time(action.get("when")) is None:
        yield TIME_UNUSABLE
    if action.get("digitalSourceType") is not None and source_type(action) is None:
        yield SOURCE_TYPE_UNKNOWN


def time(value: object) -> datetime | None:
    """Read a time with a zone; without one it says nothing, and "yesterday" is none at all."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if moment is None or moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _making_action(manifest: ManifestReport) -> Mapping[str, Any]:
    """Return the action that says how the pixels came about: created, or what names a source."""
    listed = list(actions(manifest))
    for action in listed:
        if action.get("action") == "c2pa.created":
            return action
    for action in listed:
        if "digitalSourceType" in action:
            return action
    return {}


def _text(value: object) -> str | None:
    return clean(value) if isinstance(value, str) and value else None
