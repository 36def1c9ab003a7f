"""The contents of a film, as far as they can be read without asking anybody.

Marks are read from many frames together. What was signed about the content is about one frame, and
is held against each frame that is looked at: a cut film need not show that one, so nothing is ever
far.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from provenance import films, fingerprint, imaging, watermark
from provenance.errors import ImageTooLargeError, InputCostError, InputError
from provenance.examine.content_check import (
    NOT_COMPARED,
    Comparison,
    Content,
    compare_marked,
    compare_whole,
)
from provenance.examine.contents import Contents, Described, FilmDescribed, Means, Seen
from provenance.examine.marked_part import cut_marked_parts
from provenance.examine.moving_contents import MovingContents
from provenance.films import MIME, Film, Shot
from provenance.fingerprint import LatticeFingerprint, Pdq
from provenance.geometry import Region
from provenance.imaging import Pixels
from provenance.labels import FoundLabels, Statement
from provenance.manifest import StampStatement
from provenance.once import once
from provenance.watermark import MOST_VIEWS, Detection, FramesOutcome, Outcome

HASHED = 6
"""Frames whose hashes are looked up: those of most bytes. Each adds its chance of a false hit."""
LEAST_ERROR = 1e-6
"""Largest error rate of a comparison, over all frames together, with which a film is near."""


def open_contents(data: bytes, sidecar: bytes | None, means: Means) -> Contents:
    """Return the contents of a picture or a film."""
    kind = FilmContents if films.recognise(data) else Contents
    if imaging.may_move(data):
        kind = MovingContents
    return kind(data, sidecar, means)


class FilmContents(Contents):
    """Reads one film. For one thread at a time."""

    _views = MOST_VIEWS

    # --- the film ---------------------------------------------------------------------------------

    def describe(self) -> tuple[Described | None, InputError | None]:
        """Decode some frames, and describe the film or say why it can't be decoded.

        Raises
        ------
        ImageTooLargeError
            It is over a limit.
        InputCostError
            There is not enough memory.
        """
        film, obstacle = self._read
        if film is None:
            return None, obstacle
        facts = film.facts
        seen = FilmDescribed(facts.seconds, facts.frames, len(film.shots))
        return Described(facts.format, facts.width, facts.height, 1, False, (), seen), None

    @once
    def _read(self) -> tuple[Film | None, InputError | None]:
        try:
            return films.read_film(self._data, self._means.limits), None
        except (ImageTooLargeError, InputCostError):
            raise
        except InputError as error:
            return None, error

    @property
    def _shots(self) -> tuple[Shot, ...]:
        film = self._read[0]
        return film.shots if film else ()

    def _rank(self, count: int) -> tuple[Shot, ...]:
        """Return the frames of most bytes, the best first."""
        film = self._read[0]
        return film.rank(count) if film else ()

    def list_statements(self) -> tuple[Statement, ...]:
        """List nothing: what a film's metadata state is not read."""
        return ()

    def read_labels(self) -> FoundLabels:
        """Read nothing: labels are not written into films."""
        return FoundLabels()

    @property
    def _mime(self) -> str:
        return MIME[films.recognise(self._data) or "MP4"]

    # --- marks and fingerprints -------------------------------------------------------------------

    def search(self) -> list[Outcome]:
        """Search the frames together for the public mark, then for those of the secret keys."""
        return self._found.outcomes if self._found else []

    @once
    def _found(self) -> FramesOutcome | None:
        if not self._shots:
            return None
        return watermark.search_frames(
            [each.luma for each in self._shots],
            self._keys,
            worths=[each.bytes for each in self._shots],
            search=self._means.search,
        )

    def find_span(self) -> Seen | None:
        """Return when the mark that was found begins and ends."""
        found = self._found
        if found is None or self._read[0] is None or not any(each.found for each in found.outcomes):
            return None
        facts, moments = self._read[0].facts, [each.seconds for each in self._shots]
        frame = facts.seconds / max(1, facts.frames)
        long = sum(moments[last] - moments[first] + frame for first, last in found.runs)
        share = min(1.0, long / facts.seconds) if facts.seconds > 0 else 1.0
        return Seen(moments[found.first], moments[found.last], share)

    def search_all(self, layer: int) -> list[Detection]:
        """Search one layer to its end, past what is found there, and in every part of the film."""
        if not self._shots:
            return []
        found = {each.word: each for each in super().search_all(layer)}
        for each in watermark.search_parts(
            [shot.luma for shot in self._shots],
            self._keys[layer],
            worths=[shot.bytes for shot in self._shots],
            search=self._means.search,
        ):
            found.setdefault(each.word, each)
        return list(found.values())

    @property
    def _pixels(self) -> Pixels | None:
        """The view that the mark was found in; without a mark the sum of all frames."""
        return self._found.view.rgb if self._found else None

    @once
    def _hashes(self) -> tuple[Pdq, ...]:
        best = self._rank(HASHED)
        return tuple(each for shot in best for each in fingerprint.pdq_variants(shot.rgb))

    def hash_inside(self, found: Sequence[Detection]) -> tuple[Pdq, ...]:
        """Compute the hashes of the best frame without bars, and of its parts that carry marks."""
        return tuple(
            hashed
            for shot in self._rank(1)
            for hashed in fingerprint.pdq_inside(
                shot.rgb, [part for each in found for part in cut_marked_parts(shot.rgb, each)]
            )
        )

    def _compare_marked(
        self, statement: StampStatement, reference: LatticeFingerprint | None, found: Detection
    ) -> tuple[Comparison, Region]:
        def compare(shot: Shot) -> tuple[Comparison, Region]:
            return compare_marked(statement, reference, shot.rgb, found, self._reliable_hashes)

        return self._compare_best(compare, found.region)

    def _compare_whole(
        self, statement: StampStatement, reference: LatticeFingerprint | None
    ) -> Comparison:
        def compare(shot: Shot) -> tuple[Comparison, Region]:
            hashes = self._reliable_hashes
            return compare_whole(statement, reference, shot.rgb, hashes), Region((), 0)

        return self._compare_best(compare, Region((), 0))[0]

    def _compare_best(
        self, compare: Callable[[Shot], tuple[Comparison, Region]], region: Region
    ) -> tuple[Comparison, Region]:
        """Return the comparison of the frame that comes nearest, of all that are looked at."""
        found: list[tuple[Comparison, Region]] = []
        for shot in self._rank(len(self._shots)):
            compared, place = compare(shot)
            found.append((self._widen(compared), place))
            if found[-1][0].content.fits or compared.error_rate is None:
                break  # it is the one, or no other can say more
        return min(
            found,
            key=lambda pair: (not pair[0].content.fits, pair[0].bit_error_rate or 0.0),
            default=(NOT_COMPARED, region),
        )

    def _widen(self, compared: Comparison) -> Comparison:
        """Say what one frame's comparison means for a film: others were tried besides."""
        if compared.error_rate is None:
            return compared
        rate = min(1.0, compared.error_rate * len(self._shots))
        unsure = compared.content is Content.FAR or rate > LEAST_ERROR
        content = Content.INCONCLUSIVE if unsure else compared.content
        return replace(compared, content=content, error_rate=rate)
