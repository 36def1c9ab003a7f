"""Either the whole file or nothing."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from provenance.errors import OutputError, OutputExistsError, OutputNotWritableError
from provenance.files import read_bytes, write_atomic


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_writes_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.png", b"one")
    assert names(tmp_path) == ["a.png"]
    assert read_bytes(tmp_path / "a.png", max_bytes=3) == b"one"
    assert (tmp_path / "a.png").stat().st_mode & 0o111 == 0


def test_existing_file_is_safe_unless_overwriting_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    path.chmod(0o600)
    with pytest.raises(OutputExistsError, match=r"a\.png exists"):
        write_atomic(path, b"new", overwrite=False)
    assert path.read_bytes() == b"old"
    write_atomic(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["a.png"]


def test_symbolic_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.png").write_bytes(b"old")
    (tmp_path / "link.png").symlink_to("real.png")
    write_atomic(tmp_path / "link.png", b"new", overwrite=True)
    assert (tmp_path / "link.png").is_symlink()
    assert (tmp_path / "real.png").read_bytes() == b"new"


def test_of_many_writers_one_wins(tmp_path: Path) -> None:
    outcomes: list[bytes | None] = []

    def write(content: bytes) -> None:
        try:
            write_atomic(tmp_path / "a.png", content)
            outcomes.append(content)
        except OutputExistsError:
            outcomes.append(None)

    threads = [threading.Thread(target=write, args=(bytes([i]) * 1000,)) for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 16
    winners = [content for content in outcomes if content is not None]
    assert winners == [(tmp_path / "a.png").read_bytes()]
    assert names(tmp_path) == ["a.png"]


@pytest.mark.parametrize("overwrite", [True, False])
def test_refusals_say_why(tmp_path: Path, overwrite: bool) -> None:
    with pytest.raises(OutputNotWritableError, match="folder does not exist"):
        write_atomic(tmp_path / "none" / "a.png", b"x", overwrite)
    with pytest.raises(OutputNotWritableError):
        write_atomic(tmp_path / ("n" * 300), b"x", overwrite)
    with pytest.raises(OutputNotWritableError):
        write_atomic("a\0b", b"x", overwrite)
    with pytest.raises(OutputError):
        write_atomic(tmp_path, b"x", overwrite)
    with pytest.raises(OutputNotWritableError):
        write_atomic("/proc/a.png", b"x", overwrite)
    assert names(tmp_path) == []


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_write_that_fails_half_way_leaves_the_old_file(tmp_path: Path, overwrite: bool) -> None:
    """The system refuses the file's second half, as a full disk would."""
    path = tmp_path / "a.png"
    if overwrite:
        path.write_bytes(b"old")
    script = (
        "import sys\n"
        "from provenance.errors import OutputNotWritableError\n"
        "from provenance.files import write_atomic\n"
        "try:\n    write_atomic(sys.argv[1], bytes(200_000), sys.argv[2] == 'True')\n"
        "except OutputNotWritableError as error:\n    print(error)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(path), str(overwrite)],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert "can't be written" in result.stdout
    assert names(tmp_path) == (["a.png"] if overwrite else [])
    assert not overwrite or path.read_bytes() == b"old"
