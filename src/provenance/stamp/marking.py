"""From pixels to an encoded picture whose mark was read back from its bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from provenance import fingerprint, imaging, manifest, watermark
from provenance.errors import EmbedFailedError, InputError, SigningError
from provenance.imaging import Picture, Pixels
from provenance.limits import Limits
from provenance.manifest import Parent, SignedImage
from provenance.progress import Stage, enter
from provenance.stamp.existing_stamp import take_fingerprints
from provenance.stamp.moving import list_frames, mark_frames, sample
from provenance.watermark import Payload

LEAST_READ = 0.5
"""Share of the later frames looked at in which the mark has to be read: some may be blank."""

Encode = Callable[[Picture], bytes]

MAX_PASSES = 3
"""How often the mark is embedded, each time over the last.

A forced stamp has to drown out the existing mark, over which one pass often can't be read. Three
passes reach four times the energy of one at most, and are still hard to see.
"""


_CARRIED = ("rgb", "alpha", "icc", "exif", "xmp")  # of a picture, what signing may not change
_SPOILT = (
    "The C2PA library spoilt the picture while signing it, so nothing was released; stamp it in "
    "another format."
)


@dataclass(frozen=True)
class Marked:
    """A marked and encoded picture; one that is not ``readable`` has its pixels as they were.

    ``lattice`` is sealed with what its mark says.
    """

    data: bytes
    payload: Payload
    pdq: fingerprint.Pdq
    lattice: str
    readable: bool


def mark(
    picture: Picture,
    payload: Payload,
    lock: bytes,
    keys: Sequence[bytes | None],
    encode: Encode,
    limits: Limits,
    ahead: Pixels | None = None,
) -> Marked:
    """Mark under every key and encode, then read the marks back as any verifier will.

    ``ahead`` are the picture's pixels as they are once marked, where that was done before.

    Raises
    ------
    ImageTooSmallError, ImageTooFlatError, EmbedFailedError
        The picture can't hold the mark.
    ProvenanceError
        What ``encode`` raises.
    """
    pixels, word = list_frames(picture), payload.pack() + lock
    for passed in range(MAX_PASSES):
        enter(Stage.MARKING)
        if ahead is not None and passed == 0:
            pixels = [ahead]
        else:
            for key in keys:
                pixels = mark_frames(pixels, partial(_embed, payload=payload, lock=lock, key=key))
        enter(Stage.ENCODING)
        data = encode(picture.with_frames(pixels))
        enter(Stage.CHECKING)
        encoded = imaging.decode(data, limits)
        first, *others = [_carries(rgb, keys, word) for rgb in sample(encoded, limits)]
        if first and sum(others) >= len(others) * LEAST_READ:
            enter(Stage.COMPARING)
            pdq, lattice = take_fingerprints(encoded)
            sealed = fingerprint.seal(lattice, payload.pack(), lock)
            return Marked(data, payload, pdq, sealed, readable=True)
    raise EmbedFailedError(
        "The mark can't be read back from the encoded picture; try a larger picture, or a format "
        "that keeps more detail, such as PNG."
    )


def _embed(rgb: Pixels, *, payload: Payload, lock: bytes, key: bytes | None) -> Pixels:
    return watermark.embed(rgb, payload.pack(), key, lock=lock)


def _carries(rgb: Pixels, keys: Sequence[bytes | None], word: bytes) -> bool:
    """Tell whether the mark can be read under every key, with its lock or none."""
    found = watermark.detect_each(rgb, keys)
    return all(mark is not None and word.startswith(mark.word) for mark in found)


def encode_unmarked(picture: Picture, payload: Payload, encode: Encode, limits: Limits) -> Marked:
    """Encode the pixels as they are, without a mark that could open a fingerprint."""
    enter(Stage.ENCODING)
    data = encode(picture)
    enter(Stage.COMPARING)
    pdq = fingerprint.pdq(imaging.decode(data, limits).rgb)
    return Marked(data, payload, pdq, fingerprint.UNSEALED, readable=False)


def check_signed(data: bytes, signed: SignedImage, limits: Limits) -> SignedImage:
    """Return what was signed, if it is still the picture from before: pixels and metadata.

    The C2PA library writes the file anew. In some HEIC and AVIF files it moves what must stay where
    it is, and then they can't be decoded any more.

    Raises
    ------
    SigningError
        It is another picture, or none.
    """
    if manifest.adds_only_store(data, signed.data, signed.store):
        return signed
    before = imaging.decode(data, limits)
    try:
        after = imaging.decode(signed.data, limits)
    except InputError as error:
        raise SigningError(f"{_SPOILT} {error}") from error
    if any(not _is_same(getattr(before, name), getattr(after, name)) for name in _CARRIED):
        raise SigningError(_SPOILT)
    return signed


def _is_same(before: object, after: object) -> bool:
    if isinstance(before, np.ndarray) and isinstance(after, np.ndarray):
        return np.array_equal(before, after)
    return before == after


def sign_with_index(
    data: bytes, sign: Callable[..., SignedImage], limits: Limits, parent: Parent | None
) -> SignedImage:
    """Sign; and once more where an index in the file has to state what the manifest has moved.

    Raises
    ------
    SigningError
        Signing failed, or spoilt the picture.
    """
    signed = sign(data, parent=parent)
    right = imaging.restate_index(data, signed.data)
    return check_signed(right, signed if right == data else sign(right, parent=parent), limits)
