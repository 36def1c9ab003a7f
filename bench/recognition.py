"""Recognising known pictures, by hash and by stamp: python -m bench.recognition.

Each picture is marked and put on a list, by PDQ and by stamp. Then every attack is tried on it, and
the list is asked in four ways: by PDQ alone, by PDQ in all the ways that ``hash --list`` knows
without marks, by the mark, and by all together, which adds the PDQ of the part that is marked.
Strangers, parts of other pictures, are asked in the same ways.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from bench.attacks import ATTACKS, UNTOUCHED  # noqa: E402
from bench.attacks.base import generator  # noqa: E402
from bench.attacks.codecs import jpeg  # noqa: E402
from bench.attacks.geometry import cropped  # noqa: E402
from bench.pictures import Pixels, choose, sources  # noqa: E402
from bench.rates import wilson  # noqa: E402
from provenance import fingerprint, watermark  # noqa: E402
from provenance.examine.marked_part import cut_marked_parts  # noqa: E402
from provenance.fingerprint import Pdq  # noqa: E402
from provenance.hashlists import STAMP, Form, HashList, HashRecord, Matcher  # noqa: E402
from provenance.stamp_id import StampId  # noqa: E402
from provenance.watermark import Detection  # noqa: E402

WAYS = ("PDQ", "PDQ, turned, without bars", "stamp", "all together")
STRANGER_SIDE = 384
"""Pixels, short side of the pictures that strangers are cut from."""
SMALLEST_PART = 0.15
"""Share of its picture that a stranger shows at least."""
ORIGINS = ("scikit-image", "corpus")
"""Painted pictures share scenes."""
SAME_SCENE = {"photos/astronaut", "photos/coffee", "photos/rocket"}
"""Pictures of the corpus that are among the bundled ones too."""

Attack = tuple[str, str, Callable[[Pixels, str], Pixels]]
"""Name, family and what it does to a picture, by the picture's name."""


@dataclass(frozen=True)
class Known:
    """A picture on the list."""

    marked: Pixels
    payload: bytes
    pdq: Pdq

    @property
    def record(self) -> HashRecord:
        stamp = StampId.from_payload(self.payload)
        return HashRecord("pdq", self.pdq.hex, also=((STAMP, stamp),), cases=(stamp,))


def mark(name: str, side: int) -> Known:
    payload = generator("payload", name).bytes(12)
    marked = watermark.embed(sources()[name].load(side), payload)
    return Known(marked, payload, fingerprint.pdq(marked))


def read(matcher: Matcher, rgb: Pixels) -> Detection | None:
    """Read a mark as a verifier with lists does: a faint one by the stamps on them."""
    outcome = watermark.search_each(rgb, (None,))[0]
    if outcome.found is not None:
        return outcome.found
    held = [each for each in outcome.unsure if matcher.knows(StampId.from_payload(each))]
    return watermark.match(rgb, held, among=matcher.stamps)


def ask(matcher: Matcher, rgb: Pixels) -> tuple[set[str], ...]:
    """Return the cases that each way finds."""
    plain = fingerprint.pdq(rgb)
    turned = (*fingerprint.pdq_variants(rgb), *fingerprint.pdq_inside(rgb))
    found = read(matcher, rgb)
    stamps = () if found is None else (StampId.from_payload(found.payload),)
    parts = () if found is None else cut_marked_parts(rgb, found)
    inner = fingerprint.pdq_inside(rgb, parts)
    ways = (((plain,), ()), (turned, ()), ((), stamps), ((*turned, *inner), stamps))
    return tuple(
        {case for match in matcher.match(hashes, stamps=ids) for case in match.cases}
        for hashes, ids in ways
    )


def measure(known: dict[str, Known], attacks: Iterable[Attack]) -> Iterator[tuple[str, ...]]:
    """Yield family, attack, picture, and for each way whether it found the picture, or another."""
    matcher = Matcher([HashList("known", Form.STOPNCII, tuple(k.record for k in known.values()))])
    attacks = tuple(attacks)
    for name, each in known.items():
        own = {StampId.from_payload(each.payload)}
        for attack, family, change in attacks:
            answers = ask(matcher, change(each.marked, name))
            said = ("wrong" if a - own else "found" if a else "missed" for a in answers)
            yield family, attack, name, *said


def list_strangers(names: Sequence[str], count: int) -> Iterator[Pixels]:
    """Yield parts of pictures, compressed; each picture gives as many as another."""
    for number in range(count):
        name = names[number % len(names)]
        rng = generator("stranger", f"{name} {number}")
        image = Image.fromarray(sources()[name].load(STRANGER_SIDE))
        part = cropped(float(rng.uniform(SMALLEST_PART, 1)))(image, rng)
        yield np.asarray(jpeg(int(rng.integers(50, 95)))(part, rng))


def read_attacks(file: Path) -> tuple[Attack, ...]:
    """Read another list of attacks: a Python file with ``ATTACKS``, each a name, group and call."""
    spec = importlib.util.spec_from_file_location("other_attacks", file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return tuple((each.name, each.group, each) for each in module.ATTACKS)


def report(rows: Sequence[tuple[str, ...]]) -> str:
    """One line for each family, then the sum with intervals."""
    families: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in rows:
        families[row[0]].append(row)
    lines = [f"| attacks | copies | {' | '.join(WAYS)} |", "|---|---" + "|---" * len(WAYS) + "|"]
    for family, found in families.items():
        lines.append(_write_line(family, found))
    lines.append(_write_line("all", rows, interval=True))
    wrong = [sum(row[3 + way] == "wrong" for row in rows) for way in range(len(WAYS))]
    lines.append(f"| taken for another picture | {len(rows)} | {' | '.join(map(str, wrong))} |")
    return "\n".join(lines)


def _write_line(name: str, rows: Sequence[tuple[str, ...]], *, interval: bool = False) -> str:
    cells = []
    for way in range(len(WAYS)):
        hits = sum(row[3 + way] == "found" for row in rows)
        low, high = wilson(hits, len(rows))
        spread = f" ({100 * low:.1f} to {100 * high:.1f})" if interval else ""
        cells.append(f"{100 * hits / len(rows):.1f} %{spread}" if interval else f"{hits}")
    return f"| {name} | {len(rows)} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--side", type=int, default=1024, help="short side, pixels")
    parser.add_argument("--pictures", type=int, default=12, help="how many, evenly spread")
    parser.add_argument("--strangers", type=int, default=2000)
    parser.add_argument("--attacks", type=Path, help="Python file with other attacks")
    given = parser.parse_args()
    names = [each for each in choose(given.side, given.pictures, ORIGINS) if each not in SAME_SCENE]
    own = [(each.name, each.group, each) for each in (UNTOUCHED, *ATTACKS)]
    attacks = read_attacks(given.attacks) if given.attacks else tuple(own)
    known = {name: mark(name, given.side) for name in names}
    rows = []
    for row in measure(known, attacks):
        rows.append(row)
        print("\t".join(row), file=sys.stderr, flush=True)
    print(f"{len(names)} pictures, short side {given.side}, {len(attacks)} attacks\n")
    print(report(rows))
    matcher = Matcher([HashList("known", Form.STOPNCII, tuple(k.record for k in known.values()))])
    listed = {*names, *SAME_SCENE}
    others = [each for each in choose(STRANGER_SIDE, origins=ORIGINS) if each not in listed]
    hits, count = [0] * len(WAYS), 0
    for stranger in list_strangers(others, given.strangers):
        count += 1
        hits = [n + bool(found) for n, found in zip(hits, ask(matcher, stranger), strict=True)]
    if count:
        spread = (f"{n} (under {wilson(n, count)[1]:.2%})" for n in hits)
        print(f"| strangers | {count} | {' | '.join(spread)} |")
        print(f"\nStrangers are parts of {len(others)} other pictures.")


if __name__ == "__main__":
    main()
