"""Sign a picture: the last step of stamping, after which no byte of the file may change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from provenance.containers import STORE_MARK
from provenance.errors import ManifestError
from provenance.manifest import sdk, time_proofs
from provenance.manifest.assertions import write_definition
from provenance.manifest.report import parse_report
from provenance.manifest.statement import ModelAction, StampStatement
from provenance.manifest.trust import Trust
from provenance.signers import Signer
from provenance.timestamps import OFF, TimeStamps


@dataclass(frozen=True)
class Parent:
    """A picture that was there before: its file, and its manifest store if not in the file."""

    data: bytes = field(repr=False)
    mime: str
    store: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SignedImage:
    """A signed file, and its manifest store by itself for the registry.

    ``timestamp_missing`` says why there is no time stamp, None where there is one or need not be.
    """

    data: bytes = field(repr=False)
    store: bytes = field(repr=False)
    urn: str
    timestamp_missing: str | None = None


def sign(
    data: bytes,
    mime: str,
    statement: StampStatement,
    signer: Signer,
    urn: str,
    parent: Parent | None = None,
    stamps: TimeStamps = OFF,
) -> SignedImage:
    """Embed a manifest that states `statement` and is called `urn`, and check the result.

    `data` itself must carry no manifest: signing would silently drop it. What came before goes into
    `parent`, whose manifest is then kept as history. A model that edited must have had something
    before it, which may be unknown; one that created had nothing.

    By `stamps` it gets a time stamp, or says why it has none.

    Raises `SigningError` (the signer's own if it raised one, `TimestampError` if a required time
    stamp can't be had), `UnsupportedFormatError` or
    `CorruptImageError` for data that can't hold a manifest, `ManifestDamagedError` for a parent
    whose manifest can't be read, `ManifestError` for a malformed URN, or a created picture that has
    a parent.
    """
    if STORE_MARK in data:
        raise ManifestError(
            "The picture to sign still carries Content Credentials; pass it as the parent instead."
        )
    if parent is not None and statement.action is ModelAction.CREATED:
        raise ManifestError("A picture with a parent was edited or placed into, not created.")
    before = None if parent is None else (parent.data, parent.mime, parent.store)

    def attempt(authority: str | None, missing: str | None) -> SignedImage:
        document = write_definition(replace(statement, timestamp_missing=missing), urn, mime)
        signed, store = sdk.sign(document, data, mime, signer, before, authority)
        if authority is not None:
            _require_time_stamp(signed, mime, authority)
        return SignedImage(signed, store, urn, missing)

    return stamps.apply(attempt)


def _require_time_stamp(signed: bytes, mime: str, authority: str) -> None:
    """Refuse a file whose time stamp does not hold; the SDK signs with whatever it was answered."""
    report = parse_report(*sdk.read(signed, mime, Trust.none()))
    if not time_proofs.is_validated(report):
        raise time_proofs.make_timestamp_error("its time stamp does not hold", authority)
