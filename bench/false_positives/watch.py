"""Watch the detector at work: its own guesses, decodings and readings are noted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from bench.false_positives.listed import Tally
from provenance.watermark import polar
from provenance.watermark.detection import detector
from provenance.watermark.detection import looks as geometries
from provenance.watermark.detection.decoding import DecodedMark, read


@dataclass
class Looks:
    """What the detector saw of one picture, or of many.

    ``pilots`` are what each gate on the way to a decoding saw of the pilot; ``kurtosis`` and
    ``zeros`` describe the soft bits of each decoding; ``readings`` are those whose check held,
    claimed or not.
    """

    tally: Tally = field(default_factory=Tally)
    pilots: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    kurtosis: list[float] = field(default_factory=list)
    zeros: list[float] = field(default_factory=list)
    readings: list[DecodedMark] = field(default_factory=list)

    def join(self, other: Looks) -> None:
        self.tally.join(other.tally)
        for gate, seen in other.pilots.items():
            self.pilots[gate] += seen
        self.kurtosis += other.kurtosis
        self.zeros += other.zeros
        self.readings += other.readings


@contextmanager
def watched() -> Iterator[Looks]:
    """Note what every detection inside the block sees; its results stay the same."""
    looks = Looks()
    decode = polar.decode

    def noted_decode(
        soft: NDArray[np.float32], list_size: int, known: int = 0
    ) -> NDArray[np.uint8]:
        listed = decode(soft, list_size, known)
        looks.tally.add(soft, listed)
        exact = soft.astype(np.float64)
        looks.kurtosis.append(float((exact**4).mean() / (exact**2).mean() ** 2))
        looks.zeros.append(float((soft == 0).mean()))
        return listed

    def noted(gate: str, seen: Callable[[Any], list[float]]) -> Any:
        function = getattr(geometries, gate)

        def note(*arguments: Any, **options: Any) -> Any:
            result = function(*arguments, **options)
            looks.pilots[gate] += seen(result)
            return result

        return patch.object(geometries, gate, note)

    def noted_read(coefficients: Any, secret: Any, *, surely: bool) -> DecodedMark | None:
        reading: DecodedMark | None = read(coefficients, secret, surely=surely)
        looks.readings += [reading] if reading else []
        return reading

    with (
        patch.object(polar, "decode", noted_decode),
        noted("register", lambda fits: [fit.agreement for fit in fits]),
        noted("register_upright", lambda fits: [fit.agreement for fit in fits]),
        noted("refine", lambda result: [result[1]]),
        noted("presence", lambda level: [level]),
        patch.object(detector, "read", noted_read),
    ):
        yield looks
