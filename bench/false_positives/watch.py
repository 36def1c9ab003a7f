"""Watch the detector at work: its own guesses, decodings and readings are noted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from bench.false_positives.listed import Tally
from provenance.watermark import polar
from provenance.watermark.reading import Reading
from provenance.watermark.register import Registration

DETECT = sys.modules["provenance.watermark.detect"]  # the package gives the function that name


@dataclass
class Looks:
    """What the detector saw of one picture, or of many.

    ``guesses`` are pairs of agreement and score; ``kurtosis`` and ``zeros`` describe the soft bits
    of each decoding; ``readings`` are those whose check held, claimed or not.
    """

    tally: Tally = field(default_factory=Tally)
    guesses: list[tuple[float, float]] = field(default_factory=list)
    kurtosis: list[float] = field(default_factory=list)
    zeros: list[float] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)

    def join(self, other: Looks) -> None:
        self.tally.join(other.tally)
        self.guesses += other.guesses
        self.kurtosis += other.kurtosis
        self.zeros += other.zeros
        self.readings += other.readings


@contextmanager
def watched() -> Iterator[Looks]:
    """Note what every detection inside the block sees; its results stay the same."""
    looks = Looks()
    decode, register, read = polar.decode, DETECT.register, DETECT.read

    def noted_decode(soft: NDArray[np.float32], list_size: int) -> NDArray[np.uint8]:
        listed = decode(soft, list_size)
        looks.tally.add(soft, listed)
        exact = soft.astype(np.float64)
        looks.kurtosis.append(float((exact**4).mean() / (exact**2).mean() ** 2))
        looks.zeros.append(float((soft == 0).mean()))
        return listed

    def noted_register(spectrum: Any, candidate: Any, key: bytes | None) -> Registration:
        fit: Registration = register(spectrum, candidate, key)
        looks.guesses.append((fit.agreement, candidate.score))
        return fit

    def noted_read(coefficients: Any, key: bytes | None) -> Reading | None:
        reading: Reading | None = read(coefficients, key)
        looks.readings += [reading] if reading else []
        return reading

    with (
        patch.object(polar, "decode", noted_decode),
        patch.object(DETECT, "register", noted_register),
        patch.object(DETECT, "read", noted_read),
    ):
        yield looks
