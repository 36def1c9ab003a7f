"""The whole history that a manifest store tells: every manifest, and every code about it.

For people and programs that want to see all of it, as found. A verdict needs far less, and takes it
from `reading`. Titles, descriptions and the content of other assertions are left out: they hold
file names, prompts and people, which are nobody's business here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from provenance.errors import SignerKeyError
from provenance.manifest import claims, codes, cose
from provenance.manifest.code_meanings import UNCHECKED_TIME, sentence
from provenance.manifest.report import Code, CodeLists, IngredientReport, ManifestReport, Report
from provenance.manifest.trust import Trust
from provenance.manifest.validation import Reading, described
from provenance.text import clean

Kind = Literal["success", "informational", "failure"]
KINDS: tuple[Kind, ...] = ("failure", "informational", "success")

# Every text here comes from a file; a history of any length stays readable.
MAX_TEXT = 256
MAX_MANIFESTS = 200

_OLD = "legacy timestamp"  # how the SDK says that it trusts whoever stamped an old manifest


@dataclass(frozen=True)
class Status:
    """One validation code: what it means, and the SDK's own words about this case.

    A ``recorded`` one was found by whoever took this manifest in as an ingredient, and is that
    signer's word; what came of checking it again differs from it only where there is another.
    """

    code: str
    kind: Kind
    says: str
    about: str | None = None
    detail: str | None = None
    recorded: bool = False


@dataclass(frozen=True)
class Action:
    """Something that was done. ``when`` and ``source_type`` are None unless well-formed."""

    action: str
    when: datetime | None = None
    source_type: str | None = None
    software: str | None = None


@dataclass(frozen=True)
class Assertion:
    """One assertion's label, and whether the signer stands for it (created) or passes it on."""

    label: str
    created: bool


@dataclass(frozen=True)
class Ingredient:
    """Something that the picture was made from; ``urn`` is its manifest, if it has one."""

    relationship: str
    format: str | None = None
    urn: str | None = None


@dataclass(frozen=True)
class Certificate:
    """The certificate of a signer; ``anchored`` if it leads to an anchor of the user's."""

    name: str
    common_name: str | None
    issuer: str
    not_before: datetime
    not_after: datetime
    sha256: str
    anchored: bool


@dataclass(frozen=True)
class Entry:
    """One manifest of a store. ``signed_at`` is what a time stamp says, trusted or not."""

    urn: str
    active: bool
    format: str | None
    claim_generator: str | None
    signer: Certificate | None
    algorithm: str | None
    signed_at: datetime | None
    actions: tuple[Action, ...]
    assertions: tuple[Assertion, ...]
    ingredients: tuple[Ingredient, ...]
    statuses: tuple[Status, ...]


def chain(reading: Reading, trust: Trust) -> tuple[Entry, ...]:
    """Return every manifest of the store that was read, the active one first.

    `trust` says which signers lead to an anchor; it is what the store was read with.
    """
    report = reading.report
    if report is None:
        return ()
    order = [reading.urn, *(urn for urn in report.manifests if urn != reading.urn)]
    found = [*_statuses(report, reading), *_recorded(report)]
    return tuple(_entry(urn, report, trust, found) for urn in order[:MAX_MANIFESTS])


def _entry(urn: str, report: Report, trust: Trust, found: list[tuple[str, Status]]) -> Entry:
    manifest = report.manifests[urn]
    old = manifest.claim_version == 1  # which had only assertions that the signer stands for
    return Entry(
        urn=urn,
        active=urn == report.urn,
        format=_text(manifest.format),
        claim_generator=claims.generator(manifest),
        signer=_signer(report.store, urn, trust),
        algorithm=_text(manifest.algorithm),
        signed_at=claims.time(manifest.signed_at),
        actions=tuple(map(_action, claims.actions(manifest))),
        assertions=tuple(
            Assertion(label, old or item.created)
            for item in manifest.assertions
            if (label := _text(item.label))
        ),
        ingredients=tuple(map(_ingredient, manifest.ingredients)),
        statuses=(*(status for owner, status in found if owner == urn), *_unusable(manifest)),
    )


def _signer(store: bytes, urn: str, trust: Trust) -> Certificate | None:
    try:
        leaf = described(cose.certificate_chain(store, urn), trust)
    except (ValueError, SignerKeyError):
        return None
    return Certificate(**{each.name: getattr(leaf, each.name) for each in fields(Certificate)})


def _action(action: Mapping[str, Any]) -> Action:
    name, version = claims.agent(action.get("softwareAgent"))
    return Action(
        action=_text(action.get("action")) or "unnamed",
        when=claims.time(action.get("when")),
        source_type=claims.source_type(action),
        software=f"{name} {version}" if name and version else name,
    )


def _unusable(manifest: ManifestReport) -> Iterator[Status]:
    for action in claims.actions(manifest):
        for code in claims.unusable(action):
            yield Status(code, "informational", sentence(code), _text(action.get("action")))


def _ingredient(ingredient: IngredientReport) -> Ingredient:
    return Ingredient(
        relationship=_text(ingredient.relationship) or "unnamed",
        format=_text(ingredient.format),
        urn=_text(ingredient.urn),
    )


# --- codes ---------------------------------------------------------------------------------------


def _statuses(report: Report, reading: Reading) -> Iterator[tuple[str, Status]]:
    """Yield every code with the manifest that it is about, the SDK's before ours."""
    for lists in (report.results.active, *report.results.deltas):
        yield from _of(lists, reading.urn)
    for code in reading.failures:
        if codes.is_identity_problem(code) or code in codes.OBJECTIONS:
            yield reading.urn, Status(code, "failure", sentence(code))


def _recorded(report: Report) -> Iterator[tuple[str, Status]]:
    """Yield what signers recorded about the manifests that they took in."""
    for manifest in report.manifests.values():
        for ingredient in manifest.ingredients:
            if ingredient.urn is not None:
                for owner, status in _of(ingredient.recorded, ingredient.urn):
                    yield owner, replace(status, recorded=True)


def _of(lists: CodeLists, active: str) -> Iterator[tuple[str, Status]]:
    for kind in KINDS:
        listed: tuple[Code, ...] = getattr(lists, kind)
        for each in listed:
            if (code := _text(each.code)) is not None:
                urn, about = _place(each.url)
                detail = _text(each.detail)
                unchecked = code == "timeStamp.trusted" and (detail or "").startswith(_OLD)
                says = UNCHECKED_TIME if unchecked else sentence(code)
                yield urn or active, Status(code, kind, says, about, detail)


def _place(url: str) -> tuple[str, str | None]:
    """Split ``self#jumbf=/c2pa/URN/c2pa.assertions/LABEL`` into manifest and what is in it."""
    _, store, inside = url.partition("self#jumbf=/c2pa/")
    urn, _, part = inside.partition("/")
    return (urn if store else ""), _text(part.removeprefix("c2pa.assertions/"))


def _text(value: object) -> str | None:
    return clean(value, MAX_TEXT) if isinstance(value, str) and value else None
