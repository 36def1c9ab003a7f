"""The plug-in by runs of pytest in which tests of a program fail or pass."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import run_here
from tests.integration.studio import Studio

pytest_plugins = ["pytester"]

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
def program(pytester: pytest.Pytester, studio: Studio, png: bytes) -> pytest.Pytester:
    stamped = studio.stamper.stamp(png, model="m", fresh=True).data
    (pytester.path / "stamped.png").write_bytes(stamped)
    (pytester.path / "plain.png").write_bytes(png)
    (pytester.path / "words.txt").write_text("words")
    return pytester


def run(program: pytest.Pytester, tests: str, *options: str) -> pytest.RunResult:
    """Run them with the plug-in by its module, whether it is installed under its name or not."""
    program.makepyfile(PROGRAM + tests)
    own = ("-p", "no:provenance", "-p", PLUGIN)
    return program.runpytest_subprocess(*own, "-p", "no:cacheprovider", *options)


def test_it_fails_what_sends_unstamped_pictures(program: pytest.Pytester) -> None:
    found = run(program, WATCHED, "--stamped-pictures")
    found.assert_outcomes(passed=3, failed=3)
    found.stdout.fnmatch_lines(
        ["An unstamped picture left, the answer to GET http://here/plain: It carries no manifest*"]
    )


def test_it_does_nothing_before_it_is_asked_to(program: pytest.Pytester) -> None:
    run(program, WATCHED).assert_outcomes(passed=6)


def test_a_fixture_checks_files_and_bytes(program: pytest.Pytester) -> None:
    found = run(program, CHECKED)
    found.assert_outcomes(passed=2, failed=1, errors=1)
    found.stdout.fnmatch_lines(["An unstamped picture left, d.png: *"])
    found.stdout.fnmatch_lines(["An unstamped picture left, the second one: *"])


def test_with_a_config_the_right_producer_has_to_have_signed(program: pytest.Pytester) -> None:
    """The picture carries a stamp, of another project."""
    assert run_here("init", program.path / "studio", "--producer", "Example AI").status == 0
    program.makeini("[pytest]\nstamped_pictures = true\nstamped_config = studio/provenance.toml\n")
    run(program, 'def test_stamped():\n    client.get("/stamped")\n').assert_outcomes(failed=1)


def test_the_package_registers_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"provenance": PLUGIN}
