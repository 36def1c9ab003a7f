"""How long publishing and mirroring take for each record: python -m bench.mirror.

Made-up records in a signed log in SQLite are exported and mirrored from that folder, then once more
with a thousand new ones. Times are of the processor.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.audit import LATEST, fill
from provenance.registry import VerifierKey, open_registry
from provenance.registry.mirror import open_source, synchronise
from provenance.registry.sqlite import SqliteRegistry
from provenance.registry.tiles import export
from provenance.signers import LogKey


def measure(what: str, count: int, work: Callable[[], object]) -> None:
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what} {count:,}: {seconds:.1f} s, {seconds / count * 1e6:.0f} us each; peak memory "
        f"{peak:.0f} MiB",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, key = Path(name), LogKey.generate()
        (folder / "log.pem").write_bytes(key.to_pem())
        uri = f"sqlite:///{folder}/stamps.db"
        with open_registry(uri, folder / "log.pem", create=True) as registry:
            assert isinstance(registry, SqliteRegistry)
            public = VerifierKey(registry.origin, key.public)
            for start, end in ((0, given.records), (given.records, given.records + LATEST)):
                fill(registry, start, end, bytes(256))
                measure("export", end - start, lambda: export(registry, folder / "public", public))
                source = open_source("public", folder)
                measure(
                    "mirror",
                    end - start,
                    lambda source=source: synchronise(source, folder / "mirror", (public,)),  # type: ignore[misc]
                )
        with open_registry(f"mirror:{folder}/mirror") as mirror:
            measure("audit of the mirror,", end, lambda: mirror.audit().require())


if __name__ == "__main__":
    main()
