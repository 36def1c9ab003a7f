"""Reads where geometry is hard: python -m bench.distortions [--side 1024] [--pictures 12] [KIND].

Each row is a kind of handling and one short side of the pictures: how many marks the usual search
reads, how many a thorough one, and how many more are recognised among the records of all pictures
of the bench (``match``, payload alone, thorough); 95 % intervals; processor seconds of each search,
mean and most. "unmarked" counts claims. Every mark read that is not the picture's own is counted as
wrong.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded
    os.environ.setdefault(_variable, "1")

from PIL import Image  # noqa: E402

from bench.attacks import bending, capture, film, nulling  # noqa: E402
from bench.attacks import geometry as geo  # noqa: E402
from bench.attacks.base import Attack, Pixels, Transform, chain, generator, plain  # noqa: E402
from bench.attacks.codecs import jpeg  # noqa: E402
from bench.pictures import choose, sources  # noqa: E402
from bench.rates import wilson  # noqa: E402
from provenance import watermark  # noqa: E402
from provenance.watermark import Detection, Search  # noqa: E402

THOROUGH = Search(thorough=True)
_CUT = geo.cropped(0.7)


def squeezed(image: Image.Image) -> Image.Image:
    """Into a square, as some sites show everything."""
    side = min(image.size)
    return image.resize((side, side), Image.Resampling.BICUBIC)


KINDS: dict[str, Transform] = {
    "untouched": plain(lambda image: image),
    "pilot nulled": nulling.nulled,
    "nulled, 70 % cut out": chain(nulling.nulled, _CUT),
    "nulled, x 0.7": chain(nulling.nulled, geo.resized(0.7)),
    "nulled, JPEG 50": chain(nulling.nulled, jpeg(50)),
    "nulled, 70 % cut out, x 0.8, JPEG 75": chain(nulling.nulled, _CUT, geo.resized(0.8), jpeg(75)),
    "nulled, turned 5°, cut": chain(nulling.nulled, geo.turned_inside(5)),
    "a third, JPEG 70": chain(geo.resized(1 / 3), jpeg(70)),
    "shown at 300 px": geo.fitted(300),
    "shown at 400 px": geo.fitted(400),
    "width / 1.4": geo.stretched(1 / 1.4, 1),
    "width / 1.78": geo.stretched(1 / 1.78, 1),
    "width x 1.4": geo.stretched(1.4, 1),
    "width x 1.78": geo.stretched(1.78, 1),
    "width / 1.78, JPEG 60": chain(geo.stretched(1 / 1.78, 1), jpeg(60)),
    "into a square": plain(squeezed),
    "sheared 3°": geo.sheared(3, 0),
    "sheared 5°": geo.sheared(0, 5),
    "sheared 5°, JPEG 60": chain(geo.sheared(5, 0), jpeg(60)),
    "tilted 6 %": geo.tilted(0.06),
    "tilted 10 %": geo.tilted(0.10),
    **{f"screen, tilt {t} %": capture.photographed(t / 100) for t in (1, 3, 6, 10)},
    **{f"screen, tilt {t} %, half size": capture.photographed(t / 100, 0.5) for t in (3, 6)},
    "printed and scanned": capture.printed(3, 6),
    "elastic 3 px / 64 px": bending.warped(3, 64),
    "elastic 2 px / 32 px": bending.warped(2, 32),
    "elastic 2 px / 16 px": bending.warped(2, 16),
    "non-local means, elastic 2 px / 32 px": chain(bending.non_local_means, bending.warped(2, 32)),
    "lens 6 %": bending.through_lens(0.06),
    "lens 12 %": bending.through_lens(0.12),
    "page 20 %": bending.on_page(0.2),
    "curved screen 5 %": bending.on_curved_screen(0.05),
}
FILMS: dict[str, Transform] = {
    "frame of 720p, crf 28": film.filmed(28),
    "frame of 720p, crf 33": film.filmed(33),
    "frame of 720p, crf 28, pan": film.filmed(28, 4),
    "frame of 720p, crf 33, pan": film.filmed(33, 4),
}
"""Only where they are asked for by name or ``films``: they need PyAV."""
UNMARKED = "unmarked"


@dataclass
class Searched:
    """What one kind of search gave, picture by picture."""

    right: int = 0
    wrong: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, search: Callable[[], Detection | None], payload: bytes | None) -> bool:
        """Search one picture; True if its own mark was found."""
        start = time.process_time()
        found = search()
        self.seconds.append(time.process_time() - start)
        self.right += found is not None and found.payload == payload
        self.wrong += found is not None and found.payload != payload
        return found is not None and found.payload == payload

    def __str__(self) -> str:
        count = len(self.seconds)
        low, high = (100 * share for share in wilson(self.right, count))
        wrong = f", wrong {self.wrong}" if self.wrong else ""
        return f"{self.right} of {count} ({low:.0f} to {high:.0f} %){wrong}"

    @property
    def time(self) -> str:
        """Mean and greatest."""
        return f"{sum(self.seconds) / len(self.seconds):.2f}, {max(self.seconds):.2f}"


def payload_of(picture: str) -> bytes:
    return generator("payload", picture).bytes(12)


def marked(picture: str, side: int) -> Pixels:
    rgb = sources()[picture].load(side)
    return watermark.embed(rgb, payload_of(picture), lock=generator("lock", picture).bytes(3))


def measure(kind: str, pictures: dict[str, Pixels]) -> str:
    """A line of the table."""
    usual, thorough, recorded = Searched(), Searched(), Searched()
    records = [payload_of(each) for each in sources()]
    attack = None if kind == UNMARKED else Attack(kind, "", (KINDS | FILMS)[kind])
    for picture, rgb in pictures.items():
        seen = rgb if attack is None else attack(rgb, picture)
        own = None if attack is None else payload_of(picture)
        usual.add(lambda seen=seen: watermark.detect(seen), own)  # type: ignore[misc]
        read = thorough.add(lambda seen=seen: watermark.detect(seen, thorough=True), own)  # type: ignore[misc]
        recorded.right += read
        if not read:
            recorded.add(
                lambda seen=seen: watermark.match(seen, records, search=THOROUGH),  # type: ignore[misc]
                own,
            )
    found = f"{usual} | {thorough} | {recorded.right}"
    found += f", wrong {recorded.wrong}" if recorded.wrong else ""
    return f"| {kind} | {found} | {usual.time} | {thorough.time} |"


def rows(kinds: list[str], side: int, count: int) -> Iterator[str]:
    names = choose(side, count, ("corpus",)) or choose(side, count)
    yield f"| {side} px | usual | thorough | with records | s, usual | s, thorough |"
    yield "|---|---|---|---|---|---|"
    if UNMARKED in kinds:
        yield measure(UNMARKED, {name: sources()[name].load(side) for name in names})
    pictures = {name: marked(name, side) for name in names}
    for kind in kinds:
        if kind != UNMARKED:
            yield measure(kind, pictures)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", default=[UNMARKED, *KINDS])
    parser.add_argument("--side", type=int, default=1024, help="short side, px")
    parser.add_argument("--pictures", type=int, default=12)
    given = parser.parse_args()
    kinds = [*given.kinds]
    if "films" in kinds:
        kinds[kinds.index("films") : kinds.index("films") + 1] = FILMS
    if unknown := set(kinds) - {UNMARKED, *KINDS, *FILMS}:
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    for line in rows(kinds, given.side, given.pictures):
        print(line, flush=True)


if __name__ == "__main__":
    main()
