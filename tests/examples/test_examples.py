"""The examples run as they stand, by themselves, and say what the documentation says they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MOST_LINES = 60

SAYS = {
    "provider_stamps": ["stamp id: ", "format PNG", "again: stamp.already_stamped"],
    "platform_checks": [
        "as the provider sent it: attributed, label: made with AI",
        "compressed again: claimed, no label. ",
    ],
    "four_organisations": [
        "the platform, with a mark alone: claimed, None",
        "the police, with Ada's response: attributed, Ada Images",
        "the police, with Babel's alone: claimed, None",
        "the police, after that: claimed, None",
    ],
    "investigator_traces": [
        'descends from a picture that "Example AI" stamped',
        "SHA256SUMS.sig",
        "changed since it was signed: nothing",
    ],
    "fastapi_stamps": ["/picture: stamped", "/picture?side=20: The picture could not be stamped"],
}

ELSEWHERE = {"openai_proxy", "diffusers_stamps", "gradio_stamps"}
"""Examples of hooks that ``test_hooks`` and ``tests/heavy`` run, as they need an upstream, a model
or what is too large for CI."""


def test_every_example_is_run() -> None:
    assert {file.stem for file in EXAMPLES.glob("*.py")} == {*SAYS, *ELSEWHERE}
    for name in ELSEWHERE:
        text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
        assert len(text.splitlines()) < 1.5 * MOST_LINES


@pytest.mark.parametrize("name", SAYS)
def test_example(name: str, tmp_path: Path) -> None:
    file = EXAMPLES / f"{name}.py"
    assert len(file.read_text(encoding="utf-8").splitlines()) < MOST_LINES
    done = subprocess.run(
        [sys.executable, "-W", "error", file],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for text in SAYS[name]:
        assert text in done.stdout
    assert not list(tmp_path.iterdir())
