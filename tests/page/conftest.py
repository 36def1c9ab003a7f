"""The offline page as `make page` builds it, in a browser that tells of every request."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from provenance import load_config
from provenance.cli import project
from tests.browsing import open_browser
from tests.cli.conftest import run_here
from tests.components import need_packages, need_program
from tests.once import once
from tests.service.conftest import blank, project_folder

__all__ = ["blank", "project_folder"]

READER = Path(__file__).resolve().parents[2] / "reader"
PICTURES = READER.parent / "vectors" / "pictures"


def build(folder: Path) -> None:
    """Build the page, as `make page` does."""
    need_program("node")
    need_packages(READER / "node_modules")
    subprocess.run(["node", "page/build.mjs", folder], cwd=READER, check=True)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "page", lambda folder: build(folder / "dist")) / "dist"


@pytest.fixture(scope="session")
def address(built: Path) -> Iterator[str]:
    """Where the folder is hosted."""

    class Quiet(SimpleHTTPRequestHandler):
        extensions_map = {  # noqa: RUF012  the base class has it so
            **SimpleHTTPRequestHandler.extensions_map,
            ".webmanifest": "application/manifest+json",
        }

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
            pass

    handler = partial(Quiet, directory=built / "hosted")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@contextmanager
def watched(context: BrowserContext, own: str, expected: str = "") -> Iterator[Page]:
    """A page of this context; fails for a request to anywhere else, and for any fault.

    One fault may be ``expected``: it has to be there.
    """
    strangers: list[str] = []
    faults: list[str] = []
    context.on("request", lambda request: strangers.append(request.url))
    page = context.new_page()
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert [url for url in strangers if not url.startswith((own, "blob:"))] == []
    assert {each for each in faults if not expected or expected not in each} == set()
    assert not expected or faults


@pytest.fixture
def page(browser: Browser, built: Path) -> Iterator[Page]:
    """The single file, opened from the disk, without a network."""
    own = (built / "provenance.html").as_uri()
    context = browser.new_context(locale="en-GB", accept_downloads=True, offline=True)
    with watched(context, own) as page:
        page.goto(own)
        yield page


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory, photograph: NDArray[np.uint8]) -> Path:
    """A producer's project, what it hands on, and pictures for each verdict."""
    cover = photograph[:256, 128:384]

    def make(folder: Path) -> None:
        project.create(folder / "project", "Example AI")
        config = folder / "project" / "provenance.toml"
        stamped = load_config(config).stamper().stamp(cover, model="example-diffusion")
        stamped.save(folder / "stamped.png")
        stamp_id = str(stamped.record.stamp_id)
        run_here("directory", "export", "-o", folder / "directory.json", "--config", config)
        run_here("respond", stamp_id, "-o", folder / "response.json", "--config", config)
        with Image.open(folder / "stamped.png") as picture:
            pixels = np.asarray(picture.convert("RGB"))
        Image.fromarray(pixels).save(folder / "copy.png")
        mark = pixels.astype(np.int16) - cover  # moved to another picture
        moved = np.clip(photograph[256:, 128:384] + mark, 0, 255).astype(np.uint8)
        Image.fromarray(moved).save(folder / "moved.png")
        Image.fromarray(cover).save(folder / "like.png")
        changed = bytearray((folder / "stamped.png").read_bytes())
        changed[-20] ^= 1  # inside the picture's data: its hash no longer holds
        (folder / "changed.png").write_bytes(changed)

    return once(tmp_path_factory, "page-studio", make)
