"""What the SDK's error messages mean; they start with a kind, and only some kinds have a class."""

from __future__ import annotations

from provenance.containers import STORE_MARK
from provenance.errors import (
    CorruptImageError,
    ManifestDamagedError,
    ManifestError,
    ManifestNotFoundError,
    ManifestRemoteError,
    ProvenanceError,
    SignerKeyError,
    SignerUnavailableError,
    SigningError,
    UnsupportedFormatError,
)
from provenance.manifest import time_proofs
from provenance.signers import Signer

# How the SDK says that it gave up on the container, before it looked for a manifest.
_CONTAINER_TROUBLE = ("Other: asset could not be parsed", "Io:")
# How it says that the authority's answer can't be used; and what it says in the same way of a
# signer that did not sign.
_INTERNAL, _UNSIGNED = "Signature: internal error (", "COSE signature invalid"
# What a store looks like inside a container: its first box, or SVG's element.
_STORE_MARKS = (STORE_MARK, b"c2pa:manifest")


def is_container_trouble(message: str) -> bool:
    """Tell whether the SDK failed on the picture itself, and never got to a manifest."""
    return message.startswith(("NotSupported", *_CONTAINER_TROUBLE))


def translate_reading_error(message: str, data: bytes) -> ManifestError:
    """Tell apart: nothing there, a pointer only, a broken file, and a broken manifest."""
    if message.startswith("Remote"):
        return ManifestRemoteError(
            "The picture only points to Content Credentials elsewhere; they are not fetched."
        )
    if message.startswith("ManifestNotFound"):
        return ManifestNotFoundError("The picture has no Content Credentials.")
    if is_container_trouble(message) and not any(mark in data for mark in _STORE_MARKS):
        return ManifestNotFoundError(
            "Nothing in the file looks like Content Credentials; it is damaged, or of another kind."
        )
    return ManifestDamagedError(f"The Content Credentials are damaged: {message}.")


def translate_parent_error(message: str, mime: str) -> ProvenanceError:
    """Tell apart: a parent's file that can't be parsed, and its manifest."""
    if is_container_trouble(message):
        return CorruptImageError(f"The parent can't be parsed as {mime}: {message}.")
    return ManifestDamagedError(f"The Content Credentials of the parent are damaged: {message}.")


def translate_signer_error(error: Exception) -> SigningError:
    """Pass on a signer's own error, and call any other a signer that is not available."""
    if isinstance(error, SigningError):
        return error
    return SignerUnavailableError(f"The signer failed: {error}.")


def translate_signing_error(
    message: str, mime: str, signer: Signer, authority: str | None = None
) -> ProvenanceError:
    """Tell apart: the format, the file, the certificate, the time stamp, the result, and the rest.

    A signer's trouble and a time-stamp authority's look alike in the SDK's words.
    """
    if message.startswith("NotSupported"):
        return UnsupportedFormatError(f"Content Credentials can't be put into {mime} files.")
    if message.startswith(_CONTAINER_TROUBLE):
        return CorruptImageError(f"The picture to sign can't be parsed as {mime}: {message}.")
    if message.startswith("Signature"):
        why = _find_unsuitability(signer)
        internal = message.startswith(_INTERNAL) and _UNSIGNED not in message
        if authority and internal and not why:
            return time_proofs.make_timestamp_error(message, authority)
        return SignerKeyError(f"The signer can't sign manifests: {why or message}.")
    if message.startswith("Verify"):
        return SigningError(f"The signed file did not verify and was discarded: {message}.")
    return ManifestError(f"The manifest can't be written: {message}.")


def _find_unsuitability(signer: Signer) -> str | None:
    """Find what is wrong with the certificate; the SDK only says that something is."""
    from datetime import UTC, datetime

    from provenance.certificates import find_obstacle, load_pem_chain

    return find_obstacle(load_pem_chain(signer.certificate_chain)[0], datetime.now(UTC))
