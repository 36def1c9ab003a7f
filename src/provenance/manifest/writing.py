"""Sign a picture: the last step of stamping, after which no byte of the file may change."""

from __future__ import annotations

from dataclasses import dataclass, field

from provenance.errors import ManifestError
from provenance.manifest import sdk
from provenance.manifest.assertions import definition
from provenance.manifest.jumbf import STORE_MARK
from provenance.manifest.statement import StampStatement
from provenance.signing.base import Signer


@dataclass(frozen=True)
class Parent:
    """A picture that was there before: its file, and its manifest store if not in the file."""

    data: bytes = field(repr=False)
    mime: str
    store: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SignedImage:
    """A signed file, and its manifest store by itself for the registry."""

    data: bytes = field(repr=False)
    store: bytes = field(repr=False)
    urn: str


def sign(
    data: bytes,
    mime: str,
    statement: StampStatement,
    signer: Signer,
    urn: str,
    parent: Parent | None = None,
) -> SignedImage:
    """Embed a manifest that states `statement` and is called `urn`, and check the result.

    `data` itself must carry no manifest: signing would silently drop it. What came before goes into
    `parent`, whose manifest is then kept as history.

    Raises `SigningError` (the signer's own if it raised one), `UnsupportedFormatError` or
    `CorruptImageError` for data that can't hold a manifest, `ManifestDamagedError` for a parent
    whose manifest can't be read, `ManifestError` for a malformed URN.
    """
    if STORE_MARK in data:
        raise ManifestError(
            "The picture to sign still carries Content Credentials; pass it as the parent instead."
        )
    document = definition(statement, urn, mime, has_parent=parent is not None)
    if parent is None:
        signed, store = sdk.sign(document, data, mime, signer)
    else:
        signed, store = sdk.sign(
            document, data, mime, signer, (parent.data, parent.mime, parent.store)
        )
    return SignedImage(signed, store, urn)
