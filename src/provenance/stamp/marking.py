"""From pixels to an encoded picture whose mark was read back from its bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provenance import fingerprint, imaging, watermark
from provenance.errors import EmbedFailedError
from provenance.imaging import Picture
from provenance.limits import Limits
from provenance.manifest import Parent, SignedImage
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
    """A marked and encoded picture.

    Without a ``margin`` the pixels are as they were, and no mark can be read.
    """

    data: bytes
    payload: Payload
    pdq: fingerprint.Pdq
    lattice: str
    margin: watermark.Margin | None


def mark(
    picture: Picture, payload: Payload, keys: Sequence[bytes | None], encode: Encode, limits: Limits
) -> Marked:
    """Mark under every key and encode, then read the marks back as any verifier will.

    Raises
    ------
    ImageTooSmallError, ImageTooFlatError, EmbedFailedError
        The picture can't hold the mark.
    ProvenanceError
        What ``encode`` raises.
    """
    pixels = picture.rgb
    for _ in range(MAX_PASSES):
        enter(Stage.MARKING)
        for key in keys:
            pixels = watermark.embed(pixels, payload.pack(), key)
        enter(Stage.ENCODING)
        data = encode(picture.with_pixels(pixels))
        enter(Stage.CHECKING)
        encoded = imaging.decode(data, limits)
        found = watermark.detect_each(encoded.rgb, keys)
        if all(mark is not None and mark.payload == payload.pack() for mark in found):
            del pixels  # of a large picture; what follows is where the most memory is needed
            margin = watermark.margin(encoded.rgb, payload.pack())
            return _describe(data, payload, encoded, margin)
    raise EmbedFailedError(
        "The mark can't be read back from the encoded picture; try a larger picture, or a format "
        "that keeps more detail, such as PNG."
    )


def encode_unmarked(picture: Picture, payload: Payload, encode: Encode, limits: Limits) -> Marked:
    """Encode the pixels as they are, without a mark."""
    enter(Stage.ENCODING)
    data = encode(picture)
    return _describe(data, payload, imaging.decode(data, limits), None)


def sign_with_index(
    data: bytes, sign: Callable[..., SignedImage], parent: Parent | None
) -> SignedImage:
    """Sign; and once more where an index in the file has to state what the manifest has moved."""
    signed = sign(data, parent=parent)
    right = imaging.restate_index(data, signed.data)
    return signed if right == data else sign(right, parent=parent)


def _describe(
    data: bytes, payload: Payload, encoded: Picture, margin: watermark.Margin | None
) -> Marked:
    enter(Stage.COMPARING)
    return Marked(data, payload, *take_fingerprints(encoded), margin)
