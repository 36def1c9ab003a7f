"""What it costs to take a file apart follows its bytes, in every container."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
import pytest

from provenance.containers import find_container
from tests import pngs, tiffs
from tests.steps import count_steps

MEGA = 2**20
SHARE = 1024
"""Bytes of a piece; real files have fewer pieces for their bytes."""
MOST_CALLS = 80
"""Calls for each piece, to walk over the file and to look for a store; 26 to 62 were counted."""

Build = Callable[[int, int], bytes]


def png(count: int, size: int) -> bytes:
    chunks = pngs.chunk(b"teSt", bytes(size)) * count
    return b"\x89PNG\r\n\x1a\n" + pngs.chunk(b"IHDR", bytes(13)) + chunks + pngs.chunk(b"IEND", b"")


def jpeg(count: int, size: int) -> bytes:
    segment = b"\xff\xe5" + struct.pack(">H", size + 2) + bytes(size)
    return b"\xff\xd8" + segment * count + b"\xff\xda\0\2\0\xff\xd9"


def webp(count: int, size: int) -> bytes:
    body = b"WEBP" + (b"teSt" + struct.pack("<I", size) + bytes(size)) * count
    return b"RIFF" + struct.pack("<I", len(body)) + body


def gif(count: int, size: int) -> bytes:
    block = b"\x21\xfe" + (b"\xff" + bytes(255)) * (size // 256) + b"\0"
    return b"GIF89a" + bytes(7) + block * count + b"\x3b"


def boxes(count: int, size: int) -> bytes:
    head = struct.pack(">I4s4sI", 16, b"ftyp", b"avif", 0)
    return head + (struct.pack(">I4s", 8 + size, b"free") + bytes(size)) * count


def tiff(count: int, size: int) -> bytes:
    more: tiffs.Entries = {60_000 + at: (7, bytes(size)) for at in range(count)}
    return tiffs.write(np.zeros((8, 8, 1), np.uint16), tiffs.Form(photometric=1), more)


BUILDS = {"png": png, "jpeg": jpeg, "webp": webp, "gif": gif, "boxes": boxes, "tiff": tiff}


def count_calls(data: bytes) -> int:
    container = find_container(data)
    assert container is not None
    with count_steps() as steps:
        pieces = list(container.walk(data))
        store = container.extract(data)
    assert pieces
    assert store is None
    return steps.count


@pytest.mark.parametrize("name", BUILDS)
def test_a_megabyte_costs_a_bounded_number_of_calls(name: str) -> None:
    data = BUILDS[name](MEGA // SHARE, SHARE)
    assert count_calls(data) <= MOST_CALLS * len(data) / SHARE


@pytest.mark.parametrize("name", BUILDS)
def test_four_times_the_pieces_cost_four_times_the_calls(name: str) -> None:
    few, many = (count_calls(BUILDS[name](count, SHARE)) for count in (250, 1000))
    assert many <= 4.4 * few


@pytest.mark.parametrize("name", ["png", "webp", "boxes", "tiff"])
def test_a_long_piece_costs_no_more_than_a_short_one(name: str) -> None:
    short, long = (count_calls(BUILDS[name](4, size)) for size in (SHARE, MEGA))
    assert long <= short + 8
