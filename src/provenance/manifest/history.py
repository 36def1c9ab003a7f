"""The whole history that a manifest store tells: every manifest, and every code about it.

For people and programs that want to see all of it, as found. A verdict needs far less, and takes it
from ``validation``. Titles, descriptions and the content of other assertions are left out: they
hold file names, prompts and the names of people, which are private.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

from provenance.certificates import SignerCertificate
from provenance.errors import SignerKeyError
from provenance.manifest import claims, codes, cose
from provenance.manifest.assertions import parse_statement
from provenance.manifest.claims import StatedAction, clean_text
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
from provenance.stamp_id import StampId

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
    """Something that was done. ``when`` and ``source_type`` are None unless well-formed.

    ``software`` is ``model`` with ``model_version``. ``created`` means that the signer states it
    itself; if not, it passes on what somebody else said.
    """

    action: str
    when: datetime | None = None
    source_type: str | None = None
    software: str | None = None
    model: str | None = None
    model_version: str | None = None
    created: bool = True


@dataclass(frozen=True)
class AssertionEntry:
    """An assertion's label, and whether the signer stands for it (created) or passes it on."""

    label: str
    created: bool


@dataclass(frozen=True)
class IngredientEntry:
    """Something that the picture was made from; ``urn`` is its manifest, if it has one.

    ``source_type`` is what the signer of this manifest says of it.
    """

    relationship: str
    format: str | None = None
    urn: str | None = None
    source_type: str | None = None


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
class HistorySigner:
    """Who signed a manifest of a store; ``vetted`` if an anchor that certifies any name says so."""

    certificate: SignerCertificate
    vetted: bool


@dataclass(frozen=True)
class HistoryEntry:
    """One manifest of a store.

    Attributes
    ----------
    signed_at
        What a time stamp says, trusted or not.
    trusted
        Its signature holds, and its certificate leads to an anchor of the user's and is in date.
        Of an earlier manifest this says nothing about any file's bytes.
    stamp_id
        The stamp that it states, if it is one of ours.
    redactions
        What this signer removed from earlier manifests: the address of each assertion.
    """

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
    trusted: bool = False
    stamp_id: StampId | None = None
    redactions: tuple[str, ...] = ()


def list_history(reading: ManifestReading, trust: Trust) -> tuple[HistoryEntry, ...]:
    """Return every manifest of the store that was read, the active one first.

    ``trust`` says which signers lead to an anchor: pass the one that the store was read with.
    """
    report = reading.report
    if report is None:
        return ()
    order = [reading.urn, *(urn for urn in report.manifests if urn != reading.urn)]
    found = [*_statuses(report, reading), *_recorded_statuses(report)]
    return tuple(_entry(urn, report, reading, trust, found) for urn in order[:MAX_MANIFESTS])


def list_signers(reading: ManifestReading, trust: Trust) -> dict[str, HistorySigner]:
    """Return the signer of each manifest of the store, by URN, where it can be told."""
    report = reading.report
    urns = list(report.manifests)[:MAX_MANIFESTS] if report else ()
    found = ((urn, _read_signer(reading.store, urn, trust)) for urn in urns)
    return {urn: HistorySigner(each, trust.is_vetted(each)) for urn, each in found if each}


def _entry(
    urn: str,
    report: Report,
    reading: ManifestReading,
    trust: Trust,
    found: list[tuple[str, CodeStatus]],
) -> HistoryEntry:
    manifest = report.manifests[urn]
    signer = _read_signer(report.store, urn, trust)
    own = [status for owner, status in found if owner == urn]
    statement = parse_statement(manifest)
    return HistoryEntry(
        urn=urn,
        active=urn == report.urn,
        format=clean_text(manifest.format),
        claim_generator=claims.read_generator(manifest),
        signer=_signer(signer) if signer else None,
        algorithm=clean_text(manifest.algorithm),
        signed_at=claims.read_time(manifest.signed_at),
        actions=tuple(map(_action, claims.list_actions(manifest))),
        assertions=tuple(
            AssertionEntry(label, manifest.stands_for(item))
            for item in manifest.assertions
            if (label := clean_text(item.label))
        ),
        ingredients=tuple(map(_ingredient, manifest.ingredients)),
        statuses=(*own, *_unusable_statuses(manifest)),
        trusted=_is_trusted(signer, own, trust) if urn != reading.urn else reading.authentic,
        stamp_id=statement.stamp_id if statement else None,
        redactions=tuple(filter(None, map(clean_text, manifest.redactions))),
    )


def _is_trusted(signer: SignerCertificate | None, own: list[CodeStatus], trust: Trust) -> bool:
    """Judge an earlier manifest by all codes about it, and its certificate by our own check.

    What another signer recorded about trust is left out: it trusts by its own list.
    """
    if signer is None or not signer.anchored or not signer.is_in_date(datetime.now(UTC)):
        return False
    if not trust.revoked.isdisjoint((signer.sha256, *signer.issuers)):
        return False
    failed = [each for each in own if each.kind == "failure"]
    return not any(
        each.code in codes.BROKEN | codes.BROKEN_LINK
        or (codes.is_credential_problem(each.code) and not each.recorded)
        for each in failed
    )


def _read_signer(store: bytes, urn: str, trust: Trust) -> SignerCertificate | None:
    try:
        return describe_chain(cose.read_certificate_chain(store, urn), trust)
    except (ValueError, SignerKeyError):
        return None


def _signer(leaf: SignerCertificate) -> SignerEntry:
    return SignerEntry(**{each.name: getattr(leaf, each.name) for each in fields(SignerEntry)})


def _action(action: StatedAction) -> ActionEntry:
    model, version = action.agent
    return ActionEntry(
        action=clean_text(action.name) or "unnamed",
        when=claims.read_time(action.data.get("when")),
        source_type=claims.read_source_type(action.data),
        software=f"{model} {version}" if model and version else model,
        model=model,
        model_version=version,
        created=action.created,
    )


def _unusable_statuses(manifest: ManifestReport) -> Iterator[CodeStatus]:
    for action in claims.list_actions(manifest):
        for code in claims.find_unusable(action.data):
            yield CodeStatus(code, "informational", explain_code(code), clean_text(action.name))


def _ingredient(ingredient: IngredientReport) -> IngredientEntry:
    return IngredientEntry(
        relationship=clean_text(ingredient.relationship) or "unnamed",
        format=clean_text(ingredient.format),
        urn=clean_text(ingredient.urn),
        source_type=claims.check_source_type(ingredient.source_type),
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
