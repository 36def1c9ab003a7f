"""Two detectors on the same pictures, ours and ``reader/``: python -m bench.agreement.

Pictures are marked and attacked, and others are not marked. Each copy is written as PNG and given
to both: to ``watermark.detect``, and to ``node reader/cli.mjs --json`` (``make reader`` builds it).
They agree if both read the same payload, or both none. ``--rows FILE`` keeps every result, and
takes up what is missing there, so that a long run may come in parts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from bench.attacks import ATTACKS, UNTOUCHED  # noqa: E402
from bench.attacks.base import generator  # noqa: E402
from bench.claims import Draw  # noqa: E402
from bench.pictures import Pixels, choose, sources  # noqa: E402
from bench.rates import wilson  # noqa: E402
from bench.recognition import Attack, read_attacks  # noqa: E402
from provenance import watermark  # noqa: E402

READER = Path(__file__).resolve().parent.parent / "reader" / "cli.mjs"
AT_ONCE = 16
"""Copies that one process of the reader is given: starting it takes as long as reading one."""
NO_PICTURE_LEFT = (0, 1)
"""Exit statuses of the reader: marks in all, or none in some."""
UNMARKED = "unmarked"


@dataclass(frozen=True)
class Copy:
    """A picture to read: what was done to it, and the payload that it carries, if any."""

    picture: str
    attack: str
    family: str
    payload: str | None

    @property
    def key(self) -> tuple[str, str]:
        return self.picture, self.attack


@dataclass(frozen=True)
class Row:
    """What both read in a copy: payloads, the first that the reader names first."""

    copy: Copy
    python: str | None
    reader: tuple[str, ...]

    @property
    def agree(self) -> bool:
        return (self.python or None) == next(iter(self.reader), None)

    def is_wrong(self, read: Iterable[str | None]) -> bool:
        return any(each is not None and each != self.copy.payload for each in read)

    @property
    def wrong(self) -> tuple[bool, bool]:
        """Whether each claims a payload that is not there."""
        return self.is_wrong([self.python]), self.is_wrong(self.reader)


def list_marked(
    names: Sequence[str], attacks: Sequence[Attack], side: int, done: set[tuple[str, str]]
) -> Iterator[tuple[Copy, Pixels]]:
    """Mark each picture and attack it."""
    for name in names:
        wanted = [each for each in attacks if (f"{name} {side}", each[0]) not in done]
        if not wanted:
            continue
        payload = generator("payload", name).bytes(12)
        lock = generator("lock", name).bytes(3)  # drawn anew, it would change copies at the edge
        marked = watermark.embed(sources()[name].load(side), payload, lock=lock)
        for attack, family, change in wanted:
            yield Copy(f"{name} {side}", attack, family, payload.hex()), change(marked, name)


def list_unmarked(
    first: int, count: int, done: set[tuple[str, str]]
) -> Iterator[tuple[Copy, Pixels]]:
    """Draw unmarked pictures by number, each source as often as another."""
    names = choose(0)
    for number in range(first, first + count):
        copy = Copy(names[number % len(names)], f"draw {number}", UNMARKED, None)
        if copy.key not in done:
            yield copy, Draw("provenance", copy.picture, number).pixels()


def ask_reader(files: Sequence[Path], reader: Path) -> list[tuple[str, ...]]:
    """Return the payloads that the reader names in each file.

    Raises
    ------
    SystemExit
        It can't read one, or did not run.
    """
    command = ["node", str(reader), "--json", *map(str, files)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode not in NO_PICTURE_LEFT:
        raise SystemExit(f"The reader failed. {ran.stderr.strip() or ran.stdout[-500:]}")
    said = [json.loads(line) for line in ran.stdout.splitlines()]
    return [tuple(mark["payload"] for mark in each["marks"]) for each in said]


def read(copies: Iterable[tuple[Copy, Pixels]], reader: Path) -> Iterator[Row]:
    """Let both read the copies, some at a time."""
    waiting: list[tuple[Copy, str | None, Path]] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (copy, rgb) in enumerate(copies):
            path = Path(folder) / f"{number}.png"
            Image.fromarray(np.ascontiguousarray(rgb)).save(path, compress_level=1)
            found = watermark.detect(np.ascontiguousarray(rgb))
            waiting.append((copy, found.payload.hex() if found else None, path))
            if len(waiting) == AT_ONCE:
                yield from _finish(waiting, reader)
                waiting = []
        if waiting:
            yield from _finish(waiting, reader)


def _finish(waiting: Sequence[tuple[Copy, str | None, Path]], reader: Path) -> Iterator[Row]:
    answers = ask_reader([path for *_, path in waiting], reader)
    for (copy, python, path), found in zip(waiting, answers, strict=True):
        path.unlink()
        yield Row(copy, python, found)


def report(rows: Sequence[Row]) -> str:
    """One line for each family, then sums with intervals, then every copy on which they differ."""
    families: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        families[row.copy.family].append(row)
    head = "| attacks | copies | both read | neither | reader alone | Python alone | agree |"
    lines = [head, "|---" * 7 + "|"]
    marked = [row for row in rows if row.copy.family != UNMARKED]
    parts = [*((name, found) for name, found in families.items() if name != UNMARKED)]
    lines += [_write_line(name, found) for name, found in [*parts, ("all", marked)] if found]
    unmarked = families.get(UNMARKED, [])
    lines += ["", _write_claims("wrong payloads in marked copies", marked)] if marked else []
    lines += ["", _write_claims("claims in unmarked pictures", unmarked)] if unmarked else []
    differ = [row for row in rows if not row.agree]
    lines += ["", *(_write_difference(row) for row in differ)] if differ else []
    return "\n".join(lines)


def _write_line(name: str, rows: Sequence[Row]) -> str:
    both = sum(row.agree and row.python is not None for row in rows)
    neither = sum(row.agree and row.python is None for row in rows)
    alone = sum(not row.agree and bool(row.reader) for row in rows)
    python = sum(not row.agree and not row.reader for row in rows)
    agree = both + neither
    low, high = wilson(agree, len(rows))
    share = f"{100 * agree / len(rows):.1f} % ({100 * low:.1f} to {100 * high:.1f})"
    return f"| {name} | {len(rows)} | {both} | {neither} | {alone} | {python} | {share} |"


def _write_claims(what: str, rows: Sequence[Row]) -> str:
    bounds = []
    for who, number in (("reader", 1), ("Python", 0)):
        wrong = sum(row.wrong[number] for row in rows)
        bounds.append(f"{who} {wrong} of {len(rows)} (under {wilson(wrong, len(rows))[1]:.2%})")
    return f"{what}: {', '.join(bounds)}"


def _write_difference(row: Row) -> str:
    copy = row.copy
    return f"{copy.picture}, {copy.attack}: Python {row.python}, reader {', '.join(row.reader)}"


def load(path: Path | None) -> list[Row]:
    """Read the rows that were kept."""
    if path is None or not path.exists():
        return []
    kept = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Row(Copy(**each["copy"]), each["python"], tuple(each["reader"])) for each in kept]


def parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.agreement", description=__doc__)
    parser.add_argument("--pictures", type=int, default=4, help="how many are marked and attacked")
    parser.add_argument("--side", type=int, default=1024, help="their short side, pixels")
    parser.add_argument("--attacks", type=Path, help="a Python file with another list of attacks")
    parser.add_argument("--unmarked", type=int, default=0, help="how many unmarked pictures")
    parser.add_argument("--first", type=int, default=0, help="number of the first unmarked one")
    parser.add_argument("--reader", type=Path, default=READER, help="the other reader's command")
    parser.add_argument("--rows", type=Path, help="keep results in this file, and take them up")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    given = parse(words)
    own = [(each.name, each.group, each) for each in (UNTOUCHED, *ATTACKS)]
    attacks = read_attacks(given.attacks) if given.attacks else own
    rows = load(given.rows)
    done = {row.copy.key for row in rows}
    names = choose(given.side, given.pictures, ("corpus",)) if given.pictures else []
    marked = list_marked(names, attacks, given.side, done)
    unmarked = list_unmarked(given.first, given.unmarked, done)
    for copies in (marked, unmarked):
        for row in read(copies, given.reader):
            rows.append(row)
            if given.rows:
                with given.rows.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
    print(report(rows))


if __name__ == "__main__":
    main()
