"""The investigator's report: hashes and the verdict, never pixels."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance import __version__
from provenance.errors import OutputExistsError, OutputNotWritableError

if TYPE_CHECKING:
    from provenance.registry import Registry
    from provenance.verify import Verdict

SCHEMA = "provenance.trace/1"
FILE_NAME = "report.json"


def report(
    verdict: Verdict, data: bytes, *, name: str, case: str, candidates: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return the report on one picture as an object for JSON.

    MD5 stands beside SHA-256 because hash lists of known imagery are often kept in it; nothing here
    relies on it.
    """
    return {
        "schema": SCHEMA,
        "tool": {"name": "provenance", "version": __version__},
        "case": case,
        "examined": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "input": {
            "name": name,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        },
        "verdict": verdict.to_json_dict(name),
        "explanation": verdict.explain().splitlines(),
        "candidates": candidates,
    }


def candidates(verdict: Verdict, registry: Registry) -> list[dict[str, Any]]:
    """Return the records of similar pictures: leads for a person to follow, not findings."""
    found = []
    for similar in verdict.facts.similar:
        record = registry.by_id(similar.stamp_id)
        if record is not None:
            found.append(
                {
                    "stamp_id": record.stamp_id,
                    "distance": similar.distance,
                    "producer": record.producer_name,
                    "model": record.model,
                    "model_version": record.model_version,
                    "created": f"{record.created:%Y-%m-%dT%H:%M:%SZ}",
                }
            )
    return found


def refuse_existing(folder: Path) -> None:
    """Raise OutputExistsError when the report's folder is there: a report is never overwritten."""
    if folder.exists() or folder.is_symlink():
        raise OutputExistsError(f"{folder} exists already; a report needs a folder of its own")


def write(report: dict[str, Any], folder: Path) -> Path:
    """Write the report into a new folder and return its file.

    Raises OutputExistsError when the folder is there, OutputNotWritableError when it can't be made;
    then nothing is left behind.
    """
    from provenance.imaging import write_atomic

    try:
        folder.mkdir(parents=True)
    except FileExistsError as exc:
        raise OutputExistsError(f"{folder} exists already") from exc
    except OSError as exc:
        raise OutputNotWritableError(f"{folder} can't be made: {exc.strerror}") from exc
    file = folder / FILE_NAME
    try:
        write_atomic(file, json.dumps(report, indent=2).encode("ascii") + b"\n")
    except OutputNotWritableError:
        folder.rmdir()
        raise
    return file
