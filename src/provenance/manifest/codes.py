"""Validation codes: what the SDK found, sorted by what it means for a verdict.

The SDK's ``validation_state`` does not help: it is Invalid for a manifest that a watermark led to
(its bytes are elsewhere), for one that lacks only trust, and for one with a faulty ingredient
(docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from provenance.manifest.report import Code, Results

HardBinding = Literal["match", "mismatch", "absent"]
"""Whether the file's bytes are those that were signed; absent where nothing ties a file to it."""

_BINDINGS = ("dataHash", "boxesHash", "bmffHash")  # C2PA's hard bindings of a single file
_BINDING_MATCH = frozenset(f"assertion.{kind}.match" for kind in _BINDINGS)
DATA_MISMATCH = "assertion.dataHash.mismatch"
BINDING_MISMATCH = frozenset(f"assertion.{kind}.mismatch" for kind in _BINDINGS)
"""The file's bytes are not those that were signed, which says nothing about the manifest itself."""

BROKEN = frozenset(
    (
        "claimSignature.mismatch",
        "claimSignature.missing",
        "claim.missing",
        "claim.multiple",
        "claim.cbor.invalid",
        "assertion.hashedURI.mismatch",
        "assertion.missing",
        "assertion.required.missing",
        "assertion.undeclared",
        # Instead of a hash mismatch, when the change also spoiled the encoding.
        "assertion.cbor.invalid",
        "assertion.json.invalid",
        "hashedURI.mismatch",
        "hashedURI.missing",
    )
)
"""Something that was signed no longer holds, or is gone."""

BROKEN_LINK = frozenset(
    ("ingredient.manifest.mismatch", "ingredient.manifest.missing", "ingredient.hashedURI.mismatch")
)
"""An update manifest no longer names what it updates, and with it the bytes of the file."""

EXCLUSIONS = "provenance.dataHash.exclusions"
"""Our code for a hash that holds, but leaves out what C2PA does not let it leave out. The SDK calls
that a mismatch."""

_RULES = frozenset(
    (
        EXCLUSIONS,
        "assertion.action.malformed",
        "assertion.action.ingredientMismatch",
        "assertion.action.softBindingMissing",
        "assertion.action.redactionMismatch",
        "assertion.ingredient.malformed",
        "assertion.timestamp.malformed",
        "assertion.metadata.disallowed",
        "assertion.external-reference.malformed",
        "assertion.cloud-data.malformed",
        "assertion.cloud-data.actions",
    )
)
# What was signed breaks a rule of C2PA's: the signer signed it so, and nothing was changed.

EXPIRED = "signingCredential.expired"
REVOKED_BY_ISSUER = "signingCredential.ocsp.revoked"
UNSUITABLE = "signingCredential.invalid"
UNTRUSTED = "signingCredential.untrusted"
"""The SDK's own codes about the signer's certificate."""

UNANCHORED = "provenance.signingCredential.unanchored"
REVOKED = "provenance.signingCredential.revoked"
UNPROVED = "provenance.signingCredential.expired"
OBJECTIONS = (UNANCHORED, REVOKED, UNPROVED)
"""Our codes for what the SDK does not check: whether the anchor is one for signers, the user's list
of revoked certificates, and whether the user trusts the authority of a time stamp."""

IDENTITY_UNREADABLE = "provenance.cawg.identity.unreadable"
"""Our code for an identity that the SDK drops, or can't read."""

# How the codes begin that are about the signer, and about people whom the signer names.
_CREDENTIAL = (
    "signingCredential.",
    "provenance.signingCredential.",
    "claimSignature.outsideValidity",
)
_IDENTITY = ("cawg.", IDENTITY_UNREADABLE)


@dataclass(frozen=True)
class Validation:
    """The codes about one manifest store: those of the active manifest, and of its ingredients."""

    validated: bool
    trusted: bool
    hard_binding: HardBinding
    codes: tuple[str, ...]
    failures: tuple[str, ...]
    ingredient_failures: tuple[str, ...]


def is_credential_problem(code: str) -> bool:
    """Tell whether a failure is about who signed, and not about what was signed."""
    return code.startswith(_CREDENTIAL)


def is_rule(code: str) -> bool:
    """Tell whether a failure is a rule that the signed statement breaks; its signature holds."""
    return code in _RULES


def is_identity_problem(code: str) -> bool:
    """Tell whether a failure is about a person whom the signer names, and not about the signer."""
    return code.startswith(_IDENTITY)


def drop_file_codes(validation: Validation) -> Validation:
    """Return the codes for a store by itself: no file is there that could match or differ."""
    kept = tuple(code for code in validation.failures if code not in BINDING_MISMATCH)
    codes = tuple(code for code in validation.codes if code not in BINDING_MISMATCH)
    return replace(validation, hard_binding="absent", failures=kept, codes=codes)


def excuse_mismatch(validation: Validation) -> Validation:
    """Return the codes for a file that is as it was signed, by a hash that C2PA does not accept."""
    codes, failures = (
        tuple(EXCLUSIONS if code == DATA_MISMATCH else code for code in listed)
        for listed in (validation.codes, validation.failures)
    )
    return replace(validation, hard_binding="absent", codes=codes, failures=failures)


def sort_codes(
    results: Results, urn: str, others: Collection[str] = (), bound: str | None = None
) -> Validation:
    """Sort what came of validating the active manifest, which ``urn`` names.

    A failure is an ingredient's only if it names one of ``others``, the other manifests of the
    store. A failure that can't be assigned counts against the active manifest. So does what ties
    the file to ``bound``, the manifest that an active update is bound through.
    """
    updates = bound not in (None, urn)
    through = _address(bound or urn)
    success = [
        each
        for each in results.active.success
        if each.url.startswith(_address(urn))
        or (each.code in _BINDING_MATCH and each.url.startswith(through))
    ]
    signed = {each.code for each in success if each.url == _address(urn) + "c2pa.signature"}
    failures: list[str] = []
    inherited: list[str] = []
    later = [each for delta in results.deltas for each in delta.failure]
    for number, each in enumerate((*results.active.failure, *later)):
        new = number >= len(results.active.failure)
        own = not new and not _is_inherited(each, urn, others)
        own |= each.code in BINDING_MISMATCH and each.url.startswith(through)
        own |= updates and each.code in BROKEN_LINK
        (failures if own else inherited).append(each.code)
    succeeded = [each.code for each in success]
    information = [each.code for each in results.active.informational]
    return Validation(
        validated="claimSignature.validated" in signed,
        trusted="signingCredential.trusted" in signed,
        hard_binding=_hard_binding(succeeded, failures),
        codes=_drop_repeats([*succeeded, *information, *failures]),
        failures=_drop_repeats(failures),
        ingredient_failures=_drop_repeats(inherited),
    )


def _is_inherited(failure: Code, urn: str, others: Collection[str]) -> bool:
    if failure.code.startswith("ingredient."):
        return True
    if failure.url.startswith(_address(urn)):
        return False
    return any(f"{failure.url}/".startswith(_address(other)) for other in others)


def _address(urn: str) -> str:
    return f"self#jumbf=/c2pa/{urn}/"


def _hard_binding(success: list[str], failures: list[str]) -> HardBinding:
    if not BINDING_MISMATCH.isdisjoint(failures):
        return "mismatch"
    return "absent" if _BINDING_MATCH.isdisjoint(success) else "match"


def _drop_repeats(codes: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))
