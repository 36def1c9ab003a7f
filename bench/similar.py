"""How often unrelated pictures look alike, and what asking costs: python -m bench.similar.

Parts of different pictures are hashed in eight orientations and compared as a look-up compares
them. Then a registry of a million made-up records is asked.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.attacks.base import generator
from bench.attacks.geometry import cropped
from bench.pictures import choose, sources
from bench.rates import wilson
from provenance import fingerprint
from provenance.records import StampRecord
from provenance.registry import open_registry
from provenance.stamp_id import StampId

SIDE = 512
"""Pixels, short side; PDQ looks at 64 x 64."""
ORIGINS = ("scikit-image", "corpus")
"""Painted pictures share scenes."""
SMALLEST_AREA = 0.15
"""Share of a picture that a part shows at least."""
SAME_SCENE = {"photos/rocket", "photos/astronaut", "photos/coffee"}
"""Pictures of the corpus that are among the bundled ones too."""
LIMITS = (31, 40, 50, 60, 70, 80)
"""Distances at which pairs are counted, the first as in a look-up."""
BATCH = 20_000
"""Records inserted at a time."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)

Hashes = NDArray[np.uint64]


def hashes(names: list[str], parts: int) -> tuple[Hashes, NDArray[np.intp]]:
    """Hash each picture and parts of it: (n, 8, 4) words, and the number of the picture."""
    found, owners = [], []
    for number, name in enumerate(names):
        image = Image.fromarray(sources()[name].load(SIDE))
        rng = generator("similar", name)
        for part in range(parts):
            area = 1.0 if part == 0 else float(rng.uniform(SMALLEST_AREA, 1))
            turned = fingerprint.pdq_turned(np.asarray(cropped(area)(image, rng)))
            if turned[0].reliable:
                found.append(b"".join(bytes.fromhex(each.hex) for each in turned))
                owners.append(number)
    return np.frombuffer(b"".join(found), np.uint64).reshape(-1, 8, 4), np.array(owners)


def distances(found: Hashes, owners: NDArray[np.intp]) -> NDArray[np.int64]:
    """Count the distances between each part and the orientations of all of other pictures."""
    counts = np.zeros(257, np.int64)
    for owner in np.unique(owners):
        others = found[owners > owner, 0]
        for turned in found[owners == owner]:
            differing = np.bitwise_count(others[:, None] ^ turned[None]).sum(axis=-1, dtype=int)
            counts += np.bincount(differing.ravel(), minlength=257)
    return counts


def report(counts: NDArray[np.int64]) -> None:
    """Print how many comparisons came near."""
    total = int(counts.sum())
    print(f"{total:,} comparisons, nearest {int(np.flatnonzero(counts)[0])} bits apart")
    for limit in LIMITS:
        near = int(counts[: limit + 1].sum())
        print(f"<= {limit}: {near} ({near / total:.1e}, under {wilson(near, total)[1]:.1e})")


def fill(file: Path, size: int) -> None:
    """Make a registry of so many records, past its log, which a look-up does not ask."""
    record = StampRecord(
        StampId("0" * 24),
        *("urn:c2pa:0", 7, "Bench", "m", "", 1, NOW, NOW, "0" * 64, "PNG"),
        *("0" * 64, 100, "lattice3:" + "x" * 1075),
    )
    with open_registry(f"sqlite:///{file}", create=True) as registry:
        registry.append(record, b"")
    rng = np.random.default_rng(1)
    with closing(sqlite3.connect(file)) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {trigger}")
        columns = [row[1] for row in db.execute("PRAGMA table_info(records)")]
        first = dict(zip(columns, db.execute("SELECT * FROM records").fetchone(), strict=True))
        insert = f"INSERT INTO records VALUES ({', '.join('?' * len(columns))})"
        for start in range(1, size, BATCH):
            numbers = range(start, min(start + BATCH, size))
            rows = (
                first | {"leaf_index": n, "stamp_id": f"{n:024x}", "pdq": rng.bytes(32).hex()}
                for n in numbers
            )
            db.executemany(insert, ([row[name] for name in columns] for row in rows))
        db.commit()


def cost(size: int) -> None:
    """Print the processor time of look-ups in a registry of so many records."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stamps.db"
        fill(file, size)
        with open_registry(f"sqlite:///{file}", create=False, read_only=True) as registry:
            rng = np.random.default_rng(2)
            for what in ("first picture", "next picture", "next picture"):
                start = time.process_time()
                for _ in range(8):
                    registry.near(rng.bytes(32).hex(), fingerprint.MATCH_DISTANCE)
                spent = time.process_time() - start
                print(f"{size:,} records, {what}, 8 orientations: {spent:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parts", type=int, default=100, help="parts of each picture")
    parser.add_argument("--records", type=int, default=1_000_000)
    given = parser.parse_args()
    names = [name for name in choose(SIDE, origins=ORIGINS) if name not in SAME_SCENE]
    found, owners = hashes(names, given.parts)
    print(f"{len(found):,} parts of {len(np.unique(owners))} pictures")
    report(distances(found, owners))
    cost(given.records)


if __name__ == "__main__":
    main()
