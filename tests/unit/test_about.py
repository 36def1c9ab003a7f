"""Which build is running: from the file in a wheel, from git in a checkout, or unknown."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from provenance import about
from provenance.about import Build, find_running_build, parse_build, parse_status, read_build

COMMIT = "3ff6e1fd3a785ad8096287affce9d0cdd9723ec9"
GIT = ("git", "-c", "user.name=Tester", "-c", "user.email=tester@example.org")


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*GIT, *arguments], cwd=root, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository laid out like this one, with one commit."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):  # set while a git hook runs
        monkeypatch.delenv(name, raising=False)
    package = tmp_path / "src" / "provenance"
    package.mkdir(parents=True)
    for file in (package / "about.py", tmp_path / "pyproject.toml", tmp_path / "hatch_build.py"):
        file.write_text("# as committed\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "All")
    return tmp_path


def read(checkout: Path) -> Build:
    return read_build(checkout / "src" / "provenance")


def test_words() -> None:
    assert str(Build()) == "unknown build"
    assert str(Build(COMMIT)) == f"commit {COMMIT}, clean"
    assert str(Build(COMMIT, modified=True)) == f"commit {COMMIT}, modified"


@pytest.mark.parametrize("build", [Build(), Build(COMMIT), Build(COMMIT, True), Build("a" * 64)])
def test_a_wheel_names_its_build_and_asks_nobody(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / about.BUILD_FILE).write_text(build.to_json())
    monkeypatch.delattr(subprocess, "run")
    assert read_build(tmp_path) == build


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"commit": null, "modified": false}',
        '{"commit": "3ff6e1f", "modified": false}',
        f'{{"commit": "{COMMIT}"}}',
        f'{{"commit": "{COMMIT}", "modified": 0}}',
        f'{{"commit": "{COMMIT}\\n", "modified": false}}',
    ],
)
def test_a_file_that_names_no_build(text: str) -> None:
    assert parse_build(text) == Build()


def test_a_checkout_asks_git(checkout: Path) -> None:
    assert read(checkout) == Build(git(checkout, "rev-parse", "HEAD"))


@pytest.mark.parametrize(
    "file", ["src/provenance/about.py", "src/provenance/new.py", "pyproject.toml", "hatch_build.py"]
)
def test_a_changed_source_is_a_modified_build(checkout: Path, file: str) -> None:
    (checkout / file).write_text("# changed since\n")
    assert read(checkout) == Build(git(checkout, "rev-parse", "HEAD"), modified=True)


def test_a_picture_in_the_checkout_modifies_nothing(checkout: Path) -> None:
    (checkout / "photo.jpg").write_bytes(b"")
    assert not read(checkout).modified


def test_another_repository_named_in_the_environment(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path_factory.mktemp("elsewhere")))
    assert read(checkout).commit is not None


def test_a_copy_inside_the_repository_of_somebody_else(checkout: Path) -> None:
    (checkout / "hatch_build.py").unlink()
    assert read(checkout) == Build()


def test_a_copy_without_git(checkout: Path) -> None:
    shutil.rmtree(checkout / ".git")
    assert read(checkout) == Build()


def test_a_repository_that_git_refuses(checkout: Path) -> None:
    (checkout / ".git" / "HEAD").unlink()
    assert read(checkout) == Build()


def test_no_git_on_this_machine(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    assert read(checkout) == Build()


def test_no_commit_yet() -> None:
    assert parse_status("# branch.oid (initial)\n# branch.head main\n? src/\n") == Build()


def test_the_running_build_is_read_once() -> None:
    assert find_running_build() is find_running_build()
