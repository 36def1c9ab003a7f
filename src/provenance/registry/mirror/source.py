"""Where a published log is read from: a folder, or an address that the user named."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from provenance.errors import (
    ConfigError,
    ImageTooLargeError,
    RegistryUnavailableError,
    UnreadableInputError,
)
from provenance.files import read_bytes


class Source(Protocol):
    """A published log."""

    place: str
    """Names it in messages."""

    def read(self, name: str, max_bytes: int) -> bytes | None:
        """Give one file, or None where there is none.

        Raises
        ------
        RegistryUnavailableError
            It can't be asked, answers wrongly, or the file has more than ``max_bytes``.
        """

    def close(self) -> None:
        """Let go of connections."""


class Folder:
    """A folder: a disk that was sent, a share, or a web server's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place = str(folder)

    def read(self, name: str, max_bytes: int) -> bytes | None:
        """Give one file; see ``Source.read``."""
        path = self._folder / name
        if not path.exists():
            return None
        try:
            return read_bytes(path, max_bytes)
        except (UnreadableInputError, ImageTooLargeError) as error:
            raise RegistryUnavailableError(
                f"{path} can't be read, or is not what a log publishes there."
            ) from error

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


def open_source(text: str, base: Path) -> Source:
    """Open a folder, relative to ``base``, or an address; nothing is asked yet.

    Raises
    ------
    ConfigError
        It is neither.
    """
    if "://" not in text:
        return Folder(base / text)
    scheme = urlsplit(text).scheme
    if scheme not in ("http", "https"):
        raise ConfigError(
            f"{text!r} can't be mirrored: name a folder, or an http or https address."
        )
    from provenance.registry.mirror.http import Address

    return Address(text)
