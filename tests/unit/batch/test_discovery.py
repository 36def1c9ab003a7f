from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from provenance import films, imaging
from provenance.batch import find


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "in/b.png",
        "in/a.JPG",
        "in/sub/deep/c.webp",
        "in/sub/moving.gif",
        "in/notes.txt",
        "in/.hidden.png",
        "in/.thumbs/d.png",
        "in/out/e.png",
        "odd[1].png",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / "in" / "sub" / "loop").symlink_to(tmp_path / "in")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*given: str, without: Path | None = None) -> list[str]:
    return [found.path for found in find(given, without=without)]


def test_a_folder_stands_for_every_picture_below_it(tree: Path) -> None:
    assert names("in") == [
        "in/a.JPG",
        "in/b.png",
        "in/out/e.png",
        "in/sub/moving.gif",
        "in/sub/deep/c.webp",
    ]
    assert [found.below for found in find(["in/sub/"])] == [
        PurePath("moving.gif"),
        PurePath("deep/c.webp"),
    ]


@pytest.mark.parametrize("suffix", [*imaging.SUFFIXES, *films.SUFFIXES, ".psd", ".jp2"])
def test_folders_give_every_format_that_is_read_and_those_that_are_refused(
    tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"picture{suffix}"
    file.touch()
    assert names(str(tmp_path)) == [str(file)]


def test_outputs_are_no_inputs(tree: Path) -> None:
    assert "in/out/e.png" not in names("in", "in/**/*.png", without=Path("in/../in/out"))
    assert names("in/out", without=tree / "in" / "out") == ["in/out/e.png"]


def test_a_pattern_reaches_through_folders_with_two_stars(tree: Path) -> None:
    assert names("in/*.png") == ["in/b.png"]
    assert names("in/**/*.webp") == ["in/sub/deep/c.webp"]
    (found,) = find([str(tree / "in" / "**" / "*.webp")])
    assert found.below == PurePath("sub/deep/c.webp")


def test_a_file_with_brackets_in_its_name_is_itself(tree: Path) -> None:
    assert names("odd[1].png") == ["odd[1].png"]


def test_what_leads_to_nothing_is_passed_on(tree: Path) -> None:
    (tree / "empty").mkdir()
    given = ["absent.png", "*.tga", "empty", "-", "nul\0.png", "in/b.png"]
    assert names(*given) == given


def test_order_is_that_of_the_names(tree: Path) -> None:
    assert names("in/b.png", "in/sub", "in/a.JPG") == [
        "in/b.png",
        "in/sub/moving.gif",
        "in/sub/deep/c.webp",
        "in/a.JPG",
    ]
