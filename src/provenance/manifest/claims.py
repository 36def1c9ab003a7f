"""What any manifest says, whoever made it: read defensively, judged elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from provenance.manifest.assertions import parse_statement
from provenance.manifest.report import ManifestReport, as_mapping, as_mappings
from provenance.manifest.statement import StampStatement
from provenance.text import clean

TIME_UNUSABLE = "provenance.action.when.unusable"
SOURCE_TYPE_UNKNOWN = "provenance.action.digitalSourceType.unknown"
"""Our codes for what an action states and nobody can use."""

# A source type is a URI of one of two vocabularies.
_SOURCE_TYPE = re.compile(
    r"http://(cv\.iptc\.org/newscodes|c2pa\.org)/digitalsourcetype/[A-Za-z]{1,64}"
)


@dataclass(frozen=True)
class Claims:
    """What one manifest says, signed or not, true or not.

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


def read_claims(urn: str, manifest: ManifestReport) -> Claims:
    """Read what one manifest says; whatever is missing or malformed is left out."""
    action = _find_making_action(manifest)
    model, version = read_agent(action.get("softwareAgent"))
    return Claims(
        urn=urn,
        claim_generator=read_generator(manifest),
        title=clean_text(manifest.title),
        model=model,
        model_version=version,
        created=read_time(action.get("when")),
        source_type=read_source_type(action),
        statement=parse_statement(manifest),
    )


def list_actions(manifest: ManifestReport) -> Iterator[Mapping[str, Any]]:
    """Yield what was done, in the order stated."""
    for assertion in manifest.assertions:
        if assertion.label.startswith("c2pa.actions"):
            yield from as_mappings(assertion.data.get("actions"))


def read_generator(manifest: ManifestReport) -> str | None:
    """Return the program that wrote the manifest, with its version."""
    for info in manifest.generators:
        name, version = read_agent(info)
        if name:
            return f"{name} {version}" if version else name
    return clean_text(manifest.claim_generator)


def read_agent(value: object) -> tuple[str | None, str | None]:
    """Return name and version of a program, which older manifests write as one text."""
    details = as_mapping(value) or {"name": value}
    return clean_text(details.get("name")), clean_text(details.get("version"))


def read_source_type(action: Mapping[str, Any]) -> str | None:
    """Return an action's kind of source, None unless it is a URI of a known vocabulary."""
    stated = action.get("digitalSourceType")
    known = isinstance(stated, str) and _SOURCE_TYPE.fullmatch(stated)
    return stated if known else None


def find_unusable(action: Mapping[str, Any]) -> Iterator[str]:
    """Yield a code for each statement of an action that can't be used; the SDK passes any text."""
    if action.get("when") is not None and read_time(action.get("when")) is None:
        yield TIME_UNUSABLE
    if action.get("digitalSourceType") is not None and read_source_type(action) is None:
        yield SOURCE_TYPE_UNKNOWN


def read_time(value: object) -> datetime | None:
    """Read a time, None for anything else; a time without a zone does not fix a moment."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if moment is None or moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _find_making_action(manifest: ManifestReport) -> Mapping[str, Any]:
    """Return the action that says how the pixels came about: created, or what names a source."""
    listed = list(list_actions(manifest))
    for action in listed:
        if action.get("action") == "c2pa.created":
            return action
    for action in listed:
        if "digitalSourceType" in action:
            return action
    return {}


def clean_text(value: object) -> str | None:
    """Return a text that is safe to show, None for an empty one or anything else."""
    return clean(value) if isinstance(value, str) and value else None
