"""The plug-in by runs of pytest in which tests of a program fail or pass."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import run_here
from tests.integration.studio import Studio

PLUGIN = "provenance.integrations.pytest_plugin"
ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import pathlib
import httpx
import pytest

HERE = pathlib.Path(__file__).parent
PICTURES = {"/stamped": "stamped.png", "/plain": "plain.png", "/words": "words.txt"}

def answer(request):
    file = HERE / PICTURES[request.url.path]
    kind = {} if file.suffix == ".txt" else {"content-type": "image/png"}
    return httpx.Response(200, content=file.read_bytes(), headers=kind)

client = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://here")
"""

WATCHED = """
def test_stamped():
    assert client.get("/stamped").content

def test_plain():
    client.get("/plain")

def test_plain_stream():
    with client.stream("GET", "/plain") as found:
        assert b"".join(found.iter_bytes())

def test_words():
    assert client.get("/words").text == "words"

@pytest.mark.unstamped_pictures
def test_exempt():
    client.get("/plain")

def test_async():
    import asyncio
    async def main():
        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            await client.get("/plain")
    asyncio.run(main())
"""

CHECKED = """
def test_folder_stamped(leaving):
    (leaving.folder / "a").mkdir()
    (leaving.folder / "a" / "b.png").write_bytes((HERE / "stamped.png").read_bytes())
    (leaving.folder / "c.txt").write_text("words")

def test_folder_plain(leaving):
    (leaving.folder / "d.png").write_bytes((HERE / "plain.png").read_bytes())

def test_bytes(leaving):
    leaving.check((HERE / "stamped.png").read_bytes())
    leaving.check((HERE / "plain.png").read_bytes(), "the second one")
"""


@pytest.fixture
def program(tmp_path: Path, studio: Studio, png: bytes) -> Path:
    stamped = studio.stamper.stamp(png, model="m", fresh=True).data
    (tmp_path / "stamped.png").write_bytes(stamped)
    (tmp_path / "plain.png").write_bytes(png)
    (tmp_path / "words.txt").write_text("words")
    return tmp_path


def run(program: Path, tests: str, *options: str) -> tuple[dict[str, int], str]:
    """Run them with the plug-in by its module, whether it is installed under its name or not."""
    (program / "test_program.py").write_text(PROGRAM + tests)
    own = ("-p", "no:provenance", "-p", PLUGIN, "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *own, *options, "test_program.py"]
    done = subprocess.run(command, cwd=program, capture_output=True, text=True, check=False)
    last = done.stdout.splitlines()[-1] if done.stdout else done.stderr
    counts = {
        noun: int(number) for number, noun in re.findall(r"(\d+) (passed|failed|error)", last)
    }
    return counts, done.stdout


def test_it_fails_what_sends_unstamped_pictures(program: Path) -> None:
    counts, said = run(program, WATCHED, "--stamped-pictures")
    assert counts == {"passed": 3, "failed": 3}
    start = "An unstamped picture left, the answer to GET http://here/plain: It carries no manifest"
    assert start in said


def test_it_does_nothing_before_it_is_asked_to(program: Path) -> None:
    counts, _ = run(program, WATCHED)
    assert counts == {"passed": 6}


def test_a_fixture_checks_files_and_bytes(program: Path) -> None:
    counts, said = run(program, CHECKED)
    assert counts == {"passed": 2, "failed": 1, "error": 1}
    assert "An unstamped picture left, d.png: " in said
    assert "An unstamped picture left, the second one: " in said


def test_with_a_config_the_right_producer_has_to_have_signed(program: Path) -> None:
    """The picture carries a stamp, of another project."""
    assert run_here("init", program / "studio", "--producer", "Example AI").status == 0
    (program / "pytest.ini").write_text(
        "[pytest]\nstamped_pictures = true\nstamped_config = studio/provenance.toml\n"
    )
    counts, _ = run(program, 'def test_stamped():\n    client.get("/stamped")\n')
    assert counts == {"failed": 1}


def test_a_config_that_is_not_there_is_a_sentence_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nstamped_pictures = true\nstamped_config = nothing.toml\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:provenance", "-p", PLUGIN]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "stamped_config can't be used. The config file" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_the_package_registers_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"provenance": PLUGIN}
