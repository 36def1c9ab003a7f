"""What any manifest says, whoever made it: read defensively, judged elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from provenance.manifest.assertions import parse
from provenance.manifest.statement import StampStatement
from provenance.signing.text import printable

# A source type is one of two vocabularies' URIs; the SDK passes any text.
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


def read_content(urn: str, manifest: Mapping[str, Any]) -> Content:
    """Read the SDK's JSON of one manifest; whatever is missing or malformed is left out."""
    action = _making_action(manifest)
    agent = action.get("softwareAgent")
    details: Mapping[str, Any] = agent if isinstance(agent, Mapping) else {"name": agent}
    source_type = action.get("digitalSourceType")
    known = isinstance(source_type, str) and _SOURCE_TYPE.fullmatch(source_type)
    return Content(
        urn=urn,
        claim_generator=_generator(manifest),
        title=_text(manifest.get("title")),
        model=_text(details.get("name")),
        model_version=_text(details.get("version")),
        created=_time(action.get("when")),
        source_type=source_type if known else None,
        statement=parse(manifest),
    )


def _making_action(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the action that says how the pixels came about: created, or what names a source."""
    actions = list(_actions(manifest))
    for action in actions:
        if action.get("action") == "c2pa.created":
            return action
    for action in actions:
        if "digitalSourceType" in action:
            return action
    return {}


def _actions(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for assertion in _mappings(manifest.get("assertions")):
        label = assertion.get("label")
        if isinstance(label, str) and label.startswith("c2pa.actions"):
            data = assertion.get("data")
            if isinstance(data, Mapping):
                yield from _mappings(data.get("actions"))


def _generator(manifest: Mapping[str, Any]) -> str | None:
    for info in _mappings(manifest.get("claim_generator_info")):
        name = _text(info.get("name"))
        if name:
            version = _text(info.get("version"))
            return f"{name} {version}" if version else name
    return _text(manifest.get("claim_generator"))


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, Mapping):
            yield item


def _text(value: object) -> str | None:
    return printable(value) if isinstance(value, str) and value else None


def _time(value: object) -> datetime | None:
    """Read a time with a zone; without one it says nothing, and "yesterday" is none at all."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if moment is None or moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
