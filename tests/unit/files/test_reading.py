"""A file is read up to a bound, and nothing but a file is read."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from provenance.errors import ConfigError, ImageTooLargeError, UnreadableInputError
from provenance.files import read_bytes, read_named


def test_the_bound_itself_is_read_and_a_byte_more_is_not(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    assert read_bytes(file, max_bytes=5) == b"12345"
    with pytest.raises(ImageTooLargeError, match="5 bytes, more than the limit of 4"):
        read_bytes(file, max_bytes=4)


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableInputError, match="is not a file"):
        read_bytes(tmp_path / "pipe", max_bytes=5)
    with pytest.raises(UnreadableInputError):
        read_bytes(tmp_path, max_bytes=5)
    with pytest.raises(UnreadableInputError, match="does not exist"):
        read_bytes(tmp_path / "none", max_bytes=5)
    with pytest.raises(UnreadableInputError, match="can't be read"):
        read_bytes("a\0b", max_bytes=5)


def test_a_named_file_is_read_up_to_its_bound_and_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    assert read_named(file, "trust file", 5, ConfigError) == b"12345"
    with pytest.raises(ConfigError, match=r"The trust file .*a is too large, with over 4 bytes"):
        read_named(file, "trust file", 4, ConfigError)
    with pytest.raises(ConfigError, match=r"The key .*none can't be read: No such file"):
        read_named(tmp_path / "none", "key", 4, ConfigError)
    with pytest.raises(ConfigError, match="can't be read"):
        read_named(Path("a\0b"), "key", 4, ConfigError)


def test_a_named_file_may_be_a_pipe(tmp_path: Path) -> None:
    """A shell's ``<(decrypt key)`` is one."""
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"12345",))
    writer.start()
    assert read_named(tmp_path / "pipe", "key", 5, ConfigError) == b"12345"
    writer.join()
