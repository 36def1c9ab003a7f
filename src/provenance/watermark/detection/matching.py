"""Is a picture's mark one of a few? What must be told apart is less, and so a weaker mark does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance.errors import PayloadError
from provenance.stamp_id import PAYLOAD_BYTES
from provenance.watermark import code, sealed_word
from provenance.watermark import format as fmt
from provenance.watermark.carrier import Secret
from provenance.watermark.detection import significance
from provenance.watermark.detection.decoding import DecodedMark, measure
from provenance.watermark.detection.detector import (
    SMALLEST_SIDE,
    Detection,
    count_attempts,
    locate,
)
from provenance.watermark.detection.looks import Look, Seen
from provenance.watermark.detection.placing import OFFSETS, SIDE, Place, soft_places
from provenance.watermark.detection.resync import Pattern, resync
from provenance.watermark.detection.search import USUAL, Search
from provenance.watermark.detection.soft_bits import BLANK, WEIGHTINGS, Weighting, soft_bits
from provenance.watermark.detection.thorough import looks
from provenance.watermark.prng import layer_key

LOCKS = 2.0 ** (8 * fmt.LOCK_BYTES)
"""Words of one payload."""
MOST_RESYNCED = 16
"""Payloads, the first, whose patterns a picture is searched for where no pilot is left: that takes
some seconds, and half a second for each."""
_CHUNK = 4096
"""Words that are encoded at once: 16 MB of code bits in float."""


@dataclass(frozen=True)
class _View:
    """The soft bits of one look under one weighting, of unit energy."""

    look: Look
    weighting: Weighting
    soft: NDArray[np.float32]


def match(
    rgb: NDArray[np.uint8],
    payloads: Sequence[bytes],
    key: bytes | None = None,
    *,
    among: int | None = None,
    search: Search = USUAL,
) -> Detection | None:
    """Find the one of these payloads that a picture is marked with, if it is.

    All words that can be written are 2**120; the fewer come into question, the worse a mark may
    fit. The probability stated counts the words tried: a payload has 2**24, one for each lock. Who
    knows the lock gives the whole word, which may fit worse still. A payload takes some
    milliseconds, a word some microseconds.

    Parameters
    ----------
    rgb : uint8 array, shape (height, width, 3)
    payloads : sequence of bytes
        12 bytes each, or 15 with the lock, chosen without a look at the picture's mark: records of
        pictures that look alike, or all records.
    key : bytes, optional
        32 bytes of a private layer; without it the public mark is read. Private words hold no lock,
        so a payload is one word for each offset of whole tiles.
    among : int, optional
        How many payloads these were chosen from, if a look at the picture's mark chose them.
    search : Search
        How the picture is searched.

    Returns
    -------
    Detection or None
        None if the mark of none of them is there.

    Raises
    ------
    PayloadError, WatermarkKeyError
        Wrong lengths.
    """
    tried = list(dict.fromkeys(payloads))
    for each in tried:
        if len(each) not in (PAYLOAD_BYTES, code.WORD_BYTES):
            raise PayloadError(
                f"A payload has {PAYLOAD_BYTES} bytes, or {code.WORD_BYTES} with its lock; this "
                f"one has {len(each)}."
            )
    if not tried or min(rgb.shape[:2]) < SMALLEST_SIDE:
        return None
    key, seen = layer_key(key), Seen.of(rgb, search.corners)
    attempts = count_attempts(search)
    if key is None:
        readings, words = _read(list(_views(seen, search)), tried), _count_words(tried, among)
    else:
        tried = list(dict.fromkeys(each[:PAYLOAD_BYTES] for each in tried))
        readings = (
            pair for look in _looks(seen, key, search) for pair in _read_private(look, tried, key)
        )
        words = float(OFFSETS * max(len(tried), among or 0))
    found = _claim(seen, readings, attempts * words)
    if found is None and key is not None:
        readings = _read_synced(seen, tried[:MOST_RESYNCED], key)
        words = float(max(len(tried), among or 0))
        found = _claim(seen, readings, attempts * words)
    return found


def _claim(
    seen: Seen, readings: Iterator[tuple[DecodedMark, Look]], tries: float
) -> Detection | None:
    """Claim the best of what was read, if that is hardly chance."""
    found = min(readings, key=lambda pair: pair[0].chance, default=None)
    if found is None:
        return None
    reading, look = found
    probability = significance.bound(reading.chance, tries)
    if probability > significance.CLAIM_PROBABILITY:
        return None
    return locate(seen, reading, look, probability)


def _count_words(payloads: Sequence[bytes], among: int | None) -> float:
    """How many words are told apart."""
    words = [LOCKS if len(each) == PAYLOAD_BYTES else 1.0 for each in payloads]
    return max(sum(words), (among or 0) * max(words))


def _looks(seen: Seen, key: bytes | None, search: Search) -> Iterator[Look]:
    """Look at a picture as marked, whatever its pilot says, and wherever else a pilot is."""
    yield seen.plain_look()
    yield from looks(seen, key, search)


def _views(seen: Seen, search: Search) -> Iterator[_View]:
    for look in _looks(seen, None, search):
        for weighting in WEIGHTINGS:
            soft = soft_bits(look.coefficients, weighting, None)
            if soft.any():
                yield _View(look, weighting, soft / np.sqrt(soft @ soft))


def _read(views: Sequence[_View], payloads: Sequence[bytes]) -> Iterator[tuple[DecodedMark, Look]]:
    """Read each view as each payload, its lock decoded, and as the word that fits it best."""
    if not views:
        return
    softs = np.stack([view.soft for view in views])
    for payload in (each for each in payloads if len(each) == PAYLOAD_BYTES):
        for view, word in zip(views, code.complete_all(softs, payload), strict=True):
            if word is not None:
                yield measure(view.soft, word, view.weighting), view.look
    words = [each for each in payloads if len(each) == code.WORD_BYTES]
    if words:
        best = _find_best(softs, words)
        for view, at in zip(views, best.tolist(), strict=True):
            yield measure(view.soft, words[at], view.weighting), view.look


def _read_private(
    look: Look, payloads: Sequence[bytes], key: bytes
) -> Iterator[tuple[DecodedMark, Look]]:
    """Under each weighting and nonce, the payload that fits best, and the offset where it does."""
    words: dict[int, list[bytes]] = {}
    for payload in payloads:
        words.setdefault(sealed_word.nonce_of(sealed_word.seal(payload, key)), []).append(payload)
    for weighting in WEIGHTINGS:
        found = soft_places(look.coefficients, weighting, key, words, moved=True)
        for nonce, softs in found:
            if not softs.any():
                continue
            unit = softs / np.sqrt(np.square(softs).sum(axis=1, keepdims=True) + BLANK)
            best = _find_best(unit, words[nonce], key)
            bits = code.encode_all([words[nonce][at] for at in best], key)
            offset = int(np.einsum("ob,ob->o", unit, bits).argmax())
            place = Place(Secret(key, nonce), *divmod(offset, SIDE))
            word = words[nonce][int(best[offset])]
            yield measure(softs[offset], word, weighting, place.secret), look.at(place)


def _read_synced(
    seen: Seen, payloads: Sequence[bytes], key: bytes
) -> Iterator[tuple[DecodedMark, Look]]:
    """Where no pilot is left, the patterns themselves say how they lie."""
    secrets = [(payload, code.secret_of(payload, key)) for payload in payloads]
    patterns = [Pattern(code.encode(each, key), secret) for each, secret in secrets if secret]
    for number, synced in resync(seen.luma, seen.as_marked, patterns):
        payload, secret = secrets[number]
        for weighting in WEIGHTINGS:
            soft = soft_bits(synced.judging, weighting, secret)
            if soft.any():
                look = Look(
                    synced.geometry, synced.coefficients, 0.0, inverted=False, secret=secret
                )
                yield measure(soft, payload, weighting, secret), look


def _find_best(
    soft: NDArray[np.float32], words: Sequence[bytes], key: bytes | None = None
) -> NDArray[np.int64]:
    """Which word's code bits fit each view best."""
    fits = np.full(len(soft), -np.inf, dtype=np.float32)
    best = np.zeros(len(soft), dtype=np.int64)
    for first in range(0, len(words), _CHUNK):
        found = code.encode_all(words[first : first + _CHUNK], key).astype(np.float32) @ soft.T
        highest = found.argmax(axis=0)
        value = found[highest, np.arange(len(soft))]
        better = value > fits
        fits[better], best[better] = value[better], first + highest[better]
    return best
