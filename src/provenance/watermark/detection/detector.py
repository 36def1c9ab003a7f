"""The detector: payloads from pixels, and "none" as an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from provenance.geometry import Geometry, Region
from provenance.stamp_id import PAYLOAD_BYTES
from provenance.watermark.detection import significance
from provenance.watermark.detection.decoding import DecodedMark, read, read_below
from provenance.watermark.detection.looks import SURELY, Look, Seen
from provenance.watermark.detection.placing import OFFSETS
from provenance.watermark.detection.read_places import ReadPlaces
from provenance.watermark.detection.region import marked_region
from provenance.watermark.detection.search import USUAL, Corners, Search
from provenance.watermark.detection.soft_bits import WEIGHTINGS
from provenance.watermark.detection.thorough import count_looks, looks
from provenance.watermark.prng import layer_key

SMALLEST_SIDE = 32
"""Pixels; a smaller picture can't hold a quarter of a tile."""
MOST_LAYERS = 3
"""Marks that are read one over the other where they lie alike."""
BETTER = 1.0
"""Standard deviations by which a mark must fit better elsewhere than where it was found first."""
SEARCHES = 2
"""Times that all looks are taken, the second time without the marks that were found."""


def count_attempts(search: Search = USUAL) -> int:
    """Decodings before the detector says none: at each look, and as marked once more, sharpened."""
    return len(WEIGHTINGS) * (1 + count_looks(search))


def count_all_attempts(search: Search = USUAL) -> int:
    """Decodings, at most, when all marks are looked for."""
    return len(WEIGHTINGS) * count_looks(search) * MOST_LAYERS * SEARCHES


@dataclass(frozen=True)
class Detection:
    """A mark that was found.

    ``payload`` is its 12 bytes; ``false_positive_probability`` bounds how often an unmarked picture
    would be claimed with so good a fit; ``geometry`` says how the mark lies in the picture and
    ``region`` which part of the picture carries it; ``correlation`` is the code word's fit in
    standard deviations of noise; ``inverted`` means that the picture is a negative. ``lock`` is the
    3 bytes after the payload: they open what was sealed with the picture, so keep them out of logs;
    a private mark has none.
    """

    payload: bytes
    false_positive_probability: float
    geometry: Geometry
    region: Region
    correlation: float
    inverted: bool = False
    lock: bytes = field(default=b"", repr=False)

    @property
    def word(self) -> bytes:
        """Payload and lock."""
        return self.payload + self.lock


@dataclass(frozen=True)
class Outcome:
    """What a search gave: the mark found, or None, and payloads that may be there or be chance.

    Of those ``unsure`` the check holds, and their fit is not good enough to be claimed among 2**120
    words:
    held against a list of few, one may be (``match``).
    """

    found: Detection | None
    unsure: tuple[bytes, ...] = ()


def detect(
    rgb: NDArray[np.uint8],
    key: bytes | None = None,
    *,
    hasty: bool = False,
    thorough: bool = False,
    corners: Corners | None = None,
) -> Detection | None:
    """Find and read the mark, wherever and however it lies in the picture.

    Parameters
    ----------
    rgb : uint8 array, shape (height, width, 3)
    key : bytes, optional
        32 bytes of a private layer; without it the public mark is read.
    hasty : bool
        Give up early on a picture that is not as it was marked and shows little of a pilot: for
        platforms that look at very many pictures. Of hard but readable pictures one in forty is
        lost.
    thorough : bool
        Go on where nothing is found: pictures seen at a tilt, strongly stretched or bent, or whose
        pilot somebody took out. It takes seconds.
    corners : sequence of four (x, y), optional
        Corners, in pixels, of the picture that a photograph shows at a tilt, around it from the
        upper left: it is straightened first.

    Returns
    -------
    Detection or None
        None if no mark can be read, which says nothing about where a picture comes from.

    Raises
    ------
    WatermarkKeyError
        The key is not 32 bytes.
    CornersError
        The corners are not a picture's.
    """
    return detect_each(rgb, (key,), Search(hasty, thorough, corners))[0]


def detect_each(
    rgb: NDArray[np.uint8], keys: Sequence[bytes | None], search: Search = USUAL
) -> list[Detection | None]:
    """As ``detect`` under several keys, at the price of the picture's one transform."""
    return [each.found for each in search_each(rgb, keys, search)]


def search_each(
    rgb: NDArray[np.uint8],
    keys: Sequence[bytes | None],
    search: Search = USUAL,
    *,
    pictures: int = 1,
) -> list[Outcome]:
    """As ``detect_each``, with what may be there besides.

    The picture is one of so many ``pictures`` that are searched for one claim: for the
    probabilities.
    """
    if min(rgb.shape[:2]) < SMALLEST_SIDE:
        return [Outcome(None)] * len(keys)
    seen = Seen.of(rgb, search.corners)
    return [_first(seen, layer_key(key), pictures * len(keys), search) for key in keys]


def _first(seen: Seen, key: bytes | None, keys: int, search: Search) -> Outcome:
    """Read the mark under one of ``keys`` keys: the first look that is sure enough."""
    unsure: dict[bytes, None] = {}
    attempts = keys * count_attempts(search)
    for look in _placed(seen, key, search):
        reading = read(look.coefficients, look.secret, surely=look.presence >= SURELY)
        if reading is None:
            continue
        found = _claimed(seen, reading, look, attempts)
        if found is None:
            unsure[reading.word[:PAYLOAD_BYTES]] = None
            continue
        whole = found.region.coverage == 1 or look.geometry != seen.as_marked
        return Outcome(found if whole else _sharpened(seen, found, look, key, attempts))
    return Outcome(None, tuple(unsure))


def _placed(
    seen: Seen, key: bytes | None, search: Search, read: ReadPlaces | None = None
) -> Iterator[Look]:
    """Looks with the chips in place: where a private mark's begin, only they say.

    A caller that goes on after a find adds its geometry to ``read``.
    """
    read = ReadPlaces() if read is None else read
    for look in looks(seen, key, search, read):
        for placed in look.placed(key):
            yield placed
            if placed.geometry in read:
                read.add(look.geometry)


def _sharpened(
    seen: Seen, found: Detection, look: Look, key: bytes | None, attempts: int
) -> Detection:
    """Read again what was read in part as marked: perhaps it was hardly turned or scaled."""
    sharper = seen.again(look, key)
    reading = read(sharper.coefficients, sharper.secret, surely=True)
    again = _claimed(seen, reading, sharper, attempts) if reading else None
    return found if again is None or again.correlation < found.correlation else again


def detect_all(
    rgb: NDArray[np.uint8],
    key: bytes | None = None,
    *,
    keys: int = 1,
    search: Search = USUAL,
) -> list[Detection]:
    """Find every mark of one layer: the search goes on past what it finds, to its end.

    Others may have marked a picture again, or put it into one that is marked. It takes as long as
    to find nothing, and a little more for each mark. Every probability counts all attempts.

    Parameters
    ----------
    rgb : uint8 array, shape (height, width, 3)
    key : bytes, optional
        32 bytes of a private layer; without it public marks are read.
    keys : int
        How many keys the picture is searched under in all: for the probabilities.
    search : Search
        How the picture is searched.

    Returns
    -------
    list of Detection
        One for each word, where it fits best; in the order in which they were found, that of
        ``detect`` first.

    Raises
    ------
    WatermarkKeyError
        The key is not 32 bytes.
    """
    if min(rgb.shape[:2]) < SMALLEST_SIDE:
        return []
    key, seen = layer_key(key), Seen.of(rgb, search.corners)
    best, attempts = dict[bytes, Detection](), keys * count_all_attempts(search)
    read = ReadPlaces()
    for _ in range(SEARCHES):
        rest = seen
        read.begin_round()
        for look in _placed(seen, key, search, read):
            surely = look.presence >= SURELY and look.geometry not in read
            for found in _layers(seen, look, attempts, surely=surely):
                read.add(look.geometry)
                known = best.get(found.word)
                if known is None:
                    rest = rest.without(look, found.word)
                if known is None or known.correlation + BETTER < found.correlation:
                    best[found.word] = found
        if rest is seen:
            break
        seen = rest
    return list(best.values())


def _layers(seen: Seen, look: Look, attempts: int, *, surely: bool) -> Iterator[Detection]:
    """Marks that lie alike, one over the other, the strongest first."""
    reading = read(look.coefficients, look.secret, surely=surely)
    found: list[bytes] = []
    while reading is not None:
        detection = _claimed(seen, reading, look, attempts)
        if detection is None:
            return
        yield detection
        found.append(reading.word)
        if len(found) == MOST_LAYERS:
            return
        reading = read_below(look.coefficients, look.secret, found)


def _claimed(seen: Seen, reading: DecodedMark, look: Look, attempts: int) -> Detection | None:
    """Claim what was read, if that is hardly chance."""
    words = significance.WORDS if look.secret is None else significance.PRIVATE_WORDS * OFFSETS
    probability = significance.false_positive_probability(reading.chance, attempts, words)
    sure = probability <= significance.CLAIM_PROBABILITY
    return locate(seen, reading, look, probability) if sure else None


def locate(seen: Seen, reading: DecodedMark, look: Look, probability: float) -> Detection:
    """Say where the mark lies that was read."""
    geometry = look.geometry.rescale(seen.shrink)
    region = marked_region(
        look.coefficients, reading.weighting, reading.word, look.secret, geometry, seen.size
    )
    if seen.photograph is not None:
        geometry = seen.photograph.place(geometry)
        region = seen.photograph.place_region(region)
    return Detection(
        reading.word[:PAYLOAD_BYTES],
        probability,
        geometry,
        region,
        reading.correlation,
        look.inverted,
        reading.word[PAYLOAD_BYTES:],
    )
