"""How long an audit takes for each record: python -m bench.audit.

Records are made up, with manifest stores of 256 bytes unless told otherwise, in a signed log in
SQLite. Times are of the processor. The second audit begins behind all but the last thousand.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from provenance.records import StampRecord
from provenance.registry import Audit, Checkpoint, open_registry
from provenance.registry.sqlite import SqliteRegistry
from provenance.signers import LogKey
from provenance.stamp_id import StampId
from tests.unit.registry.records import record

LATTICE = "x" * 600
"""As long as the fingerprint of a picture of one megapixel."""

LATEST = 1000
GROUP = 2_000
"""Records of one transaction; what is measured is the audit."""


def make(number: int) -> StampRecord:
    stamp_id = StampId(f"{number:024x}")
    return replace(record(number), stamp_id=stamp_id, lattice=LATTICE)


def fill(registry: SqliteRegistry, start: int, end: int, store: bytes) -> None:
    """Append in groups, each in one transaction."""
    for first in range(start, end, GROUP):
        numbers = range(first, min(first + GROUP, end))
        registry.append_all((make(number), store) for number in numbers)


def measure(registry: SqliteRegistry, since: Checkpoint | None = None) -> tuple[Audit, float]:
    start = time.process_time()
    found = registry.audit(since=since)
    return found, time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--store", type=int, default=256, help="bytes of a manifest store")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "log.pem"
        key.write_bytes(LogKey.generate().to_pem())
        with open_registry(f"sqlite:///{folder}/audited.db", key, create=True) as registry:
            assert isinstance(registry, SqliteRegistry)
            fill(registry, 0, given.records - LATEST, bytes(given.store))
            point = registry.checkpoint()
            fill(registry, given.records - LATEST, given.records, bytes(given.store))
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            whole, seconds = measure(registry)
            assert whole.ok
            assert whole.size == given.records
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            print(
                f"{whole.size:,} records: {seconds:.1f} s, {seconds / whole.size * 1e6:.0f} us "
                f"each; memory grew by {grown / 1024:.0f} MiB"
            )
            rest, seconds = measure(registry, point)
            assert rest.ok
            assert rest.root == whole.root
            print(f"the last {LATEST:,}: {seconds:.2f} s")


if __name__ == "__main__":
    main()
