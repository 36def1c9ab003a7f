"""The thorough search: what costs too much for every picture, for the few that matter.

Pictures seen at a tilt, strongly stretched, bent so that their pilot hardly shows, or without a
pilot at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.watermark.detection import aspect_search, scale_search
from provenance.watermark.detection.looks import (
    FOLLOWED,
    MIN_AGREEMENT,
    MIN_PRESENT,
    MOST_LOOKS,
    PLACED_LOOKS,
    SMALLEST_PLANE,
    Look,
    Seen,
    best,
)
from provenance.watermark.detection.period_search import PERIODS, find_periods, frequency_maps
from provenance.watermark.detection.presence import flatten, presence
from provenance.watermark.detection.read_places import ReadPlaces
from provenance.watermark.detection.registration import Registration, register, register_maps
from provenance.watermark.detection.scale_search import polar_map
from provenance.watermark.detection.search import Search
from provenance.watermark.detection.slant_search import slanted_maps
from provenance.watermark.detection.soft_bits import transform
from provenance.watermark.detection.spectrum import spectrum
from provenance.watermark.detection.windows import Window, choose_windows, grow, placed

OF_WINDOW = 2
"""Guesses of one part of a picture that are kept."""
GROWN = 6
"""Guesses, of all parts, that are followed from there to the whole picture."""
MOST_THOROUGH_LOOKS = MOST_LOOKS + 2 * (FOLLOWED + GROWN) + PLACED_LOOKS * PERIODS + 1
"""Looks of a thorough search under one key: the usual ones; each guess at a strong stretch and each
grown from a part, as it is and with its bends undone; placed by the carrier; as marked and bent."""


def count_looks(search: Search) -> int:
    """Looks at one picture under one key, at most."""
    return MOST_THOROUGH_LOOKS if search.thorough else MOST_LOOKS


def looks(
    seen: Seen, key: bytes | None, search: Search, read: ReadPlaces | None = None
) -> Iterator[Look]:
    """Geometries worth decoding, as the search wants them.

    ``read`` are those in which a mark was read, by now: no bends are undone there.
    """
    read = ReadPlaces() if read is None else read
    if search.thorough:
        return _thorough_looks(seen, key, read)
    return seen.looks(key, hasty=search.hasty, read=read)


def _thorough_looks(seen: Seen, key: bytes | None, read: ReadPlaces) -> Iterator[Look]:
    """Geometries worth decoding, the usual ones first."""
    yield from seen.looks(key, read=read)
    if seen.as_marked not in read:
        yield seen.unbent(seen.plain_look(), key)
    if key is None:
        yield from seen.placed_by_carrier(seen.periods, read)
    for look in _pilot_looks(seen, key, read):
        yield look
        read.note(look.geometry)
        if look.geometry not in read:
            yield seen.unbent(look, key)


def _pilot_looks(seen: Seen, key: bytes | None, read: ReadPlaces) -> Iterator[Look]:
    whole = seen.whole[0]
    stretched = aspect_search.stretched_candidates(whole, key, aspect_search.WIDE_STRETCH)
    for guess in best(register(whole, stretched, key), MIN_AGREEMENT):
        if look := seen.followed(guess, key, read):
            yield look
    for guess, window in _guesses_at_parts(seen, key):
        if look := _grown(seen, guess, window, key):
            yield look


def _guesses_at_parts(seen: Seen, key: bytes | None) -> list[tuple[Registration, Window]]:
    """Guesses at parts of the picture, those that agree best first."""
    found = []
    for window in choose_windows(seen.luma.shape[1], seen.luma.shape[0]):
        part = spectrum(window.of(seen.luma))
        turned = scale_search.best_candidates(scale_search.score_table(polar_map(part), key))
        guesses = register(part, turned, key)
        guesses += register_maps(part, slanted_maps(part, key), key)
        guesses += register_maps(part, frequency_maps(find_periods(part)), key)
        kept = best(guesses, MIN_AGREEMENT)[:OF_WINDOW]
        found += [(placed(each, window), window) for each in kept]
    return sorted(found, key=lambda pair: -pair[0].agreement)[:GROWN]


def _grown(seen: Seen, guess: Registration, window: Window, key: bytes | None) -> Look | None:
    """Follow a guess from a part to the whole picture; or give it up."""
    geometry = grow(seen.luma, window, guess, key)
    if geometry is None:
        return None
    plane = seen.sampled(geometry, inverted=guess.inverted)
    if min(plane.samples.shape) < SMALLEST_PLANE:
        return None
    pilot = presence(flatten(plane), key)
    if pilot < MIN_PRESENT:
        return None
    return Look(geometry, transform(plane), pilot, guess.inverted)
