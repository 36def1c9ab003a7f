"""Authorities and directories that the page believes, as the page's own program reads them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import ConfigError
from provenance.files import read_named

MAX_BYTES = 64 * 2**20
"""Bytes of one file: the largest directory that the page takes."""


@dataclass(frozen=True)
class Beliefs:
    """PEM files of authorities, and directory files with their names."""

    anchors: tuple[bytes, ...] = ()
    directory_anchors: tuple[bytes, ...] = ()
    directories: tuple[tuple[str, bytes], ...] = ()

    @classmethod
    def read(
        cls,
        anchors: Iterable[Path] = (),
        directory_anchors: Iterable[Path] = (),
        directories: Iterable[Path] = (),
    ) -> Beliefs:
        """Read the files that a config names.

        Raises
        ------
        ConfigError
            One can't be read.
        """
        return cls(
            tuple(_read(path, "trust file") for path in anchors),
            tuple(_read(path, "trust file") for path in directory_anchors),
            tuple((path.name, _read(path, "directory")) for path in directories),
        )

    def to_json(self) -> bytes:
        """Return the text for the page; nothing in it can end the page's block of data."""
        said = {
            "anchors": [each.decode("ascii", "replace") for each in self.anchors],
            "directory_anchors": [
                each.decode("ascii", "replace") for each in self.directory_anchors
            ],
            "directories": [
                {"name": name, "data": base64.b64encode(data).decode("ascii")}
                for name, data in self.directories
            ],
        }
        return json.dumps(said).replace("<", "\\u003c").encode("ascii")


def _read(path: Path, what: str) -> bytes:
    return read_named(path, what, MAX_BYTES, ConfigError)
