"""Whether what was signed belongs on this picture: the signed fingerprints against its pixels.

The lattice fingerprint alone decides. A PDQ hash is only reported: it survives no crop, and anyone
with one picture of a producer can shade any other until its hash is the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from provenance import fingerprint, watermark
from provenance.fingerprint import LatticeFingerprint, LatticeMatch, Pdq
from provenance.geometry import Geometry, Region
from provenance.manifest import StampStatement
from provenance.watermark import Detection

Pixels = NDArray[np.uint8]

WHOLE_SHARE = 0.9
"""Share of the compared cells from which the fingerprint is about everything that carries the mark;
the detector's region is not more exact than that."""

WIDER = 0.1
"""Unexplained share that a wider part may have more than the marked one: smooth areas add none, and
a tenth of another picture in it adds about as much."""

SAME_SHAPE = 1
"""Cells by which rounding may change the sides of a whole picture."""


class Content(StrEnum):
    """Whether this picture shows what the signed fingerprints describe."""

    NEAR = "near"
    FAR = "far"
    INCONCLUSIVE = "inconclusive"
    NOT_COMPARED = "not compared"
    BOUND = "bound"  # not compared either: the file's bytes are those that were signed

    @property
    def fits(self) -> bool:
        """Whether what was signed is about these pixels."""
        return self in (Content.NEAR, Content.BOUND)


@dataclass(frozen=True)
class Comparison:
    """The signed fingerprints against this picture.

    ``bit_error_rate`` is the share of lattice bits that differ, ``bits`` the number of those
    compared, ``error_rate`` the chance that a picture of something else comes as near.
    ``pdq_distance`` counts differing bits of 256; it is None beyond what copies may differ by.
    ``sealed`` means that the mark did not open the lattice fingerprint, and ``untried`` that this
    was not even tried, for want of time: other marks took it.
    """

    content: Content = Content.NOT_COMPARED
    bit_error_rate: float | None = None
    bits: int = 0
    error_rate: float | None = None
    pdq_distance: int | None = None
    sealed: bool = False
    untried: bool = False


NOT_COMPARED = Comparison()
"""The answer when nothing could be compared."""

BOUND = Comparison(Content.BOUND)
"""The answer when nothing need be compared: opening a fingerprint takes a tenth of a second."""


def compare_marked(
    statement: StampStatement,
    reference: LatticeFingerprint | None,
    rgb: Pixels,
    found: Detection,
    hashes: Iterable[Pdq],
) -> tuple[Comparison, Region]:
    """Compare the pixels that carry a mark, by the geometry that the detector recovered.

    ``reference`` is the signed lattice fingerprint, None where it could not be opened.

    Also returns the region that the comparison is about. Anyone can write a public mark around a
    marked picture; a part that was not there at signing is not part of what is proved.
    """
    distance = _measure_distance(statement, hashes)
    if reference is None:
        sealed = fingerprint.is_sealed(statement.lattice)
        content = Content.INCONCLUSIVE if sealed else Content.NOT_COMPARED
        return Comparison(content, pdq_distance=distance, sealed=sealed), found.region
    shown = 255 - rgb if found.inverted else rgb
    part, geometry = _cut(shown, found)
    match = fingerprint.compare(reference, part, geometry)
    region = found.region
    if statement.frames and match.result == "far":  # it is of the first frame, this may be another
        return Comparison(Content.INCONCLUSIVE, pdq_distance=distance), region
    if match.result == "near" and match.share < WHOLE_SHARE:
        region = _place_box(match, found, region.coverage)
    if match.result == "near" and region.coverage < WHOLE_SHARE:
        region = _widen(reference, shown, found, match) or region
    return _describe(match, distance), region


def _widen(
    reference: LatticeFingerprint, rgb: Pixels, found: Detection, match: LatticeMatch
) -> Region | None:
    """Take in plain areas beside the mark that were there when the picture was signed.

    Codecs remove the mark where a picture is smooth, and then nothing but what was signed tells
    such a part from plain surroundings. None where the marked part is all that was signed, or where
    the rest shows something else.
    """
    wide = fingerprint.compare(reference, rgb, found.geometry)
    explained = wide.unexplained <= match.unexplained + WIDER
    if wide.result != "near" or not explained:
        return None
    region = _place_box(wide, found, 1.0)
    return region if region.coverage > found.region.coverage else None


def _place_box(match: LatticeMatch, found: Detection, compared: float) -> Region:
    """Bring the box that lies on the fingerprint to the picture, of which a share was compared."""
    left, top, right, bottom = match.box
    box = np.array([(left, top, 1), (right, top, 1), (right, bottom, 1), (left, bottom, 1)])
    placed = box @ np.array(found.geometry.matrix).T
    corners = (placed[:, :2] / placed[:, 2:]).tolist()
    return Region(tuple((x, y) for x, y in corners), match.share * compared)


def compare_whole(
    statement: StampStatement,
    reference: LatticeFingerprint | None,
    rgb: Pixels,
    hashes: Iterable[Pdq],
) -> Comparison:
    """Compare a picture that has lost its mark, if it can be the whole of what was signed.

    Only the producer can still open the lattice fingerprint, which is ``reference`` then; to
    everybody else the picture may be near by its whole-picture hash, and is never far.

    Nobody knows then how the signed picture lies in this one. So it is compared in those of its
    eight orientations that have the signed shape: a crop must not pass for other content.
    """
    distance = _measure_distance(statement, hashes)
    if distance is not None:
        return Comparison(Content.NEAR, pdq_distance=distance)
    matches = list(_compare_upright(reference, rgb)) if reference else []
    return _describe(min(matches, key=lambda match: match.error_rate, default=None), None)


def _compare_upright(reference: LatticeFingerprint, rgb: Pixels) -> Iterator[LatticeMatch]:
    """Compare a picture in the orientations in which it has as many cells as the signed one."""
    signed = np.multiply(reference.levels.shape, reference.side)
    for picture in (rgb, rgb.transpose(1, 0, 2)):
        geometry = watermark.layout(picture.shape[1], picture.shape[0])
        own = fingerprint.lattice(picture, geometry)
        shape = np.multiply(own.levels.shape, own.side)
        if np.abs(shape - signed).max() > SAME_SHAPE * max(own.side, reference.side):
            continue
        for rows, columns in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            turned = np.ascontiguousarray(picture[::rows, ::columns])
            yield fingerprint.compare(reference, turned, geometry)


def _describe(match: LatticeMatch | None, distance: int | None) -> Comparison:
    if match is None:
        return Comparison()
    return Comparison(
        Content(match.result), match.bit_error_rate, match.bits, match.error_rate, distance
    )


def _measure_distance(statement: StampStatement, hashes: Iterable[Pdq]) -> int | None:
    """Return the distance of the signed PDQ hash from the picture's; None when it is too far."""
    if not Pdq(statement.pdq, statement.pdq_quality).reliable:
        return None
    distances = (fingerprint.pdq_distance(own.hex, statement.pdq) for own in hashes)
    nearest = min(distances, default=fingerprint.MATCH_DISTANCE + 1)
    return nearest if nearest <= fingerprint.MATCH_DISTANCE else None


def _cut(rgb: Pixels, found: Detection) -> tuple[Pixels, Geometry]:
    """Cut a picture to the part that carries the mark, and move the geometry with it.

    What lies around it may be another picture, which would only blur the comparison.
    """
    xs, ys = zip(*found.region.corners, strict=True)
    left, top = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
    part = rgb[top : math.ceil(max(ys)), left : math.ceil(max(xs))]
    g = found.geometry
    across = {"xx": g.xx - left * g.pu, "xy": g.xy - left * g.pv, "x0": g.x0 - left}
    down = {"yx": g.yx - top * g.pu, "yy": g.yy - top * g.pv, "y0": g.y0 - top}
    return part, replace(g, **across, **down)
