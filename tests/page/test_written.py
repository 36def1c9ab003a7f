"""`provenance page` and the service hand on what was built, as it was built."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from pathlib import Path

import httpx
import pytest

from provenance.page import SINGLE, SUMS, Beliefs
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


def test_it_believes_whom_the_config_names(
    carried: Path, project_folder: Path, tmp_path: Path
) -> None:
    """And a name can't end the block of data that it stands in."""
    out, config = tmp_path / "out", project_folder / "provenance.toml"
    assert run_here("page", out, "--config", config).status == 0
    said = (out / "hosted" / "trust.json").read_text("ascii").strip()
    (listed,) = json.loads(said)["directories"]
    assert listed["name"].endswith(".json")
    assert (out / SINGLE).read_text("utf-8").count(f'id="trust">{said}</script>') == 1
    for line in (out / SUMS).read_text("ascii").splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    assert b"<" not in Beliefs(directories=(("</script>", b""),)).to_json()


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
            assert answer.status_code == 200
            if path.name != "trust.json":
                assert answer.content == path.read_bytes()
        (listed,) = client.get("/page/trust.json").json()["directories"]
        own = project_folder / listed["name"]
        assert base64.b64decode(listed["data"]) == own.read_bytes()
        assert client.get(f"/page/{SUMS}").status_code == 404


def test_a_service_without_it_names_none(
    project_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provenance.page.files._BUILT", tmp_path)
    monkeypatch.setattr("provenance.page.files._CHECKOUT", tmp_path)
    with run_service(project_folder) as address, httpx.Client(base_url=address) as client:
        assert "/page/" not in client.get("/").text
        assert client.get("/page/").status_code == 404
