"""One word from many frames: a film, or any moving picture, whose frames carry the same mark.

The frames are added up, all of them and then parts of them, and each sum is searched as a picture.
The best frames are also searched alone: in a film made from a marked still, the mark lies otherwise
in each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from provenance.errors import UnsupportedFormatError
from provenance.watermark import code
from provenance.watermark.carrier import Secret
from provenance.watermark.detection.decoding import correlation
from provenance.watermark.detection.detector import Detection, Outcome, search_each
from provenance.watermark.detection.search import USUAL, Search
from provenance.watermark.detection.soft_bits import WEIGHTINGS, soft_bits, transform
from provenance.watermark.detection.stacking import Stack, add_up
from provenance.watermark.plane import luma, sample, shrink_factor
from provenance.watermark.prng import layer_key

Frame = NDArray[np.uint8]

GROUPS = 8
"""Runs of frames that are added up first: the smallest parts of a film that are told apart."""
PARTS = ((0, 4), (4, 8), (0, 2), (2, 4), (4, 6), (6, 8))
"""Groups that are searched together where all of them give nothing: halves, then quarters."""
ALONE = 4
"""Frames that are searched each for itself: those of the most worth in quarters of the film."""
MOST_VIEWS = 1 + ALONE + len(PARTS)
"""Pictures that are searched, at most, before a film is said to hold no mark."""
CARRYING = 4.5
"""Fit of a word that is known, in standard deviations, from which a group of frames carries it: by
chance one in 70,000 does, for each of four weightings."""


@dataclass(frozen=True)
class View:
    """What is searched as one picture: the sum of the frames from ``first`` to ``last``."""

    rgb: NDArray[np.uint8]
    first: int
    last: int


@dataclass(frozen=True)
class FramesOutcome:
    """What a search of frames gave: an outcome for each key, and the view that they are of.

    ``first`` and ``last`` are the first and the last frame of those that carry the first mark that
    was found; where none was, of all frames. ``runs`` are the first and last frames of each run of
    them that nothing interrupts.
    """

    outcomes: list[Outcome]
    view: View
    first: int
    last: int
    runs: tuple[tuple[int, int], ...]


def detect_frames(
    frames: Sequence[Frame],
    key: bytes | None = None,
    *,
    worths: Sequence[float] | None = None,
    search: Search = USUAL,
) -> Detection | None:
    """Find and read the mark that frames of a moving picture carry together.

    The stated probability counts every sum of frames that is searched.

    Parameters
    ----------
    frames : sequence of uint8 arrays
        All of one size: colours, shape (height, width, 3), or luma, shape (height, width).
    key : bytes, optional
        32 bytes of a private layer; without it the public mark is read.
    worths : sequence of float, optional
        How much each frame counts: best the bytes that its file spends on it.
    search : Search
        How each sum is searched.

    Returns
    -------
    Detection or None

    Raises
    ------
    UnsupportedFormatError
        The frames are not of one size, or there is none.
    WatermarkKeyError
        The key is not 32 bytes.
    """
    return search_frames(frames, (key,), worths=worths, search=search).outcomes[0].found


def search_frames(
    frames: Sequence[Frame],
    keys: Sequence[bytes | None],
    *,
    worths: Sequence[float] | None = None,
    search: Search = USUAL,
) -> FramesOutcome:
    """As ``detect_frames`` under several keys; ends at the first view in which one finds a mark.

    Raises
    ------
    UnsupportedFormatError
        The frames are not of one size, or there is none.
    WatermarkKeyError
        A key is not 32 bytes.
    """
    weighed = _weigh(frames, worths)
    groups = _group(weighed)
    unsure: list[dict[bytes, None]] = [{} for _ in keys]
    for view in _list_views(weighed, groups):
        outcomes = search_each(view.rgb, keys, search, pictures=MOST_VIEWS)
        pairs = zip(outcomes, keys, strict=True)
        hits = [(each.found, key) for each, key in pairs if each.found is not None]
        if hits:
            runs = _find_runs(groups, view, *hits[0])
            return FramesOutcome(outcomes, view, runs[0][0], runs[-1][1], runs)
        for known, outcome in zip(unsure, outcomes, strict=True):
            known.update(dict.fromkeys(outcome.unsure))
    whole = next(_list_views(weighed, groups))
    nothing = [Outcome(None, tuple(each)) for each in unsure]
    return FramesOutcome(nothing, whole, whole.first, whole.last, ())


def search_parts(
    frames: Sequence[Frame],
    key: bytes | None,
    *,
    worths: Sequence[float] | None = None,
    search: Search = USUAL,
) -> list[Detection]:
    """Search every view of frames, and each group, also past one in which a mark is found.

    Where parts of a film carry different marks, the loudest hides the others in the sum of all, and
    takes most of the bytes and so of the frames.

    Raises
    ------
    UnsupportedFormatError
        The frames are not of one size, or there is none.
    WatermarkKeyError
        The key is not 32 bytes.
    """
    weighed = _weigh(frames, worths)
    groups, found = _group(weighed), dict[bytes, Detection]()
    for view in (*_list_views(weighed, groups), *(_join([each]) for each in groups)):
        hit = search_each(view.rgb, (key,), search, pictures=MOST_VIEWS + GROUPS)[0].found
        if hit is not None:
            found.setdefault(hit.word, hit)
    return list(found.values())


def find_carrying(
    frames: Sequence[Frame], found: Detection, key: bytes | None = None
) -> tuple[bool, ...]:
    """Tell of each frame whether it carries a mark that was found in one of them, laid alike."""
    word = _Word.of(found, key)
    return tuple(
        word.fits(each if each.ndim == 3 else np.repeat(each[..., None], 3, axis=2))
        for each in frames
    )


@dataclass(frozen=True)
class _Group:
    """The sum of a run of frames."""

    stack: Stack
    first: int
    last: int


def _weigh(frames: Sequence[Frame], worths: Sequence[float] | None) -> list[tuple[Frame, float]]:
    """Give each frame its worth, as a share of the greatest."""
    if not frames or len({each.shape for each in frames}) > 1:
        raise UnsupportedFormatError("The frames of a moving picture are of one size, and some.")
    worths = worths or [1.0] * len(frames)
    most = max(worths) or 1.0
    least = float(np.finfo(np.float32).eps)
    return [(each, max(worth / most, least)) for each, worth in zip(frames, worths, strict=True)]


def _group(weighed: Sequence[tuple[Frame, float]]) -> list[_Group]:
    """Add up runs of frames."""
    ends = np.linspace(0, len(weighed), min(GROUPS, len(weighed)) + 1).astype(int).tolist()
    found = []
    for first, end in pairwise(ends):
        stacks = (Stack.of(frame, worth) for frame, worth in weighed[first:end])
        found.append(_Group(add_up(stacks), first, end - 1))
    return found


def _list_views(weighed: Sequence[tuple[Frame, float]], groups: Sequence[_Group]) -> Iterator[View]:
    """All frames, the best of each quarter alone, and then parts."""
    if len(weighed) > 1:
        yield _join(groups)
    for first, end in pairwise(np.linspace(0, len(weighed), ALONE + 1).astype(int).tolist()):
        if end > first:
            best = max(range(first, end), key=lambda at: weighed[at][1])
            frame = weighed[best][0]
            rgb = frame if frame.ndim == 3 else np.repeat(frame[..., None], 3, axis=2)
            yield View(rgb, best, best)
    if len(groups) == GROUPS:
        for first, end in PARTS:
            yield _join(groups[first:end])


def _join(groups: Sequence[_Group]) -> View:
    total = add_up(each.stack for each in groups)
    return View(total.picture, groups[0].first, groups[-1].last)


@dataclass(frozen=True)
class _Word:
    """A mark that is known, and how it lies."""

    found: Detection
    bits: NDArray[np.int8]
    secret: Secret | None

    @classmethod
    def of(cls, found: Detection, key: bytes | None) -> _Word:
        layer = layer_key(key)
        return cls(found, code.encode(found.word, layer), code.secret_of(found.payload, layer))

    def fits(self, rgb: NDArray[np.uint8]) -> bool:
        """Tell whether a picture carries it."""
        shrink = shrink_factor(*rgb.shape[1::-1])
        placed = self.found.geometry.rescale(1 / shrink)
        seen = transform(sample(luma(rgb, shrink), placed))
        sign = -1.0 if self.found.inverted else 1.0
        softs = (soft_bits(seen, weighting, self.secret) for weighting in WEIGHTINGS)
        fits = (sign * correlation(soft, self.bits) for soft in softs if soft.any())
        return max(fits, default=0.0) >= CARRYING


def _find_runs(
    groups: Sequence[_Group], view: View, found: Detection, key: bytes | None
) -> tuple[tuple[int, int], ...]:
    """Find the runs of frames that carry a mark as it was found, by groups of them."""
    word, runs = _Word.of(found, key), list[tuple[int, int]]()
    for each in groups:
        if not word.fits(each.stack.picture):
            continue
        goes_on = bool(runs) and runs[-1][1] + 1 == each.first
        first = runs.pop()[0] if goes_on else each.first
        runs.append((first, each.last))
    return tuple(runs) or ((view.first, view.last),)
