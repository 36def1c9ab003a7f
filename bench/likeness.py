"""The likeness index at scale: python -m bench.likeness --records 10000000.

Hashes of real pictures come in clumps: half of the records are made from those of parts of real
pictures, with up to 60 bits turned, the others at random. Look-ups are of records with exactly 31
bits turned, and of parts of other pictures than those that the clumps were made from. Times are of
the processor; the first look-up is that of a new process, which imports and opens the index.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.pictures import choose
from bench.rates import wilson
from bench.similar import ORIGINS, SAME_SCENE, SIDE, hashes
from provenance.fingerprint import MATCH_DISTANCE
from provenance.registry.likeness import LikenessIndex

Hashes = NDArray[np.uint64]

ORIGIN = "bench.example/log"
BATCH = 2**20
TURNED_UP_TO = 60
LOOKUPS = 200

_FIRST = """
import time
start = time.process_time()
import sys
from pathlib import Path
from provenance.registry.likeness import LikenessIndex
began = time.process_time()
index = LikenessIndex(Path(sys.argv[1]), sys.argv[2])
for _ in range(8):
    index.within(bytes(range(32)), 31)
end = time.process_time()
print(f"{end - began:.3f} s, with imports {end - start:.3f} s")
"""


def turn(hashes: Hashes, bits: NDArray[np.integer], rng: np.random.Generator) -> Hashes:
    """Turn so many bits of each hash (N, 4), drawn at random."""
    places = np.argsort(rng.random((len(hashes), 256), np.float32), axis=1)
    turned = (places < bits[:, None]).astype(np.uint8)
    return hashes ^ np.packbits(turned, axis=1).view(np.uint64)


def draw(real: Hashes, count: int, rng: np.random.Generator) -> Hashes:
    """Make records' hashes: half in clumps around real ones, half alone."""
    found = rng.integers(0, 2**64, (count, 4), dtype=np.uint64)
    clumped = real[rng.integers(len(real), size=count // 2)]
    found[: count // 2] = turn(clumped, rng.integers(0, TURNED_UP_TO + 1, count // 2), rng)
    return found[rng.permutation(count)]


def fill(index: LikenessIndex, real: Hashes, records: int) -> float:
    """Add the records; return processor seconds of the index alone."""
    rng, spent = np.random.default_rng(1), 0.0
    for start in range(0, records, BATCH):
        end = min(start + BATCH, records)
        drawn = draw(real, end - start, rng)
        began = time.process_time()
        index.add(range(start, end), drawn.tobytes(), end)
        spent += time.process_time() - began
    return spent


def look_up(index: LikenessIndex, queries: Hashes) -> tuple[list[int], NDArray[np.float64]]:
    """Look up hashes (N, 8, 4), a picture in eight orientations each: matches, milliseconds."""
    counts, spent = [], []
    for picture in queries:
        began = time.process_time()
        counts.append(sum(len(index.within(each.tobytes(), MATCH_DISTANCE)) for each in picture))
        spent.append((time.process_time() - began) * 1000)
    return counts, np.array(spent)


def say_times(spent: NDArray[np.float64]) -> str:
    middle, high = np.percentile(spent, [50, 99])
    return f"p50 {middle:.1f} ms, p99 {high:.1f} ms for eight orientations"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--parts", type=int, default=20, help="parts of each picture")
    given = parser.parse_args()
    names = [name for name in choose(SIDE, origins=ORIGINS) if name not in SAME_SCENE]
    found, owners = hashes(names, given.parts)
    stored, others = found[owners % 2 == 0][:, 0], found[owners % 2 == 1]
    rng = np.random.default_rng(2)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index = LikenessIndex(folder, ORIGIN)
        spent = fill(index, stored, given.records)
        size = sum(path.stat().st_size for path in folder.glob("*.pdq"))
        files = len(list(folder.glob("*.pdq")))
        print(f"{index.size:,} records in {files} files, {spent / index.size * 1e6:.1f} us each")
        print(f"{size / index.size - 32:.1f} bytes a record beside the hash")
        command = [sys.executable, "-c", _FIRST, name, ORIGIN]
        print("first look-up:", subprocess.run(command, check=True, stdout=-1, text=True).stdout)
        drawn = draw(stored, min(BATCH, given.records), np.random.default_rng(1))[:LOOKUPS]
        near = turn(drawn, np.full(LOOKUPS, MATCH_DISTANCE), rng)
        hits = sum(
            any(leaf == number for leaf, _ in index.within(each.tobytes(), MATCH_DISTANCE))
            for number, each in enumerate(near)
        )
        low, high = wilson(hits, LOOKUPS)
        print(f"found at distance 31: {hits} of {LOOKUPS} ({low:.1%} to {high:.1%})")
        alone = rng.integers(0, 2**64, (LOOKUPS, 8, 4), dtype=np.uint64)
        print("hashes alone:", say_times(look_up(index, alone)[1]))
        chosen = others[rng.permutation(len(others))[:LOOKUPS]]
        counts, times = look_up(index, chosen)
        wrong = sum(count > 0 for count in counts)
        print(f"parts of other pictures: {say_times(times)}; {wrong} of {len(chosen)} with a match")
        known = np.repeat(near[:, None], 8, axis=1)
        counts, times = look_up(index, known)
        print(
            f"near records: {say_times(times)}; {np.median(counts) / 8:.0f} matches each (median)"
        )


if __name__ == "__main__":
    main()
