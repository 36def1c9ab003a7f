"""Writing a case folder: whole or not at all, and never into one that exists."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provenance.errors import OutputExistsError, OutputNotWritableError
from provenance.files import write_atomic
from provenance.verify import Verdict

REPORT, HTML, PDF = "report.json", "report.html", "report.pdf"
CUSTODY, EXAMINER = "custody.jsonl", "examiner.pem"

# An examiner's working papers; a court or colleague gets a copy.
MODE = 0o700


@dataclass(frozen=True)
class CaseFile:
    """A finished examination: its verdict, and the content of each file of its folder by name."""

    verdict: Verdict
    files: Mapping[str, bytes] = field(repr=False)


def refuse_existing(folder: Path) -> None:
    """Raise OutputExistsError when there is anything by this name."""
    if folder.exists() or folder.is_symlink():
        raise OutputExistsError(
            f"{folder} exists already; every report needs a new folder, so name another"
        )


def write(case: CaseFile, folder: Path) -> None:
    """Write a case folder.

    The files are written beside it and the folder then gets its name in one step, so that a crash
    leaves no half of one.

    Raises
    ------
    OutputExistsError
        There is something by this name.
    OutputNotWritableError
        The folder can't be made; nothing is left behind.
    """
    refuse_existing(folder)
    draft = folder.parent / f".provenance-{secrets.token_hex(8)}.tmp"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir(MODE)
        for name, content in case.files.items():
            write_atomic(draft / name, content)
        refuse_existing(folder)
        draft.rename(folder)
    except OSError as exc:
        raise OutputNotWritableError(f"{folder} can't be made: {exc.strerror}.") from exc
    finally:
        shutil.rmtree(draft, ignore_errors=True)
