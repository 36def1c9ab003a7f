"""A registry in which others recorded a producer's marks: forge.py REGISTRY JOBS.json.

A script of its own, started with the build's sources on the path: the command line draws a new mark
for each stamp, so that it can't do this. A job names a stamped file with its media type, the same
picture as PNG without a manifest, the registry of its record, and the forger's project.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from provenance import manifest
from provenance.manifest import Trust
from provenance.registry import Registry, open_registry
from provenance.signers import open_signer

LATER = timedelta(hours=1)
"""When the forger says that the picture was made, after it was."""


def forge(job: dict[str, str], forged: Registry) -> None:
    """Record the mark of a stamped file with a manifest that somebody else signed."""
    data, stripped = Path(job["file"]).read_bytes(), Path(job["stripped"]).read_bytes()
    statement = manifest.read(data, job["mime"], Trust.none()).statement
    assert statement is not None
    with open_registry(f"sqlite:///{job['registry']}", create=False, base=Path.cwd()) as registry:
        record = registry.by_id(statement.stamp_id)
    assert record is not None
    statement = replace(statement, created=statement.created + LATER)
    urn = manifest.draw_urn()
    signer = open_signer("file:keys/signer.pem", folder=Path(job["forger"]))
    signed = manifest.sign(stripped, "image/png", statement, signer, urn)
    record = replace(record, manifest_urn=urn, created=statement.created)
    forged.append(record, signed.store)


def main() -> None:
    file, jobs = sys.argv[1:]
    with open_registry(f"sqlite:///{file}", base=Path.cwd()) as forged:
        for job in json.loads(Path(jobs).read_text()):
            forge(job, forged)


if __name__ == "__main__":
    main()
