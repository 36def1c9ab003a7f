"""Sign a picture: the last step of stamping, after which no byte of the file may change."""

from __future__ import annotations

from dataclasses import dataclass, field

from provenance.errors import ManifestError
from provenance.manifest import sdk
from provenance.manifest.assertions import definition
from provenance.manifest.jumbf import STORE_MARK
from provenance.manifest.statement import ModelAction, StampStatement
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
    `parent`, whose manifest is then kept as history. A model that edited must have had something
    before it, which may be unknown; one that created had nothing.

    Raises `SigningError` (the signer's own if it raised one), `UnsupportedFormatError` or
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
    document = definition(statement, urn, mime)
    before = None if parent is None else (parent.data, parent.mime, parent.store)
    signed, store = sdk.sign(document, data, mime, signer, before)
    return SignedImage(signed, store, urn)
