"""Geometries worth decoding: cheap looks first, dear ones later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from provenance.geometry import Geometry
from provenance.once import once
from provenance.watermark import format as fmt
from provenance.watermark.carrier import SAMPLES, Secret
from provenance.watermark.detection import aspect_search, scale_search
from provenance.watermark.detection.bending import Bendable, find_displacements
from provenance.watermark.detection.cancelling import laid, mark_in
from provenance.watermark.detection.period_search import (
    PERIODS,
    Period,
    find_periods,
    frequency_maps,
)
from provenance.watermark.detection.placing import Place, carried, places
from provenance.watermark.detection.position_search import find_geometry
from provenance.watermark.detection.presence import flatten, presence
from provenance.watermark.detection.read_places import ReadPlaces
from provenance.watermark.detection.refinement import refine
from provenance.watermark.detection.registration import (
    Registration,
    drop_duplicates,
    geometry_from_matrix,
    register,
    register_maps,
    register_upright,
)
from provenance.watermark.detection.scale_search import polar_map
from provenance.watermark.detection.search import Corners
from provenance.watermark.detection.soft_bits import (
    WEIGHTINGS,
    Coefficients,
    excess,
    soft_bits,
    transform,
)
from provenance.watermark.detection.spectrum import Spectrum, middle_spectrum, spectrum
from provenance.watermark.detection.straightening import Photograph
from provenance.watermark.detection.whole_search import find_resized
from provenance.watermark.plane import Plane, layout, luma, sample, shrink_factor

SMALLEST_TILTED = 400
"""Pixels of the short side from which the middle alone is looked at for tilted pictures."""
SMALLEST_PLANE = 32
"""Samples of the plane's short side under which there is too little of a tile to read."""
PRESENT = 2.0
"""Presence of the pilot, in standard deviations, from which a picture is read as marked: one in
twenty unmarked ones has it, and all that can be read."""
CARRIED = 3.0
"""Excess energy of the soft bits from which it is read so without a pilot, which anyone can take
out: one unmarked picture in a thousand has it."""
CARRIED_PRIVATE = 4.0
"""Likewise under the best of a private key's nonces."""
CARRIED_SIDE = 256
"""Samples of a side, in the picture's middle, that this is measured in: four tiles."""
SURELY = 6.5
"""Presence from which a mark that can hardly be read is likely enough for a longer look; the few
unmarked pictures that reach it, full of regular patterns, only cost more time."""
MIN_AGREEMENT = 4.65
"""Agreement of the pilot's phases from which a fitted guess is followed up: it passes 10 % of the
guesses in unmarked pictures and 99 % of the right ones."""
MIN_UPRIGHT = 5.7
"""Likewise of a guess at an unturned picture; one unmarked picture in four reaches it."""
MIN_REFINED, MIN_PRESENT = 4.5, 5.0
"""Agreement of the refined guess, and presence of the pilot when the picture is seen so, from which
a guess is decoded: one in ten of those followed up in unmarked pictures."""
FOLLOWED = 4
"""Guesses followed up of each kind: fitted, unturned, fitted in the picture's middle, stretched;
of the tile's periods there are fewer."""
FIRST_SIDE = 384
"""Samples of a side, at most, that a guess is looked at with first: wrong guesses, most of them at
small scales, would cost most of the time otherwise."""
RESIZED = 3.5
"""Agreement of the pilot's phases from which a whole picture is taken to have been resized, if it
holds few samples: one unmarked picture in four reaches it. Of large ones, which are dear to look at
and whose pilot is surer, as much is demanded as of other guesses."""
PLACED_LOOKS = 2
"""Looks for each period that the carrier places: as it is, and as a negative."""
MOST_LOOKS = 2 * (2 + 4 * FOLLOWED + PERIODS) + PLACED_LOOKS
"""Looks at one picture under one key: as marked, as resized, then each guess, and each with its
bends undone; then as the carrier says."""
GATE_SCORE, GATE_UPRIGHT = 7.0, 6.0
"""Best scores, at any angle and of an unturned picture, under which a hasty look gives up: three
unmarked pictures in four stay under both, and 2 of 88 hard readable ones."""


SHOWING = 5.0
"""Score from which the pilot is looked for where a tile's sides seem to lie; one unmarked picture
in ten has it."""
HINT = 13.0
"""Score from which a tile's sides are followed up though no pilot lies on them: marked pictures
have 11 to 21 unless they were compressed; 5 % of unmarked ones have 8, and only repeating patterns
more than this."""
PLACED = 7.0
"""How far the carrier's patterns must stand out to say where the tile lies; without a mark 5.5 was
the most in 20 pictures."""


@dataclass(frozen=True)
class Look:
    """A geometry worth decoding: what a picture, or its negative, is when seen so.

    ``bent`` means that its places were moved besides, each a little; ``secret`` is what a private
    mark's chips are drawn from, None those of a public one.
    """

    geometry: Geometry
    coefficients: Coefficients
    presence: float
    inverted: bool
    bent: bool = False
    secret: Secret | None = None

    def placed(self, key: bytes | None) -> Iterator[Look]:
        """The look itself or, under a private key, at each place where its chips may begin."""
        if key is None:
            yield self
            return
        for moved in (False, True):
            for place in places(self.coefficients, key, moved=moved):
                yield self.at(place)

    def at(self, place: Place) -> Look:
        """The same, its tiles numbered as a place says."""
        down, right = place.row * SAMPLES, place.column * SAMPLES
        numbered = replace(
            self.coefficients,
            row=self.coefficients.row + down,
            column=self.coefficients.column + right,
        )
        back = np.eye(3)
        back[:2, 2] = -fmt.GRID * right, -fmt.GRID * down
        geometry = geometry_from_matrix(np.array(self.geometry.matrix) @ back)
        geometry = geometry if down or right else self.geometry
        return replace(self, geometry=geometry, coefficients=numbered, secret=place.secret)


class Seen:
    """One picture's luma, with what every key needs computed once and only when it is needed."""

    def __init__(
        self,
        values: NDArray[np.float32],
        size: tuple[int, int],
        shrink: int,
        photograph: Photograph | None = None,
    ) -> None:
        self.luma, self.size, self.shrink, self.photograph = values, size, shrink, photograph

    @classmethod
    def of(cls, rgb: NDArray[np.uint8], corners: Corners | None = None) -> Seen:
        """Convert a picture, or the one that a photograph shows between corners."""
        height, width = rgb.shape[:2]
        shrink = shrink_factor(width, height)
        values = luma(rgb, shrink)
        if corners is None:
            return cls(values, (width, height), shrink)
        shown = Photograph((width, height), corners)
        return cls(shown.straighten(values, shrink), shown.frame, shrink, shown)

    def without(self, look: Look, word: bytes) -> Seen:
        """The picture less a mark that was read in it."""
        plane = self.sampled(look.geometry, inverted=look.inverted)
        mark = mark_in(plane.samples, look.coefficients, word, look.secret)
        height, width = self.luma.shape
        mark = laid(mark, plane.row, plane.column, look.geometry, (width, height))
        rest = self.luma + mark if look.inverted else self.luma - mark
        return Seen(rest, self.size, self.shrink, self.photograph)

    @once
    def as_marked(self) -> Geometry:
        """Where ``embed`` would have laid a mark in this picture, at the size looked at."""
        return layout(*self.size).rescale(1 / self.shrink)

    @property
    def _centre(self) -> tuple[float, float]:
        height, width = self.luma.shape
        return width / 2, height / 2

    @once
    def _plane(self) -> Plane:
        return sample(self.luma, self.as_marked)

    @once
    def _coefficients(self) -> Coefficients:
        return transform(self._plane)

    @once
    def _middle_coefficients(self) -> Coefficients:
        return transform(self._plane.middle(CARRIED_SIDE))

    @once
    def whole(self) -> tuple[Spectrum, NDArray[np.float32]]:
        """The picture's spectrum, and its power in log-polar steps."""
        found = spectrum(self.luma)
        return found, polar_map(found)

    @once
    def _middle(self) -> tuple[Spectrum, NDArray[np.float32]]:
        found = middle_spectrum(self.luma)
        return found, polar_map(found)

    @once
    def periods(self) -> list[Period]:
        """Guesses at the tile's sides."""
        return find_periods(self.whole[0])

    def looks(
        self, key: bytes | None, *, hasty: bool = False, read: ReadPlaces | None = None
    ) -> Iterator[Look]:
        """Geometries worth decoding, cheapest first; ``hasty`` searches only where it promises.

        ``read`` are those in which a mark was read, by now: no bends are undone there, and each is
        looked at once.
        """
        read = ReadPlaces() if read is None else read
        for look in self._pilot_looks(key, read, hasty=hasty):
            yield look
            if look.presence >= SURELY and look.geometry not in read:
                yield self.unbent(look, key)
        if not hasty and key is None:
            likely = [each for each in self.periods if each.score >= HINT][:1]
            yield from self.placed_by_carrier(likely, read)

    def _pilot_looks(self, key: bytes | None, read: ReadPlaces, *, hasty: bool) -> Iterator[Look]:
        """As marked where pilot or carrier says so, and wherever the pilot is found."""
        pilot = self._presence_as_marked(key)
        if abs(pilot) >= PRESENT or self._carries(key):
            inverted = pilot <= -PRESENT
            seen = self._coefficients.negative if inverted else self._coefficients
            yield Look(self.as_marked, seen, abs(pilot), inverted)
            read.note(self.as_marked)
        if look := self._resized(key, read):
            yield look
            read.note(look.geometry)
        for registration in self._registrations(key, hasty=hasty):
            if look := self.followed(registration, key, read):
                yield look
                read.note(look.geometry)

    def _presence_as_marked(self, key: bytes | None) -> float:
        """How surely the pilot lies as marked; the middle suffices where that is beyond doubt."""
        near = presence(flatten(self._plane.middle(CARRIED_SIDE)), key)
        return near if abs(near) >= SURELY else presence(flatten(self._plane), key)

    def unbent(self, look: Look, key: bytes | None) -> Look:
        """The same look, each place of the picture put where the pilot says that it belongs."""
        plane = self.sampled(look.geometry, inverted=look.inverted)
        best, most = look.coefficients, -np.inf
        bendable = Bendable.of(self.luma, look.geometry)
        for displacement in find_displacements(flatten(plane), key):
            bent = bendable.sample(look.geometry, plane, displacement)
            found = transform(_signed(bent, inverted=look.inverted))
            energy = _energy(found, key)
            if energy > most:
                best, most = found, energy
        return replace(look, coefficients=best, bent=True)

    def placed_by_carrier(
        self, periods: list[Period], read: ReadPlaces | None = None
    ) -> Iterator[Look]:
        """Where a tile's sides show and no pilot says where it lies: the public carrier does.

        Where this round has looked at a mark with those sides, they are that mark's.
        """
        for period in periods:
            geometry = period.geometry(self.whole[0])
            plane = sample(self.luma, geometry)
            if min(plane.samples.shape) < SMALLEST_PLANE or (read and read.explains(geometry)):
                continue
            geometry, shown = find_geometry(flatten(plane), geometry)
            if shown >= PLACED:
                seen = transform(sample(self.luma, geometry))
                yield Look(geometry, seen, SURELY, inverted=False)
                yield Look(geometry, seen.negative, SURELY, inverted=True)

    def plain_look(self) -> Look:
        """The picture as marked, whatever it shows."""
        return Look(self.as_marked, self._coefficients, 0.0, inverted=False)

    def _carries(self, key: bytes | None) -> bool:
        """Tell whether the soft bits of the picture as marked hold more than noise."""
        if key is not None:
            return carried(self._middle_coefficients, key) >= CARRIED_PRIVATE
        return excess(soft_bits(self._middle_coefficients, WEIGHTINGS[0], None)) >= CARRIED

    def again(self, look: Look, key: bytes | None) -> Look:
        """The same look with its geometry refined: there is a mark."""
        flat = flatten(self.sampled(look.geometry, inverted=look.inverted))
        better, _ = refine(flat, look.geometry, key)
        plane = self.sampled(better, inverted=look.inverted)
        seen = transform(plane)
        return Look(better, seen, max(look.presence, SURELY), look.inverted, secret=look.secret)

    def sampled(self, geometry: Geometry, *, inverted: bool, most: int | None = None) -> Plane:
        """The picture, or its negative, on the grid of a mark that lies so."""
        return _signed(sample(self.luma, geometry, most), inverted=inverted)

    def followed(self, guess: Registration, key: bytes | None, read: ReadPlaces) -> Look | None:
        """Refine a guess, twice as the first time some blocks were ambiguous; or give it up.

        A large plane is seen whole only once its middle has passed.
        """
        if read.looked_at(guess.geometry, self._centre):
            return None
        geometry, pilot = guess.geometry, 0.0
        plane = self.sampled(geometry, inverted=guess.inverted, most=FIRST_SIDE)
        cut = max(plane.samples.shape) >= FIRST_SIDE
        for most in (FIRST_SIDE, None if cut else FIRST_SIDE):
            if min(plane.samples.shape) < SMALLEST_PLANE:
                return None
            geometry, agreement = refine(flatten(plane), geometry, key, rigid=guess.rigid)
            if agreement < MIN_REFINED:
                return None
            plane = self.sampled(geometry, inverted=guess.inverted, most=most)
            pilot = presence(flatten(plane), key)
            if pilot < MIN_PRESENT:
                return None
        return Look(geometry, transform(plane), pilot, guess.inverted)

    def _resized(self, key: bytes | None, read: ReadPlaces) -> Look | None:
        """The whole picture at the size at which its pilot shows most; finer where that is better.

        What agrees was at a known place, so nothing is demanded of a refinement, which may go
        astray where a pilot is faint.
        """
        guess = find_resized(self.whole[0], (self.luma.shape[1], self.luma.shape[0]), key)
        small = max(self.luma.shape) <= FIRST_SIDE * fmt.GRID * guess.geometry.scale
        least = RESIZED if small else MIN_AGREEMENT
        if guess.agreement < least or read.looked_at(guess.geometry, self._centre):
            return None
        plane = self.sampled(guess.geometry, inverted=guess.inverted)
        if min(plane.samples.shape) < SMALLEST_PLANE:
            return None
        flat = flatten(plane)
        better, _ = refine(flat, guess.geometry, key, rigid=True)
        finer = self.sampled(better, inverted=guess.inverted)
        pilot, after = presence(flat, key), presence(flatten(finer), key)
        if after > pilot:
            return Look(better, transform(finer), max(after, 0.0), guess.inverted)
        return Look(guess.geometry, transform(plane), max(pilot, 0.0), guess.inverted)

    def _registrations(self, key: bytes | None, *, hasty: bool) -> Iterator[Registration]:
        """Guesses worth a closer look: turned and scaled pictures, tilted ones, stretched ones."""
        whole, polar = self.whole
        table = scale_search.score_table(polar, key)
        any_angle, upright = (
            scale_search.best_candidates(table),
            scale_search.unturned_candidates(table),
        )
        if hasty and any_angle[0].score < GATE_SCORE and upright[0].score < GATE_UPRIGHT:
            return
        fitted = best(register(whole, any_angle, key), MIN_AGREEMENT)
        unturned = best(register_upright(whole, upright, key), MIN_UPRIGHT)
        yield from drop_duplicates(fitted + unturned)
        if min(self.luma.shape) >= SMALLEST_TILTED:
            middle, polar = self._middle
            guesses = scale_search.best_candidates(scale_search.score_table(polar, key))
            yield from best(register(middle, guesses, key), MIN_AGREEMENT)
        shown = frequency_maps([each for each in self.periods if each.score >= SHOWING])
        yield from best(register_maps(whole, shown, key), MIN_AGREEMENT)
        stretched = register(whole, aspect_search.stretched_candidates(whole, key), key)
        yield from best(stretched, MIN_AGREEMENT)


def _energy(seen: Coefficients, key: bytes | None) -> float:
    """How far the soft bits' energy exceeds that of noise."""
    if key is not None:
        return carried(seen, key)
    return max(excess(soft_bits(seen, weighting, None)) for weighting in WEIGHTINGS)


def _signed(plane: Plane, *, inverted: bool) -> Plane:
    return replace(plane, samples=-plane.samples) if inverted else plane


def best(registrations: list[Registration], least: float) -> list[Registration]:
    """The few that agree best."""
    good = [each for each in registrations if each.agreement >= least]
    return drop_duplicates(sorted(good, key=lambda each: -each.agreement))[:FOLLOWED]
