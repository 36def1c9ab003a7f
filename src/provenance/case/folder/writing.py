"""Write a case folder: whole or not at all, and never into one that exists."""

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

MODE = 0o700
"""Rights on the folder: it is the examiner's own; a court or colleague gets a copy."""


@dataclass(frozen=True)
class CaseFile:
    """A finished examination: its verdicts, and the content of each file of its folder by name."""

    verdicts: tuple[Verdict, ...]
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def verdict(self) -> Verdict:
        """The verdict on the only exhibit, or on the first of several."""
        return self.verdicts[0]


def refuse_existing(folder: Path) -> None:
    """Refuse a folder that exists.

    Raises
    ------
    OutputExistsError
        There is something of this name.
    """
    if folder.exists() or folder.is_symlink():
        raise OutputExistsError(
            f"{folder} exists already. Every case needs a new folder: name another."
        )


def write(case: CaseFile, folder: Path) -> None:
    """Write a case folder.

    The files are written into a draft next to it, which then gets the folder's name in one step, so
    that a crash leaves no half-written folder.

    Raises
    ------
    OutputExistsError
        There is something of this name.
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
    except OSError as error:
        raise OutputNotWritableError(f"{folder} can't be made: {error.strerror}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
