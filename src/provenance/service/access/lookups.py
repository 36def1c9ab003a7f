"""The log of look-ups that could single somebody out: written down before the answer is given.

Each line is one of a hash chain (``provenance.hashchain``), so that none can be taken out later.
"""

from __future__ import annotations

import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from provenance import hashchain
from provenance.canonical import to_utc_text
from provenance.errors import ConfigError, OutputNotWritableError
from provenance.service.access.caller import Caller

if sys.platform != "win32":
    import fcntl

_TAIL = 2**16  # bytes at the end of the file, in which its last line lies


class LookupLog:
    """One file, which one process writes. Safe between threads.

    Raises
    ------
    ConfigError
        Another process writes it, or it is damaged.
    OutputNotWritableError
        It can't be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            self._file = path.open("ab+", buffering=0)
        except OSError as error:
            raise OutputNotWritableError(
                f"The access log {path} can't be written: {error.strerror}."
            ) from error
        path.chmod(0o600)
        try:
            self._claim()
            self._n, self._head = self._find_end()
        except ConfigError:
            self._file.close()
            raise

    def write(self, caller: Caller, action: str, subject: str, purpose: str | None = None) -> None:
        """Write down who looked what up; it is on disk when this returns.

        Raises
        ------
        OutputNotWritableError
            It can't be written, so nothing may be told.
        """
        entry = {
            "time": to_utc_text(datetime.now(UTC)),
            "caller": caller.name,
            "action": action,
            "subject": subject,
            "purpose": purpose,
        }
        with self._lock:
            line = hashchain.link(self._n, self._head, entry)
            try:
                self._append(line + b"\n")
            except OSError as error:
                raise OutputNotWritableError(
                    "The access log can't be written, so nothing is told."
                ) from error
            self._n, self._head = self._n + 1, hashchain.digest(line)

    def _append(self, line: bytes) -> None:
        """Write a line to the disk, or nothing: a half one would break the chain for good."""
        end = self._file.seek(0, os.SEEK_END)
        try:
            left = memoryview(line)
            while left:  # a disk that gets full takes a part, and says so at the next one
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(end)
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _claim(self) -> None:
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigError(
                f"Another process writes the access log {self._path}: give each its own, by "
                "access_log in [service]."
            ) from error

    def _find_end(self) -> tuple[int, str]:
        """Return the next line's number and what it has to name; a line cut short is cut off."""
        end = self._file.seek(0, os.SEEK_END)
        self._file.seek(max(0, end - _TAIL))
        tail = self._file.read(_TAIL) or b""
        whole = tail[: tail.rfind(b"\n") + 1]
        self._file.truncate(end - len(tail) + len(whole))
        if not whole:
            return 0, hashchain.START
        line = whole.splitlines()[-1]
        try:
            n = hashchain.read_number(line)
        except hashchain.ChainError as error:
            raise ConfigError(f"The access log {self._path} is damaged: {error}.") from error
        return n + 1, hashchain.digest(line)
