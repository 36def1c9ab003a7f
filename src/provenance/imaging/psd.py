"""Photoshop's files: the flat picture in them, which shows all layers together, is read.

It is taken apart here, since Pillow reads black and white the wrong way round, and packed rows
wrongly where there are more channels than colours.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance.errors import CorruptImageError, UnsupportedFormatError
from provenance.imaging.picture import Picture, make_picture
from provenance.imaging.pillow import translate_decoder_errors
from provenance.imaging.samples import OPAQUE, Samples
from provenance.limits import Limits

START = b"8BPS"
"""First bytes of a file."""

_BITMAP, _GREY, _PALETTE, _RGB, _INKS, _DUOTONE = 0, 1, 2, 3, 4, 8
COLOURS = {_BITMAP: 1, _GREY: 1, _PALETTE: 1, _RGB: 3, _INKS: 4, _DUOTONE: 1}
"""Channels of each way of colouring that is read; a duotone shows its grey."""
OTHERS = {7: "separate inks", 9: "L*a*b*"}
"""Ways that are not."""

_HEAD = struct.Struct(">4sH6xHIIHH")
_LARGE, _RAW, _PACKED = 2, 0, 1
_PROFILE = 1039  # the resource with an ICC profile
_PALETTE_SIDE = 256


@dataclass(frozen=True)
class _Parts:
    """A file's header and sections."""

    channels: int
    height: int
    width: int
    bits: int
    mode: int
    palette: bytes
    resources: bytes
    layers: bytes
    coded: bytes


def read(data: bytes, limits: Limits) -> Picture:
    """Decode the flat picture of a Photoshop file.

    Raises
    ------
    InputError
        It can't be decoded, is over a limit, or is of a kind that is not handled.
    """
    try:
        parts = _split(data, limits)
        with translate_decoder_errors("The Photoshop file"):
            picture = make_picture(_read_samples(parts))
        profile = next((each for kind, each in _list_resources(parts) if kind == _PROFILE), None)
    except struct.error as error:
        raise CorruptImageError("The Photoshop file is cut off.") from error
    return replace(
        picture, format="PSD", icc=profile, obstacle="This is a Photoshop file with layers"
    )


def _split(data: bytes, limits: Limits) -> _Parts:
    """Take the file apart, and refuse by name what is not handled."""
    _, version, channels, height, width, bits, mode = _HEAD.unpack_from(data)
    if version == _LARGE:
        raise UnsupportedFormatError(
            "This is a large Photoshop file (PSB), which is not handled; save it as PSD or TIFF."
        )
    if bits not in (1, 8):
        raise UnsupportedFormatError(
            "This Photoshop file has 16 or 32 bits per channel, which is not handled; save it as "
            "TIFF."
        )
    if mode not in COLOURS:
        raise UnsupportedFormatError(
            f"This Photoshop file holds colours in {OTHERS.get(mode, 'a way of its own')}, which "
            "are not handled; save it in RGB."
        )
    limits.check_size(width, height)
    if not width * height or channels < COLOURS[mode] or (bits == 1) != (mode == _BITMAP):
        raise CorruptImageError("The Photoshop file's header contradicts itself.")
    sections, at = [], _HEAD.size
    for _ in range(3):
        (size,) = struct.unpack_from(">I", data, at)
        sections.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    palette, resources, layers = sections
    return _Parts(channels, height, width, bits, mode, palette, resources, layers, coded=data[at:])


def _read_samples(parts: _Parts) -> Samples:
    count = COLOURS[parts.mode]
    clear = parts.channels > count and _has_transparency(parts.layers)
    planes = _read_planes(parts, count + clear)
    colours, alpha = planes[:count], list(planes[count:])
    if parts.mode == _BITMAP:
        black = np.unpackbits(colours[0], axis=1)[:, : parts.width]
        return Samples(((1 - black) * OPAQUE).astype(np.uint8)[..., None])
    if parts.mode == _PALETTE:
        table = np.frombuffer(parts.palette, np.uint8, 3 * _PALETTE_SIDE).reshape(3, -1)
        return Samples(np.dstack([*table[:, colours[0]], *alpha]))
    if parts.mode == _INKS:  # none is 255; transparency has no place beside inks
        return Samples(OPAQUE - np.dstack(list(colours)), inks=True)
    return Samples(np.dstack([*colours, *alpha]))


def _read_planes(parts: _Parts, count: int) -> NDArray[np.uint8]:
    """Decompress so many channels: (count, height, bytes of a row)."""
    (way,) = struct.unpack_from(">H", parts.coded)
    width, rows = (parts.width * parts.bits + 7) // 8, count * parts.height
    if way == _RAW:
        return np.frombuffer(parts.coded, np.uint8, rows * width, 2).reshape(count, -1, width)
    if way != _PACKED:
        raise UnsupportedFormatError(
            "This Photoshop file is compressed in a way that is not handled; save it as TIFF."
        )
    sizes = np.frombuffer(parts.coded, ">u2", parts.channels * parts.height, 2)
    start = 2 + sizes.nbytes
    packed = parts.coded[start : start + int(sizes[:rows].sum(dtype=np.int64))]
    image = Image.frombytes("L", (width, rows), packed, "packbits", "L")
    return np.asarray(image).reshape(count, -1, width)


def _has_transparency(layers: bytes) -> bool:
    """Tell whether the first channel behind the colours is what shows through all layers.

    The number of layers is negative then; else that channel is a mask or a spot colour.
    """
    return len(layers) > 5 and struct.unpack_from(">h", layers, 4)[0] < 0


def _list_resources(parts: _Parts) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of what describes the picture, up to the first odd piece."""
    data, at = parts.resources, 0
    while data[at : at + 4] == b"8BIM" and at + 7 <= len(data):
        (number,) = struct.unpack_from(">H", data, at + 4)
        at += 6 + (data[at + 6] | 1) + 1  # a name in an even number of bytes, with its length
        if at + 4 > len(data):
            return
        (size,) = struct.unpack_from(">I", data, at)
        yield number, data[at + 4 : at + 4 + size]
        at += 4 + size + (size & 1)
