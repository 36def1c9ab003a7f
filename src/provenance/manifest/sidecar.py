"""Sidecars: manifest stores apart from their files, taken out verbatim and put back in place."""

from __future__ import annotations

from provenance.containers import STORE_MARK, Span, find_container, is_store
from provenance.errors import (
    CorruptImageError,
    ManifestDamagedError,
    ManifestError,
    ManifestNotFoundError,
)
from provenance.manifest import jumbf
from provenance.manifest.binding import read_binding
from provenance.manifest.trust import Trust
from provenance.manifest.validation import ANY_TYPE, ManifestReading, read


def extract(data: bytes) -> bytes:
    """Take the manifest store out of a JPEG, PNG, WebP, TIFF, AVIF, HEIC or GIF file, verbatim.

    Nothing is validated, so read the store before you register it.

    Raises
    ------
    ManifestNotFoundError
        There is no store.
    ManifestDamagedError
        The store is not complete.
    """
    container = find_container(data)
    try:
        found: bytes | None = None
        if is_store(data):
            found = data
        elif container is not None:
            found = container.extract(data)
        if found is None:
            raise ManifestNotFoundError("The file has no manifest store, or is of another kind.")
        return jumbf.cut_store(found)
    except CorruptImageError as error:
        raise ManifestDamagedError(f"The manifest store can't be taken out. {error}") from error
    except ValueError as error:
        raise ManifestDamagedError(f"The manifest store can't be taken out: {error}.") from error


def adds_only_store(data: bytes, signed: bytes, store: bytes) -> bool:
    """Tell whether a signed file is the one before with a store put in, by our own hand.

    The C2PA library writes the file anew, and the places that it states. Where this says no, that
    may have gone wrong.
    """
    try:
        return put_in(data, store) == signed
    except (CorruptImageError, ManifestError):
        return False


def put_in(data: bytes, store: bytes) -> bytes:
    """Put a store where its signer left room for it, whatever comes of that.

    Raises
    ------
    CorruptImageError
        The file can't be walked over.
    ManifestError
        The store does not fit, or the file is of another kind.
    """
    container = find_container(data)
    if container is None:
        raise ManifestError(
            "A manifest can be put back into JPEG, PNG, WebP, TIFF, AVIF, HEIC and GIF."
        )
    return container.insert(data, store, _find_span(store))


def reattach(data: bytes, store: bytes) -> tuple[bytes, ManifestReading]:
    """Put a store back into the file that it was made for, from which somebody stripped it.

    Returns the file as it was signed, and what was read in it with nobody trusted.

    Raises
    ------
    ManifestError
        The file is not that one, to the byte, or has a manifest already.
    """
    if STORE_MARK in data:
        raise ManifestError("The file carries a manifest already; there is nothing to put back.")
    try:
        whole = put_in(data, store)
    except (CorruptImageError, ManifestError) as error:
        raise ManifestError(f"The manifest does not belong in this file. {error}") from error
    reading = read(whole, ANY_TYPE, Trust.none())
    if reading.hard_binding != "match" or reading.broken:
        raise ManifestError(
            "The manifest does not belong in this file: these are not the bytes that were signed."
        )
    return whole, reading


def read_sidecar(data: bytes, trust: Trust, store: bytes) -> ManifestReading:
    """Read a sidecar, or a store that was recovered after somebody stripped the file.

    Raises
    ------
    ManifestError
        The same as ``read``.
    """
    data, apart = reattach_if_possible(data, store)
    return read(data, ANY_TYPE, trust, apart)


def reattach_if_possible(data: bytes, store: bytes) -> tuple[bytes, bytes | None]:
    """Return the file with the store put back, or else both as they are.

    A store was made to lie either in its file or in a sidecar, and the signature tells which.
    """
    try:
        return reattach(data, store)[0], None
    except ManifestError:
        return data, store


def _find_span(store: bytes) -> Span | None:
    """Return where the signer left room, if the active manifest, the last one, says so."""
    try:
        superbox = jumbf.find_box(store, b"jumb")
        *_, active = (content for kind, content in jumbf.split_boxes(superbox) if kind == b"jumb")
        _, binding = read_binding(jumbf.expand_manifest(active))
        spans = [Span(each["start"], each["length"]) for each in binding["exclusions"]]
        return next((span for span in spans if span.length >= len(store)), None)
    except (ValueError, KeyError, TypeError):
        return None
