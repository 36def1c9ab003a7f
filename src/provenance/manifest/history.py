"""The whole history that a manifest store tells: every manifest, and every code about it.

For people and programs that want to see all of it, as found. A verdict needs far less, and takes it
from ``validation``. Titles, descriptions and the content of other assertions are left out: they
hold file names, prompts and the names of people, which are private.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from provenance.errors import SignerKeyError
from provenance.manifest import claims, codes, cose
from provenance.manifest.claims import clean_text
from provenance.manifest.code_meanings import UNCHECKED_TIME, explain_code
from provenance.manifest.report import (
    KINDS,
    Code,
    CodeLists,
    IngredientReport,
    Kind,
    ManifestReport,
    Report,
)
from provenance.manifest.trust import Trust
from provenance.manifest.validation import ManifestReading, describe_chain

MAX_MANIFESTS = 200
"""Manifests that are listed, so that what a hostile file shows stays readable. Histories in the
wild have under twenty."""

_OLD = "legacy timestamp"  # how the SDK says that it trusts whoever stamped an old manifest


@dataclass(frozen=True)
class CodeStatus:
    """One validation code: what it means, and the SDK's own words about this case.

    A ``recorded`` code is the word of the signer that took this manifest in as an ingredient. It
    still holds by our own check, unless another code says otherwise.
    """

    code: str
    kind: Kind
    says: str
    about: str | None = None
    detail: str | None = None
    recorded: bool = False


@dataclass(frozen=True)
class ActionEntry:
    """Something that was done. ``when`` and ``source_type`` are None unless well-formed."""

    action: str
    when: datetime | None = None
    source_type: str | None = None
    software: str | None = None


@dataclass(frozen=True)
class AssertionEntry:
    """An assertion's label, and whether the signer stands for it (created) or passes it on."""

    label: str
    created: bool


@dataclass(frozen=True)
class IngredientEntry:
    """Something that the picture was made from; ``urn`` is its manifest, if it has one."""

    relationship: str
    format: str | None = None
    urn: str | None = None


@dataclass(frozen=True)
class SignerEntry:
    """The certificate of a signer; ``anchored`` if it leads to an anchor of the user's."""

    name: str
    common_name: str | None
    issuer: str
    not_before: datetime
    not_after: datetime
    sha256: str
    anchored: bool


@dataclass(frozen=True)
class HistoryEntry:
    """One manifest of a store. ``signed_at`` is what a time stamp says, trusted or not."""

    urn: str
    active: bool
    format: str | None
    claim_generator: str | None
    signer: SignerEntry | None
    algorithm: str | None
    signed_at: datetime | None
    actions: tuple[ActionEntry, ...]
    assertions: tuple[AssertionEntry, ...]
    ingredients: tuple[IngredientEntry, ...]
    statuses: tuple[CodeStatus, ...]


def list_history(reading: ManifestReading, trust: Trust) -> tuple[HistoryEntry, ...]:
    """Return every manifest of the store that was read, the active one first.

    ``trust`` says which signers lead to an anchor: pass the one that the store was read with.
    """
    report = reading.report
    if report is None:
        return ()
    order = [reading.urn, *(urn for urn in report.manifests if urn != reading.urn)]
    found = [*_statuses(report, reading), *_recorded_statuses(report)]
    return tuple(_entry(urn, report, trust, found) for urn in order[:MAX_MANIFESTS])


def _entry(
    urn: str, report: Report, trust: Trust, found: list[tuple[str, CodeStatus]]
) -> HistoryEntry:
    manifest = report.manifests[urn]
    old = manifest.claim_version == 1  # where the signer stands for every assertion
    return HistoryEntry(
        urn=urn,
        active=urn == report.urn,
        format=clean_text(manifest.format),
        claim_generator=claims.read_generator(manifest),
        signer=_signer(report.store, urn, trust),
        algorithm=clean_text(manifest.algorithm),
        signed_at=claims.read_time(manifest.signed_at),
        actions=tuple(map(_action, claims.list_actions(manifest))),
        assertions=tuple(
            AssertionEntry(label, old or item.created)
            for item in manifest.assertions
            if (label := clean_text(item.label))
        ),
        ingredients=tuple(map(_ingredient, manifest.ingredients)),
        statuses=(
            *(status for owner, status in found if owner == urn),
            *_unusable_statuses(manifest),
        ),
    )


def _signer(store: bytes, urn: str, trust: Trust) -> SignerEntry | None:
    try:
        leaf = describe_chain(cose.read_certificate_chain(store, urn), trust)
    except (ValueError, SignerKeyError):
        return None
    return SignerEntry(**{each.name: getattr(leaf, each.name) for each in fields(SignerEntry)})


def _action(action: Mapping[str, Any]) -> ActionEntry:
    name, version = claims.read_agent(action.get("softwareAgent"))
    return ActionEntry(
        action=clean_text(action.get("action")) or "unnamed",
        when=claims.read_time(action.get("when")),
        source_type=claims.read_source_type(action),
        software=f"{name} {version}" if name and version else name,
    )


def _unusable_statuses(manifest: ManifestReport) -> Iterator[CodeStatus]:
    for action in claims.list_actions(manifest):
        for code in claims.find_unusable(action):
            yield CodeStatus(
                code, "informational", explain_code(code), clean_text(action.get("action"))
            )


def _ingredient(ingredient: IngredientReport) -> IngredientEntry:
    return IngredientEntry(
        relationship=clean_text(ingredient.relationship) or "unnamed",
        format=clean_text(ingredient.format),
        urn=clean_text(ingredient.urn),
    )


# --- codes ---------------------------------------------------------------------------------------


def _statuses(report: Report, reading: ManifestReading) -> Iterator[tuple[str, CodeStatus]]:
    """Yield every code with the manifest that it is about, the SDK's before ours."""
    for lists in (report.results.active, *report.results.deltas):
        yield from _read_codes(lists, reading.urn)
    for code in reading.failures:
        if codes.is_identity_problem(code) or code in codes.OBJECTIONS:
            yield reading.urn, CodeStatus(code, "failure", explain_code(code))


def _recorded_statuses(report: Report) -> Iterator[tuple[str, CodeStatus]]:
    """Yield what signers recorded about the manifests that they took in."""
    for manifest in report.manifests.values():
        for ingredient in manifest.ingredients:
            if ingredient.urn is not None:
                for owner, status in _read_codes(ingredient.recorded, ingredient.urn):
                    yield owner, replace(status, recorded=True)


def _read_codes(lists: CodeLists, active: str) -> Iterator[tuple[str, CodeStatus]]:
    for kind in KINDS:
        listed: tuple[Code, ...] = getattr(lists, kind)
        for each in listed:
            if (code := clean_text(each.code)) is not None:
                urn, about = _split_address(each.url)
                detail = clean_text(each.detail)
                unchecked = code == "timeStamp.trusted" and (detail or "").startswith(_OLD)
                says = UNCHECKED_TIME if unchecked else explain_code(code)
                yield urn or active, CodeStatus(code, kind, says, about, detail)


def _split_address(url: str) -> tuple[str, str | None]:
    """Split ``self#jumbf=/c2pa/URN/c2pa.assertions/LABEL`` into the manifest and what is in it."""
    _, store, inside = url.partition("self#jumbf=/c2pa/")
    urn, _, part = inside.partition("/")
    return (urn if store else ""), clean_text(part.removeprefix("c2pa.assertions/"))
