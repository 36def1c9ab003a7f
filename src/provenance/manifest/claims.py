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

    ``model``, ``created`` and ``source_type`` come from the action that made the picture, if the
    signer states it itself. ``statement`` is there only if the manifest is a stamp of ours, whole
    and consistent.
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
    making = _find_making_action(manifest)
    action = making.data
    model, version = making.agent
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


@dataclass(frozen=True)
class StatedAction:
    """Something that was done, as a manifest states it.

    ``agent`` is name and version of what did it, and ``created`` whether the signer states it
    itself and does not pass on what somebody else said.
    """

    data: Mapping[str, Any]
    agent: tuple[str | None, str | None]
    created: bool

    @property
    def name(self) -> object:
        """What was done, in C2PA's vocabulary or anybody's."""
        return self.data.get("action")


def list_actions(manifest: ManifestReport) -> Iterator[StatedAction]:
    """Yield what was done, in the order stated."""
    for assertion in manifest.assertions:
        if assertion.label.startswith("c2pa.actions"):
            agents = assertion.data.get("softwareAgents")
            for action in as_mappings(assertion.data.get("actions")):
                agent = read_agent(_find_agent(action, agents))
                yield StatedAction(action, agent, manifest.stands_for(assertion))


def _find_agent(action: Mapping[str, Any], agents: object) -> object:
    """Return what did it: named in the action, or by its place in the list of all of them."""
    index = action.get("softwareAgentIndex")
    if "softwareAgent" in action or not isinstance(agents, list) or type(index) is not int:
        return action.get("softwareAgent")
    return agents[index] if 0 <= index < len(agents) else None


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
    return check_source_type(action.get("digitalSourceType"))


def check_source_type(stated: object) -> str | None:
    """Return a kind of source, None unless it is a URI of a known vocabulary."""
    known = isinstance(stated, str) and _SOURCE_TYPE.fullmatch(stated)
    return stated if isinstance(stated, str) and known else None


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


def _find_making_action(manifest: ManifestReport) -> StatedAction:
    """Return the action that says how the pixels came about: created, or what names a source."""
    listed = [each for each in list_actions(manifest) if each.created]
    for action in listed:
        if action.name == "c2pa.created":
            return action
    for action in listed:
        if "digitalSourceType" in action.data:
            return action
    return _NO_ACTION


_NO_ACTION = StatedAction({}, (None, None), created=True)


def clean_text(value: object) -> str | None:
    """Return a text that is safe to show, None for an empty one or anything else."""
    return clean(value) if isinstance(value, str) and value else None
