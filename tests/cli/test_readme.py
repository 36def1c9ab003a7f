"""What the README shows has to work as shown."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provenance.cli import exits

if TYPE_CHECKING:
    from tests.cli.conftest import Command

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def text() -> str:
    return README.read_text(encoding="utf-8")


def block(text: str, heading: str) -> list[list[str]]:
    """The commands of the first indented block under a heading, each as its words."""
    below = text.partition(f"## {heading}\n")[2]
    found = re.search(r"(?:^(?:    .*)?\n)*^    .*\n", below, re.MULTILINE)
    assert found, heading
    return [words for line in found[0].splitlines() if (words := shlex.split(line, comments=True))]


@pytest.mark.slow
def test_first_block_pasted_twice(command: Command, text: str) -> None:
    (install, *lines) = block(text, "Use it")
    assert install == ["pip", "install", "."]  # what these tests run on
    start = Path.cwd()  # the demo's second run uses its own folder again
    for program, *arguments in [*lines, *lines]:
        if program == "cd":
            os.chdir(arguments[0])
        else:
            assert program == "provenance"
            done = command(*arguments)
            assert done.status == 0, (arguments, done.err)
    assert Path.cwd() == start
    assert {words[1] for words in lines} >= {"demo", "stamp", "verify", "inspect", "trace"}
    check_demo(Path("demo-out"), command)


def check_demo(out: Path, command: Command) -> None:
    page = (out / "index.html").read_text()
    assert page.count("<article") == len(list(out.glob("[0-9]*"))) == 14
    assert "<script" not in page
    reports = re.findall(r'href="(reports/[^"]+)"', page)
    assert len(reports) == 14
    assert all((out / each).is_file() for each in reports)
    assert "http" not in page.replace("https://", "").lower().split("<body>")[0]
    control = next((out / "reports").glob("*control*"))
    (exhibit,) = json.loads((control / "report.json").read_text())["exhibits"]
    assert exhibit["verdict"]["origin"] is None
    config = ("--config", out / "project" / "provenance.toml")
    assert command("trace", "--check", control, *config).status == 0


def test_init(command: Command, text: str) -> None:
    (line,) = re.findall(r"`provenance (init .*?)`", text)
    assert command(*shlex.split(line)).status == 0


def test_library(
    command: Command, text: str, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    assert command("init", "studio", "--producer", "Example AI").status == 0
    with Image.open(photo) as image:
        image.save("photo.jpg", quality=95)
        image.save("upload.jpg", quality=80)
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(block.strip().splitlines()) <= 10
    exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out.splitlines()[0] == "similar"
    assert Path("stamped.jpg").stat().st_size > 0


def test_exit_statuses(text: str) -> None:
    table = {int(status) for status in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert table == {
        *exits.STATUS_OF_STATE.values(),
        exits.USAGE,
        exits.UNAVAILABLE,
        exits.BAD_INPUT,
    }


PAGES = [*README.parent.glob("*.md"), *README.parent.glob("docs/**/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


def test_every_decision_is_listed() -> None:
    folder = README.parent / "docs" / "adr"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    for page in folder.glob("0*.md"):
        assert f"]({page.name})" in listed
