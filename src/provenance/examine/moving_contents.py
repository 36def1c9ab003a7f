"""The contents of a moving picture: as those of a picture, but of several frames.

A stamp of one is compared by its first frame. So the mark is looked for in the first, and where it
is not read there in some of the others, together and alone; what was signed is held against the
first and then against what the mark was found in.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

from provenance import imaging, watermark
from provenance.errors import InputError
from provenance.examine.content_check import NOT_COMPARED, Comparison, Content, compare_marked
from provenance.examine.contents import Contents, Described, FilmDescribed, Seen
from provenance.fingerprint import LatticeFingerprint
from provenance.geometry import Region
from provenance.imaging import Moving, Pixels
from provenance.manifest import StampStatement
from provenance.once import once
from provenance.watermark import Detection, Outcome

LOOKED_AT = 6
"""Frames behind the first one that are searched, evenly spaced."""


class MovingContents(Contents):
    """Reads one moving picture. For one thread at a time."""

    _views = 6  # the first, and what is searched of the others

    def describe(self) -> tuple[Described | None, InputError | None]:
        """Decode some frames, and describe the picture or say why it can't be decoded.

        Raises
        ------
        ImageTooLargeError
            It is over a limit.
        InputCostError
            There is not enough memory.
        """
        described, obstacle = super().describe()
        moving = self._moving
        if described is None or moving is None:
            return described, obstacle
        looked_at = 1 + len(self._further)
        film = FilmDescribed(imaging.measure_seconds(moving), moving.count, looked_at)
        return replace(described, film=film), None

    @property
    def _moving(self) -> Moving | None:
        return self._picture.moving if self._picture else None

    @property
    def _further(self) -> tuple[Pixels, ...]:
        """Some frames behind the first, as far as they can be decoded."""
        return tuple(rgb for _, rgb in self._sampled)

    @once
    def _sampled(self) -> tuple[tuple[int, Pixels], ...]:
        """Those frames, with their places."""
        found: list[tuple[int, Pixels]] = []
        if self._moving is None:
            return ()
        try:
            found.extend(imaging.sample_frames(self._moving, LOOKED_AT, self._means.limits))
        except InputError:
            return tuple(found)
        return tuple(found)

    def find_span(self) -> Seen | None:
        """Return when the mark that was found begins and ends: other frames may lack it."""
        found = [
            (each.found, key)
            for each, key in zip(self.search(), self._keys, strict=True)
            if each.found is not None
        ]
        if self._picture is None or self._moving is None or not found:
            return None
        frames = ((0, self._picture.rgb), *self._sampled)
        carry = watermark.find_carrying([rgb for _, rgb in frames], *found[0])
        carrying = [place for (place, _), marked in zip(frames, carry, strict=True) if marked]
        if not carrying:  # several frames together carry it, and none alone
            return None
        seconds = imaging.list_seconds(self._moving)
        moments = (0.0, *accumulate(seconds))
        looked_at = sum(seconds[place] for place, _ in frames)
        share = len(carrying) / len(frames)
        if looked_at > 0:
            share = sum(seconds[place] for place in carrying) / looked_at
        return Seen(moments[carrying[0]], moments[carrying[-1]], share)

    def search(self) -> list[Outcome]:
        """Search the first frame, and where nothing is in it some others, together and alone."""
        return self._found[0]

    @once
    def _found(self) -> tuple[list[Outcome], Pixels | None]:
        """What was found, and in which pixels."""
        first = super().search()
        if self._picture is None or any(each.found for each in first) or not self._further:
            return first, super()._pixels
        search = self._means.search
        found = watermark.search_frames(self._further, self._keys, search=search)
        if any(each.found for each in found.outcomes):
            return found.outcomes, found.view.rgb
        return first, self._picture.rgb

    @property
    def _pixels(self) -> Pixels | None:
        return self._found[1]

    def _compare_marked(
        self, statement: StampStatement, reference: LatticeFingerprint | None, found: Detection
    ) -> tuple[Comparison, Region]:
        """Compare with the first frame, then with what the mark was found in."""
        compared, region = super()._compare_marked(statement, reference, found)
        if compared.content is not Content.FAR or self._pixels is None:
            return compared, region
        compared, region = compare_marked(
            statement, reference, self._pixels, found, self._reliable_hashes
        )
        if compared.content is Content.FAR:  # these frames need not show what the first one did
            compared = replace(compared, content=Content.INCONCLUSIVE)
        return compared, region

    def compare_whole(self, statement: StampStatement) -> Comparison:
        """Compare what was signed with the first frame, in which no mark was found."""
        compared = super().compare_whole(statement) if self._picture else NOT_COMPARED
        if compared.content is Content.FAR:
            return replace(compared, content=Content.INCONCLUSIVE)
        return compared
