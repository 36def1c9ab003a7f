"""From pixels to an encoded picture whose mark was read back from its bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provenance import fingerprint, imaging, watermark
from provenance.errors import EmbedFailedError
from provenance.imaging import Picture
from provenance.limits import Limits
from provenance.progress import Stage, enter
from provenance.stamp.existing_stamp import take_fingerprints
from provenance.watermark import Payload

Encode = Callable[[Picture], bytes]

MAX_PASSES = 3
"""How often the mark is embedded, each time over the last.

A forced stamp has to drown out the existing mark, over which one pass often can't be read. Three
passes reach four times the energy of one at most, and are still hard to see.
"""


@dataclass(frozen=True)
class Marked:
    """A marked and encoded picture; ``lattice`` is sealed with what its mark says.

    Without a ``margin`` the pixels are as they were, and no mark can be read.
    """

    data: bytes
    payload: Payload
    pdq: fingerprint.Pdq
    lattice: str
    margin: watermark.Margin | None


def mark(
    picture: Picture,
    payload: Payload,
    lock: bytes,
    keys: Sequence[bytes | None],
    encode: Encode,
    limits: Limits,
) -> Marked:
    """Mark under every key and encode, then read the marks back as any verifier will.

    Raises
    ------
    ImageTooSmallError, ImageTooFlatError, EmbedFailedError
        The picture can't hold the mark.
    ProvenanceError
        What ``encode`` raises.
    """
    pixels, word = picture.rgb, payload.pack() + lock
    for _ in range(MAX_PASSES):
        enter(Stage.MARKING)
        for key in keys:
            pixels = watermark.embed(pixels, payload.pack(), key, lock=lock)
        enter(Stage.ENCODING)
        data = encode(picture.with_pixels(pixels))
        enter(Stage.CHECKING)
        encoded = imaging.decode(data, limits)
        found = watermark.detect_each(encoded.rgb, keys)
        if all(mark is not None and mark.word == word for mark in found):
            del pixels  # of a large picture; what follows is where the most memory is needed
            margin = watermark.margin(encoded.rgb, payload.pack(), lock=lock)
            enter(Stage.COMPARING)
            pdq, lattice = take_fingerprints(encoded)
            sealed = fingerprint.seal(lattice, payload.pack(), lock)
            return Marked(data, payload, pdq, sealed, margin)
    raise EmbedFailedError(
        "The mark can't be read back from the encoded picture; try a larger picture, or a format "
        "that keeps more detail, such as PNG."
    )


def encode_unmarked(picture: Picture, payload: Payload, encode: Encode, limits: Limits) -> Marked:
    """Encode the pixels as they are, without a mark that could open a fingerprint."""
    enter(Stage.ENCODING)
    data = encode(picture)
    enter(Stage.COMPARING)
    pdq = fingerprint.pdq(imaging.decode(data, limits).rgb)
    return Marked(data, payload, pdq, fingerprint.UNSEALED, None)
