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

from provenance.errors import ManifestNotFoundError, ManifestRemoteError, SignerKeyError
from provenance.manifest import codes, content, cose, sdk
from provenance.manifest.assertions import mappings
from provenance.manifest.code_sentences import UNCHECKED_TIME, sentence
from provenance.manifest.reading import ANY_TYPE, Reading, read
from provenance.manifest.recovery import joined
from provenance.manifest.trust import Trust
from provenance.signing.certificates import describe, load_der_chain
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


def chain(data: bytes, trust: Trust, beside: bytes | None = None) -> tuple[Entry, ...]:
    """Return every manifest in a file's store, the active one first.

    `beside` is a store that came with the file, read where the file has none. Raises what `read`
    raises.
    """
    store = None
    try:
        reading = read(data, ANY_TYPE, trust)
    except (ManifestNotFoundError, ManifestRemoteError):
        if beside is None:
            raise
        data, store = joined(data, beside)
        reading = read(data, ANY_TYPE, trust, store)
    report, raw = sdk.read(data, ANY_TYPE, trust, store)
    manifests = report["manifests"]
    order = [reading.urn, *(urn for urn in manifests if urn != reading.urn)][:MAX_MANIFESTS]
    found = [*_statuses(report.get("validation_results"), reading), *_recorded(manifests)]
    return tuple(
        _entry(urn, manifests[urn], raw, trust, active=urn == reading.urn, found=found)
        for urn in order
        if isinstance(manifests[urn], Mapping)
    )


def _entry(
    urn: str,
    manifest: Mapping[str, Any],
    raw: bytes,
    trust: Trust,
    *,
    active: bool,
    found: list[tuple[str, Status]],
) -> Entry:
    info = manifest.get("signature_info")
    signature: Mapping[str, Any] = info if isinstance(info, Mapping) else {}
    old = manifest.get("claim_version") == 1  # which had only assertions that the signer stands for
    return Entry(
        urn=urn,
        active=active,
        format=_text(manifest.get("format")),
        claim_generator=content.generator(manifest),
        signer=_signer(raw, urn, trust),
        algorithm=_text(signature.get("alg")),
        signed_at=content.time(signature.get("time")),
        actions=tuple(map(_action, content.actions(manifest))),
        assertions=tuple(
            Assertion(label, old or item.get("created") is True)
            for item in mappings(manifest.get("assertions"))
            if (label := _text(item.get("label")))
        ),
        ingredients=tuple(map(_ingredient, mappings(manifest.get("ingredients")))),
        statuses=(*(status for owner, status in found if owner == urn), *_unusable(manifest)),
    )


def _signer(raw: bytes, urn: str, trust: Trust) -> Certificate | None:
    try:
        leaf = describe(load_der_chain(cose.certificate_chain(raw, urn)), trust.certificates)
    except (ValueError, SignerKeyError):
        return None
    return Certificate(**{each.name: getattr(leaf, each.name) for each in fields(Certificate)})


def _action(action: Mapping[str, Any]) -> Action:
    name, version = content.agent(action.get("softwareAgent"))
    return Action(
        action=_text(action.get("action")) or "unnamed",
        when=content.time(action.get("when")),
        source_type=content.source_type(action),
        software=f"{name} {version}" if name and version else name,
    )


def _unusable(manifest: Mapping[str, Any]) -> Iterator[Status]:
    for action in content.actions(manifest):
        for code in content.unusable(action):
            yield Status(code, "informational", sentence(code), _text(action.get("action")))


def _ingredient(ingredient: Mapping[str, Any]) -> Ingredient:
    return Ingredient(
        relationship=_text(ingredient.get("relationship")) or "unnamed",
        format=_text(ingredient.get("format")),
        urn=_text(ingredient.get("active_manifest")),
    )


# --- codes ---------------------------------------------------------------------------------------


def _statuses(results: object, reading: Reading) -> Iterator[tuple[str, Status]]:
    """Yield every code with the manifest that it is about, the SDK's before ours."""
    root: Mapping[str, Any] = results if isinstance(results, Mapping) else {}
    yield from _of(root.get("activeManifest"), reading.urn)
    for delta in mappings(root.get("ingredientDeltas")):
        yield from _of(delta.get("validationDeltas"), reading.urn)
    for code in reading.failures:
        if codes.is_identity_problem(code) or code in codes.OBJECTIONS:
            yield reading.urn, Status(code, "failure", sentence(code))


def _recorded(manifests: Mapping[str, Any]) -> Iterator[tuple[str, Status]]:
    """Yield what signers recorded about the manifests that they took in."""
    for manifest in manifests.values():
        listed = manifest.get("ingredients") if isinstance(manifest, Mapping) else None
        for ingredient in mappings(listed):
            results, urn = ingredient.get("validation_results"), ingredient.get("active_manifest")
            if isinstance(results, Mapping) and isinstance(urn, str):
                for owner, status in _of(results.get("activeManifest"), urn):
                    yield owner, replace(status, recorded=True)


def _of(found: object, active: str) -> Iterator[tuple[str, Status]]:
    lists: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    for kind in KINDS:
        for item in mappings(lists.get(kind)):
            code, url = _text(item.get("code")), item.get("url")
            if code is not None:
                urn, about = _place(url if isinstance(url, str) else "")
                detail = _text(item.get("explanation"))
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
