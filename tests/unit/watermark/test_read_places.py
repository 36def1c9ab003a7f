"""What shows the pilot of a mark that was read is told from what may be another's."""

from __future__ import annotations

from dataclasses import replace

from provenance.geometry import Geometry
from provenance.watermark.detection.read_places import ReadPlaces

READ = Geometry(0.8, 0.01, -0.01, 0.8, 12.0, 7.0)
MIDDLE = (256.0, 200.0)
TILE = 256


def places() -> ReadPlaces:
    found = ReadPlaces()
    found.begin_round()
    found.add(READ)
    return found


def moved(across: float, down: float) -> Geometry:
    """The same mark seen with its tile's corner some mark units away."""
    x, y = (READ.xx * across + READ.xy * down, READ.yx * across + READ.yy * down)
    return replace(READ, x0=READ.x0 + x, y0=READ.y0 + y)


def test_quarter_turns_and_flips_show_the_same_pilot() -> None:
    turned = Geometry(-READ.xy, READ.xx, -READ.yy, READ.yx, 300.0, 20.0)
    mirrored = Geometry(-READ.xx, READ.xy, -READ.yx, READ.yy, 100.0, 50.0)
    assert READ in places()
    assert turned in places()
    assert mirrored in places()


def test_another_scale_or_turn_shows_another_pilot() -> None:
    assert replace(READ, xx=0.81, yy=0.81) not in places()
    assert replace(READ, xy=0.02, yx=-0.02) not in places()
    assert READ not in ReadPlaces()


def test_a_place_is_looked_at_once_in_a_round() -> None:
    found = places()
    assert not found.looked_at(READ, MIDDLE)
    found.note(READ)
    assert found.looked_at(moved(2 * TILE + 1.5, -TILE - 1.5), MIDDLE)
    assert not found.looked_at(moved(40, 0), MIDDLE)
    assert not found.looked_at(replace(READ, xx=-READ.xx), MIDDLE)
    found.begin_round()
    assert not found.looked_at(READ, MIDDLE)


def test_a_place_where_nothing_was_read_may_be_looked_at_again() -> None:
    found = places()
    other = replace(READ, xx=1.1, yy=1.1)
    found.note(other)
    assert not found.looked_at(other, MIDDLE)


def test_a_tile_is_explained_by_a_mark_of_this_round_alone() -> None:
    found = places()
    assert found.explains(READ)
    found.begin_round()
    assert not found.explains(READ)
    assert READ in found
