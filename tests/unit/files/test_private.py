"""Files that hold secrets."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from provenance.errors import OutputExistsError, OutputNotWritableError
from provenance.files import write_private


def test_secrets_are_for_their_owner_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    write_private(path, b"secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(OutputExistsError):
        write_private(path, b"other")
    assert path.read_bytes() == b"secret"
    with pytest.raises(OutputNotWritableError):
        write_private(tmp_path / "none" / "key.pem", b"secret")
