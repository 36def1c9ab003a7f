"""How finely the frames of an AV1 stream were coded: ``base_q_idx`` of their headers.

Headers are read up to that number (AV1's specification, 5.5 and 5.9), of still pictures as well as
of sequences. Rare fields that lie before it end the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provenance.imaging.bits import Bits

HEAD = 256
"""Bytes of a unit that are looked at; the number lies within the first hundred."""

_SEQUENCE, _FRAMES = 1, (3, 6)  # types of units
_SELECT = 2  # a choice that each frame makes for itself
_KEY, _INTER, _INTRA, _SWITCH = range(4)  # types of frames
_KEPT, _USED = 8, 7  # frames that a stream may refer to, and that one frame does
_EVERY = 255  # all of those that are kept are replaced


@dataclass(frozen=True)
class _Sequence:
    """What a frame's header depends on.

    A ``still`` picture has headers without what concerns movement. ``screen`` and ``whole`` tell
    what is said of screen content and of whole steps, ``order_bits`` those of a frame's place, and
    ``follows`` whether frames may take movements from earlier ones.
    """

    still: bool
    width: int
    height: int
    large: bool
    narrows: bool
    screen: int = _SELECT
    whole: int = _SELECT
    order_bits: int = 0
    follows: bool = False


def read_quantisers(samples: Iterable[bytes]) -> Iterator[int]:
    """Yield ``base_q_idx`` (0 to 255) of each frame that is coded, as far as it can be told.

    Raises
    ------
    CorruptImageError
        A header ends before its fields do.
    """
    sequence = None
    for sample in samples:
        for kind, unit in _split(sample):
            if kind == _SEQUENCE:
                sequence = _read_sequence(Bits(unit))
            elif kind in _FRAMES and sequence is not None:
                found = _read_frame(Bits(unit), sequence)
                if found is not None:
                    yield found


def _split(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and beginning of each unit."""
    at = 0
    while at < len(data):
        head = data[at]
        at += 2 if head & 4 else 1
        size, shift = 0, 0
        while head & 2 and at < len(data) and shift < 56:
            size |= (data[at] & 127) << shift
            shift += 7
            at += 1
            if not data[at - 1] & 128:
                break
        end = at + size if head & 2 else len(data)
        yield head >> 3 & 15, data[at : min(end, at + HEAD)]
        at = end


def _read_sequence(read: Bits) -> _Sequence | None:
    """Read a sequence's header; None where frames are numbered or have times of their own."""
    read.take(3)
    still = read.take(2) == 3  # a still picture, with a reduced header
    if still:
        read.take(5)
    elif not _skip_operating_points(read):
        return None
    sizes = read.take(4) + 1, read.take(4) + 1
    width, height = (read.take(bits) + 1 for bits in sizes)
    if not still and read.take(1):
        return None
    large = bool(read.take(1))
    read.take(2)
    if still:
        return _Sequence(still, width, height, large, bool(read.take(1)))
    read.take(4)
    ordered = read.take(1)
    follows = bool(ordered and read.take(2) & 1)
    screen = _SELECT if read.take(1) else read.take(1)
    whole = _SELECT if not screen or read.take(1) else read.take(1)
    order_bits = read.take(3) + 1 if ordered else 0
    narrows = bool(read.take(1))
    return _Sequence(
        still, width, height, large, narrows, screen, whole, order_bits, follows=follows
    )


def _skip_operating_points(read: Bits) -> bool:
    """Read past times and levels; False where there is a model of the decoder."""
    if read.take(1):
        read.take(64)
        if read.take(1):
            read.golomb()
        if read.take(1):
            return False
    delays = read.take(1)
    for _ in range(read.take(5) + 1):
        read.take(12)
        if read.take(5) > 7:
            read.take(1)
        if delays and read.take(1):
            read.take(4)
    return True


def _read_frame(read: Bits, sequence: _Sequence) -> int | None:
    """Read a frame's header; None where it only repeats a frame, or has a size of its own."""
    kind, shown, robust = (_KEY, True, True) if sequence.still else _read_kind(read)
    if kind is None:
        return None
    plain = read.take(1)  # nothing is learnt from the frame
    screen = read.take(1) if sequence.screen == _SELECT else sequence.screen
    steps = screen and (read.take(1) if sequence.whole == _SELECT else sequence.whole)
    if kind == _SWITCH or (not sequence.still and read.take(1)):  # another size than the sequence's
        return None
    read.take(sequence.order_bits)
    _skip_references(read, sequence, kind, shown=shown, robust=robust)
    if sequence.narrows and read.take(1):  # coded narrower than it is shown
        return None
    read.take(32 if read.take(1) else 0)  # shown in another size
    if kind == _INTER:
        _skip_movement(read, whole=bool(steps), follows=sequence.follows and not robust)
    elif screen:
        read.take(1)
    if not sequence.still and not plain:
        read.take(1)
    return read.take(8) if _skip_tiles(read, sequence) else None


def _read_kind(read: Bits) -> tuple[int | None, bool, bool]:
    """Read type (None for one that shows another again), whether it is shown, and stands alone."""
    if read.take(1):
        return None, True, True
    kind, shown = read.take(2), bool(read.take(1))
    read.take(0 if shown else 1)
    return kind, shown, kind == _SWITCH or (kind == _KEY and shown) or bool(read.take(1))


def _skip_movement(read: Bits, *, whole: bool, follows: bool) -> None:
    """Read past how fine steps are, how samples are interpolated, and what earlier frames tell."""
    read.take(0 if whole else 1)
    read.take(0 if read.take(1) else 2)
    read.take(2 if follows else 1)


def _skip_references(
    read: Bits, sequence: _Sequence, kind: int, *, shown: bool, robust: bool
) -> None:
    """Read past which frames this one replaces, and which it refers to."""
    if kind == _INTER and not robust:
        read.take(3)
    replaced = _EVERY if kind == _KEY and shown else read.take(8)
    if robust and sequence.order_bits and (kind == _INTER or replaced != _EVERY):
        read.take(_KEPT * sequence.order_bits)
    if kind == _INTER:
        brief = read.take(1) if sequence.order_bits else 0
        read.take(6 if brief else 3 * _USED)


def _skip_tiles(read: Bits, sequence: _Sequence) -> bool:
    """Read past how the picture is cut into tiles, if they are all of one size."""
    if not read.take(1):
        return False
    size = 7 if sequence.large else 6  # a block's side, as a power of two
    across, down = (
        (2 * (side + 7 >> 3)) * 4 + (1 << size) - 1 >> size
        for side in (sequence.width, sequence.height)
    )
    fewest = _count_halvings(4096 >> size, across)
    at_all = max(fewest, _count_halvings(4096 * 2304 >> 2 * size, across * down))
    columns = _read_increments(read, fewest, _count_halvings(1, min(across, 64)))
    rows = _read_increments(read, max(at_all - columns, 0), _count_halvings(1, min(down, 64)))
    if columns + rows:
        read.take(columns + rows + 2)
    return True


def _read_increments(read: Bits, value: int, most: int) -> int:
    while value < most and read.take(1):
        value += 1
    return value


def _count_halvings(part: int, whole: int) -> int:
    return max(0, (-(-whole // part) - 1).bit_length())
