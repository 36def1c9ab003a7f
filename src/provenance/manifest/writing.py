"""Sign a picture: the last step of stamping, after which no byte of the file may change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from provenance import revocation
from provenance.containers import STORE_MARK
from provenance.errors import CorruptImageError, ManifestError, RevocationError
from provenance.manifest import cose, sdk, time_proofs
from provenance.manifest.assertions import write_definition
from provenance.manifest.report import parse_report
from provenance.manifest.sidecar import put_in
from provenance.manifest.statement import ModelAction, StampStatement
from provenance.manifest.trust import Trust
from provenance.revocation import Stapling
from provenance.signers import Signer
from provenance.timestamps import OFF, TimeStamps


@dataclass(frozen=True)
class Parent:
    """The picture that this one was made from: its file, and its sidecar if it has one."""

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
    ocsp: Stapling = revocation.OFF,
) -> SignedImage:
    """Embed a manifest with this statement and URN, and check the result.

    ``data`` itself must not carry a manifest, since signing would silently drop it. Pass the
    picture that it was made from as ``parent``, and its manifest is kept as history. A picture that
    a model created has no parent. One that it edited has one, which may be unknown.

    ``stamps`` decides about the time stamp. Where there should be one and is none, the statement
    says why. ``ocsp`` decides whether the issuer's word on the certificate goes into the file.

    Raises
    ------
    SigningError
        The signer failed; its own error if it raised one. ``TimestampError`` if there has to be a
        time stamp and the authority gives none. ``RevocationError`` for the issuer's word.
    UnsupportedFormatError, CorruptImageError
        The data can't hold a manifest.
    ManifestDamagedError
        The parent's manifest can't be read.
    ManifestError
        The URN is malformed, the data carries a manifest, or a created picture has a parent.
    """
    if STORE_MARK in data:
        raise ManifestError(
            "The picture to sign still carries Content Credentials; pass it as the parent instead."
        )
    if parent is not None and statement.action is ModelAction.CREATED:
        raise ManifestError("A picture with a parent was edited or placed into, not created.")
    answer = ocsp.fetch(signer.certificate_chain)
    before = None if parent is None else (parent.data, parent.mime, parent.store)

    def attempt(authority: str | None, missing: str | None) -> SignedImage:
        document = write_definition(replace(statement, timestamp_missing=missing), urn, mime)
        signed, store = sdk.sign(
            document, data, mime, signer, before, authority, roomy=answer is not None
        )
        if authority is not None:
            _require_time_stamp(signed, mime, authority)
        if answer is not None:
            signed, store = _staple(data, signed, store, urn, answer)
        return SignedImage(signed, store, urn, missing)

    return stamps.apply(attempt)


def _staple(
    data: bytes, signed: bytes, store: bytes, urn: str, answer: bytes
) -> tuple[bytes, bytes]:
    """Put the issuer's word into a signed file, into bytes that no signature or hash covers."""
    try:
        stapled = cose.staple(store, urn, answer)
        whole = put_in(data, stapled)
    except (ValueError, CorruptImageError, ManifestError) as error:
        raise RevocationError(
            "The answer of the certificate's issuer does not fit into the manifest; set "
            "signing.ocsp to off."
        ) from error
    if put_in(data, store) != signed:
        raise RevocationError(
            "The answer of the certificate's issuer can't be put into this file; stamp it in "
            "another format."
        )
    return whole, stapled


def _require_time_stamp(signed: bytes, mime: str, authority: str) -> None:
    """Refuse a file whose time stamp does not hold; the SDK signs with whatever it was answered."""
    report = parse_report(*sdk.read(signed, mime, Trust.none()))
    if not time_proofs.is_validated(report):
        raise time_proofs.make_timestamp_error("its time stamp does not hold", authority)
