"""A page of Gradio hands out the very file that was stamped."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

import provenance as pv
from tests.cli.conftest import run_here
from tests.examples.hooks import load_example

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of what Gradio brings
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # it leaves sockets and a loop open
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gradio_client import Client

    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    assert run_here("init", tmp_path / "studio", "--producer", "Example AI").status == 0
    config = pv.load_config(tmp_path / "studio" / "provenance.toml")
    page = load_example("gradio_stamps.py").build_page(config.stamper())
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True)
    try:
        client = Client(address, verbose=False, download_files=str(tmp_path))
        file = Path(client.predict(7, api_name="/make"))
    finally:
        page.close()
        gc.collect()  # what it left open is collected here, where warnings of that are ignored
    verdict = config.verifier().verify(file)
    assert verdict.origin is not None
    assert verdict.origin.match is pv.Match.EXACT
