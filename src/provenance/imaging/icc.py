"""ICC profiles: how much light their numbers mean, and a new one for formats that need it."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HEADER = 128
"""Bytes before a profile's table of tags."""

MAX_TAGS = 200
"""Tags that are looked at; profiles have some twenty."""

CURVE_POINTS = 4096
"""Points of a curve that no formula describes, as libraries write them."""

PQ, HLG = 16, 18
"""H.273's transfer characteristics whose profiles only approximate them, and so state them too."""

D50 = (0.9642, 1.0, 0.8249)
"""The white to which profiles relate everything."""

BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
"""How white is adapted (ICC.1, annex E)."""

PARAMETERS = (1, 3, 4, 5, 7)
"""Numbers of each kind of parametric curve."""


def read_light(profile: bytes, levels: int) -> Floats | int | None:
    """Return the light that evenly spaced numbers mean: grey's, or green's for all colours.

    It is H.273's number of a transfer characteristic where the profile states PQ or HLG, and None
    where nothing is found.
    """
    tags = _read_tags(profile)
    stated = tags.get(b"cicp", b"")
    if len(stated) >= 12 and stated[9] in (PQ, HLG):
        return stated[9]
    curve = tags.get(b"kTRC") or tags.get(b"gTRC") or b""
    return _read_curve(curve, np.linspace(0.0, 1.0, levels))


def make_profile(
    points: Sequence[float],
    light: float | Sequence[float] | None,
    numbers: tuple[int, int] | None,
) -> bytes:
    """Return a profile for a screen.

    Parameters
    ----------
    points
        Chromaticities x and y of white, red, green and blue.
    light
        The exponent, or a curve as shares of the peak; None for sRGB's.
    numbers
        H.273's primaries and transfer characteristic, where it has numbers for them.
    """
    matrix, adaptation = _find_matrix(points)
    tags = {
        b"desc": _text(_name(numbers)),
        b"cprt": _text("No copyright, use freely"),
        b"wtpt": _numbers(b"XYZ ", D50),
        b"chad": _numbers(b"sf32", adaptation.reshape(-1)),
        b"rXYZ": _numbers(b"XYZ ", matrix[:, 0]),
        b"gXYZ": _numbers(b"XYZ ", matrix[:, 1]),
        b"bXYZ": _numbers(b"XYZ ", matrix[:, 2]),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _pack_curve(light)),
    }
    if numbers:
        tags[b"cicp"] = struct.pack(">4s4x4B", b"cicp", *numbers, 0, 1)
    return _join(tags)


def _name(numbers: tuple[int, int] | None) -> str:
    return f"H.273 {numbers[0]}, {numbers[1]}" if numbers else "As stated by the picture"


def _read_tags(profile: bytes) -> dict[bytes, bytes]:
    count = int.from_bytes(profile[HEADER : HEADER + 4], "big")
    tags = {}
    for number in range(min(count, MAX_TAGS)):
        entry = profile[HEADER + 4 + 12 * number : HEADER + 16 + 12 * number]
        if len(entry) == 12:
            name, start, length = struct.unpack(">4sII", entry)
            tags[name] = profile[start : start + length]
    return tags


def _read_curve(tag: bytes, numbers: Floats) -> Floats | None:
    """Return the light of a curve, None when it is of no known kind or cut off."""
    if tag[:4] == b"para" and len(tag) >= 12:
        return _read_parameters(tag, numbers)
    if tag[:4] != b"curv" or len(tag) < 12:
        return None
    count = int.from_bytes(tag[8:12], "big")
    if count == 0:
        return numbers
    if len(tag) < 12 + 2 * count:
        return None
    table = np.frombuffer(tag, ">u2", count, 12).astype(np.float64)
    if count == 1:
        return np.asarray(numbers ** (table[0] / 256))
    return np.interp(numbers, np.linspace(0.0, 1.0, count), table / 65_535)


def _read_parameters(tag: bytes, numbers: Floats) -> Floats | None:
    kind = int.from_bytes(tag[8:10], "big")
    if kind >= len(PARAMETERS) or len(tag) < 12 + 4 * PARAMETERS[kind]:
        return None
    values = [value / 65_536 for value in struct.unpack_from(f">{PARAMETERS[kind]}i", tag, 12)]
    g, a, b, c, d, e, f = values + [0.0] * (PARAMETERS[-1] - len(values))
    if kind == 0:
        a = 1.0
    elif kind in (1, 2):  # the dark part is level: no slope, and the offset on both sides
        c, d, e, f = 0.0, -b / a if a else 0.0, c, c
    elif kind == 3:
        e = f = 0.0
    power = np.maximum(a * numbers + b, 0.0) ** g + e
    return np.asarray(np.where(numbers >= d, power, c * numbers + f))


def _find_matrix(points: Sequence[float]) -> tuple[Floats, Floats]:
    """Return XYZ of the primaries, and the adaptation of their white to D50."""
    x, y = np.array(points[0::2]), np.maximum(points[1::2], 1e-6)
    xyz = np.array([x / y, np.ones(4), (1 - x - y) / y])
    white, primaries = xyz[:, 0], xyz[:, 1:]
    primaries = primaries * np.linalg.lstsq(primaries, white, rcond=None)[0]
    scale = (BRADFORD @ np.array(D50)) / (BRADFORD @ white)
    adaptation = np.linalg.inv(BRADFORD) @ np.diag(scale) @ BRADFORD
    return adaptation @ primaries, adaptation


def _pack_curve(light: float | Sequence[float] | None) -> bytes:
    if light is None:
        srgb = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
        return struct.pack(">4s4xHxx", b"para", 3) + _fixed(srgb)
    if isinstance(light, float):
        return struct.pack(">4s4xHxx", b"para", 0) + _fixed([light])
    table = np.rint(np.array(light) * 65_535).astype(">u2").tobytes()
    return bytes(struct.pack(">4s4xI", b"curv", len(light)) + table)


def _fixed(values: Sequence[float] | Floats) -> bytes:
    whole = (round(float(value) * 65_536) for value in values)
    return b"".join(struct.pack(">i", max(-(1 << 31), min(each, (1 << 31) - 1))) for each in whole)


def _numbers(kind: bytes, values: Sequence[float] | Floats) -> bytes:
    return struct.pack(">4s4x", kind) + _fixed(values)


def _text(words: str) -> bytes:
    packed = words.encode("utf-16-be")
    return struct.pack(">4s4xII4sII", b"mluc", 1, 12, b"enUS", len(packed), 28) + packed


def _join(tags: dict[bytes, bytes]) -> bytes:
    """Put a profile of version 4.4 together; equal tags are stored once."""
    start = HEADER + 4 + 12 * len(tags)
    places: dict[bytes, int] = {}
    body, table = b"", struct.pack(">I", len(tags))
    for name, content in tags.items():
        if content not in places:
            places[content] = start + len(body)
            body += content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, places[content], len(content))
    head = struct.pack(">I4xI4s4s4s", start + len(body), 0x04400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    head += _fixed(D50)
    return head.ljust(HEADER, b"\0") + table + body
