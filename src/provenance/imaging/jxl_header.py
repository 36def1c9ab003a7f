"""The first bits of a JPEG XL picture (ISO/IEC 18181-1, annexes A, D, E and F).

They say what pylibjxl does not tell: further channels, previews, and whether samples are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

HEADER_BYTES = 128
"""Bytes of the picture that are enough for its header, where it holds no ICC profile."""


@dataclass(frozen=True)
class Header:
    """What the header says.

    There are ``further`` channels or pictures. Samples are stored exactly; behind an ICC profile,
    which is packed, nobody can tell, and then they count as ``exact``. Colours are stated, without
    a profile, that are not sRGB's: ``odd``.
    """

    further: bool = False
    exact: bool = False
    odd: bool = False


class _Bits:
    """Reads bits, the lowest of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")
        self._taken = 0

    def align(self) -> None:
        """Go on to the next whole byte."""
        self.take(-self._taken % 8)

    def take(self, count: int) -> int:
        """Read a number of so many bits."""
        value = self._value & ((1 << count) - 1)
        self._value >>= count
        self._taken += count
        return value

    def choose(self, *ways: tuple[int, int]) -> int:
        """Read a number in one of four ways, each so many bits over an offset."""
        bits, offset = ways[self.take(2)]
        return self.take(bits) + offset


_START = 2  # bytes before the header
_SIDE = ((9, 1), (13, 1), (18, 1), (30, 1))
_DEPTH = ((0, 8), (0, 10), (0, 12), (6, 1))
_CHANNELS = ((0, 0), (0, 1), (4, 2), (12, 1))
_WORD = ((0, 0), (0, 1), (4, 2), (6, 18))
_POINT = ((19, 0), (19, 1 << 19), (20, 1 << 20), (21, 1 << 21))
_GREY, _XYB, _CUSTOM = 1, 2, 2  # colour spaces; a white point or primaries of one's own
_USUAL = (1, 1, 13)  # D65, and sRGB's primaries and transfer


def read_header(start: bytes) -> Header:
    """Read the picture's header, as far as it matters."""
    bits = _Bits(start[_START:])
    _skip_size(bits)
    if bits.take(1):  # all else is as usual
        return Header()
    more = bits.take(1)
    if more:
        bits.take(3)  # orientation
        if bits.take(1) or bits.take(1) or bits.take(1):  # another size, a preview, movement
            return Header(further=True)
    if bits.take(1):  # floating point
        return Header()
    bits.choose(*_DEPTH)
    bits.take(1)
    channels = bits.choose(*_CHANNELS)
    if channels > 1 or (channels and not bits.take(1)):  # one usual alpha is a single bit
        return Header(further=True)
    lossy = bits.take(1)  # libjxl's own colours
    stated = _read_colours(bits)
    odd = stated is not None and stated != _USUAL
    exact = not lossy and (stated is None or bool(more) or _is_exact(bits))
    return Header(exact=exact, odd=odd)


def _skip_size(bits: _Bits) -> None:
    small = bits.take(1)
    for side in range(2):
        if side and bits.take(3):  # the width follows from a ratio
            return
        if small:
            bits.take(5)
        else:
            bits.choose(*_SIDE)


def _read_colours(bits: _Bits) -> tuple[int, int, int] | None:
    """Read white point, primaries and transfer; None where a profile says that."""
    if bits.take(1):
        return _USUAL
    profile, space = bits.take(1), bits.choose(*_WORD)
    if profile:
        return None
    white, primaries, transfer = _USUAL
    if space != _XYB:
        white = bits.choose(*_WORD)
        _skip_points(bits, white == _CUSTOM)
    if space not in (_GREY, _XYB):
        primaries = bits.choose(*_WORD)
        _skip_points(bits, 3 * (primaries == _CUSTOM))
    if bits.take(1):
        bits.take(24)  # an exponent
        transfer = 0
    else:
        transfer = bits.choose(*_WORD)
    bits.choose(*_WORD)  # rendering intent
    return white, primaries, transfer


def _skip_points(bits: _Bits, count: int) -> None:
    for _ in range(2 * count):
        bits.choose(*_POINT)


def _is_exact(bits: _Bits) -> bool:
    """Tell by the first frame's header whether it is coded without the lossy transform."""
    if bits.take(2):  # extensions
        return True
    if not bits.take(1):  # transforms of one's own
        return True
    bits.align()
    usual = bits.take(1)
    bits.take(2)  # the kind of frame
    return not usual and bool(bits.take(1))
