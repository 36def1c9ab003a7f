"""`provenance page` and the service hand on what was built, as it was built."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from provenance.page import SINGLE, SUMS
from provenance.service.web.offline import POLICY
from tests.cli.conftest import run_here
from tests.service.conftest import run_service


@pytest.fixture
def carried(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The built page in its place in the package, as in a wheel."""
    folder = shutil.copytree(built, tmp_path / "carried")
    monkeypatch.setattr("provenance.page.files._BUILT", folder)
    return folder


def test_the_page_is_written_once(carried: Path, built: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run_here("page", out).status == 0
    for path in built.rglob("*"):
        if path.is_file():
            assert (out / path.relative_to(built)).read_bytes() == path.read_bytes()
    run_here("page", out).failed_with(2, "output.exists")
    (out / SINGLE).write_text("older")
    assert run_here("page", out, "--force").status == 0
    assert (out / SINGLE).read_bytes() == (built / SINGLE).read_bytes()


def test_a_changed_file_is_not_handed_on(carried: Path, tmp_path: Path) -> None:
    (carried / SINGLE).write_text("<script>")
    done = run_here("page", tmp_path / "out")
    done.failed_with(2, "page")
    assert SINGLE in done.err
    assert not (tmp_path / "out").exists()


def test_a_copy_without_the_page_says_how_to_build_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provenance.page.files._BUILT", tmp_path)
    monkeypatch.setattr("provenance.page.files._CHECKOUT", tmp_path)
    done = run_here("page", tmp_path / "out")
    done.failed_with(2, "page")
    assert "make page" in done.err


def test_the_service_serves_it(carried: Path, built: Path, project_folder: Path) -> None:
    with run_service(project_folder) as address, httpx.Client(base_url=address) as client:
        assert 'href="/page/?lang=fr"' in client.get("/?lang=fr").text
        page = client.get("/page/")
        assert page.content == (built / "hosted" / "index.html").read_bytes()
        assert page.headers["content-security-policy"] == POLICY
        for path in (built / "hosted").iterdir():
            answer = client.get(f"/page/{path.name}")
            assert (answer.status_code, answer.content) == (200, path.read_bytes())
        assert client.get(f"/page/{SUMS}").status_code == 404


def test_a_service_without_it_names_none(
    project_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provenance.page.files._BUILT", tmp_path)
    monkeypatch.setattr("provenance.page.files._CHECKOUT", tmp_path)
    with run_service(project_folder) as address, httpx.Client(base_url=address) as client:
        assert "/page/" not in client.get("/").text
        assert client.get("/page/").status_code == 404
