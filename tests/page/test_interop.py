"""Python and the page: what one stamps the other reads, what one asks the other answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

from provenance import load_config
from provenance.cli import project
from provenance.response import read_response
from tests.cli.conftest import run_here
from tests.once import once
from tests.page.test_page import examine, open_choices, save


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory, photograph: NDArray[np.uint8]) -> Path:
    """A producer's project, and copies of a picture that it stamped."""

    def make(folder: Path) -> None:
        project.create(folder / "project", "Example AI")
        stamper = load_config(folder / "project" / "provenance.toml").stamper()
        stamped = stamper.stamp(photograph[:256, 128:384], model="example-diffusion")
        stamped.save(folder / "stamped.png")
        with Image.open(folder / "stamped.png") as picture:
            picture.convert("RGB").save(folder / "copy.png")

    return once(tmp_path_factory, "studio", make)


def test_a_request_of_the_page_is_answered_by_python(
    page: Page, studio: Path, tmp_path: Path
) -> None:
    examine(page, studio / "copy.png")
    open_choices(page)
    _, request = save(page, ".save-request")
    (tmp_path / "request.json").write_bytes(request)
    config = studio / "project" / "provenance.toml"
    answer = tmp_path / "response.json"
    done = run_here("respond", tmp_path / "request.json", "-o", answer, "--config", config)
    assert done.status == 0, done.err
    response = read_response(answer.read_bytes())
    assert str(response.stamp_id) in page.inner_text("dl")
    assert response.outcome == "found"
