"""The public page, in a browser: without scripts, in four languages, for whoever can't see it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from provenance.envelope import unseal
from provenance.language import NAMES
from provenance.service.web.pages import POLICY
from provenance.verify import RESULT_TYPE
from tests.browsing import hand_over, open_browser
from tests.service.conftest import SECTION, Service, run_service

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    context = browser.new_context(base_url=service.address, accept_downloads=True)
    page = context.new_page()
    strangers: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: strangers.append(request.url))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert [url for url in strangers if not url.startswith((service.address, "data:"))] == []
    assert [fault for fault in faults if "status of 4" not in fault] == []


def check_access(page: Page) -> None:
    """Look for what keeps people out, in the light and in the dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()


@pytest.fixture(scope="module")
def file(stamped: httpx.Response, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "picture.png"
    path.write_bytes(stamped.content)
    return path


@pytest.mark.parametrize("code", NAMES)
def test_everybody_can_use_the_form(page: Page, code: str) -> None:
    page.goto(f"/?lang={code}")
    assert page.get_attribute("html", "lang") == code
    check_access(page)


def test_a_picture_is_examined(page: Page, file: Path, service: Service) -> None:
    page.goto("/?lang=en")
    page.set_input_files("#file", file)
    page.click("form.check button")
    page.wait_for_selector("#result")
    assert page.evaluate("document.activeElement.id") == "result"
    text = page.inner_text("main")
    assert "Example AI" in text
    assert "Signed credentials (C2PA)" in text
    assert "Invisible mark" in text
    assert page.get_attribute(".verdict", "class") == "verdict attributed"
    check_access(page)
    with page.expect_download() as download:
        page.click("a[download]")
    saved = unseal(Path(download.value.path()).read_bytes(), RESULT_TYPE)
    assert saved.holds
    assert json.loads(saved.payload["verdict"])["state"] == "attributed"
    page.select_option("#opinion", "unclear")
    page.fill("#text", "What is a mark?")
    page.click("form[action='/feedback'] button")
    page.wait_for_selector("h1")
    check_access(page)
    (line,) = map(json.loads, (service.folder / "feedback.jsonl").read_text().splitlines())
    assert (line["opinion"], line["text"]) == ("unclear", "What is a mark?")
    assert set(line) == {"time", "sha256", "opinion", "text"}


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_picture_can_be_dropped_or_pasted(page: Page, file: Path, how: str) -> None:
    page.goto("/?lang=en")
    hand_over(page, file.read_bytes(), how)
    page.wait_for_selector("#result")
    assert "Example AI" in page.inner_text("main")


def test_it_works_without_scripts(browser: Browser, service: Service, file: Path) -> None:
    context = browser.new_context(base_url=service.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/?lang=de")
    page.set_input_files("#file", file)
    page.click("form.check button")
    page.wait_for_selector("#result")
    assert page.get_attribute("html", "lang") == "de"
    assert "Example AI" in page.inner_text("main")
    context.close()


def test_it_fits_a_small_screen(browser: Browser, service: Service, file: Path) -> None:
    """320 CSS pixels wide, as at a zoom of 400 % (WCAG 1.4.10): nothing scrolls sideways."""
    context = browser.new_context(base_url=service.address, viewport={"width": 320, "height": 600})
    page = context.new_page()
    page.goto("/?lang=de")
    narrow = "document.documentElement.scrollWidth <= 320"
    assert page.evaluate(narrow)
    page.set_input_files("#file", file)
    page.click("form.check button")
    page.wait_for_selector("#result")
    assert page.evaluate(narrow)
    context.close()


def test_a_failure_is_told_on_the_page(service: Service) -> None:
    with service.client() as client:
        nothing = client.post("/check", files={"lang": (None, "fr")})
        words = client.post("/check", files={"file": ("a.png", b"<script>alert(1)</script>")})
        address = client.post("/check", files={"address": (None, "http://127.0.0.1/")})
        raw = client.post("/check", content=b"x")
    assert [each.status_code for each in (nothing, words, address, raw)] == [400, 415, 404, 400]
    assert 'lang="fr"' in nothing.text
    assert all("<h1" in each.text for each in (nothing, words, address, raw))
    assert "alert(1)" not in words.text


def test_nothing_is_loaded_from_elsewhere(service: Service) -> None:
    with service.client() as client:
        start, look, script = (client.get(path) for path in ("/", "/look.css", "/page.js"))
    assert start.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert "style=" not in start.text
    assert not re.search(r"(?:src|href|action)=\"(?!/)", start.text)
    assert not re.search(r"url\(|@import|https?:", look.text + script.text)


@pytest.mark.parametrize(
    ("header", "code"), [("de-AT,de;q=0.9", "de"), ("ja,fr;q=0.5", "fr"), ("ja", "en"), ("", "en")]
)
def test_the_browsers_language_is_taken(service: Service, header: str, code: str) -> None:
    with service.client() as client:
        answer = client.get("/", headers={"Accept-Language": header})
    assert f'<html lang="{code}">' in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"opinion": "good"},
        {"opinion": "great", "sha256": "0" * 64},
        {"opinion": "good", "sha256": "x"},
    ],
)
def test_malformed_feedback_is_refused(service: Service, fields: dict[str, str]) -> None:
    with service.client() as client:
        parts = {name: (None, value) for name, value in {"lang": "en", **fields}.items()}
        assert client.post("/feedback", files=parts).status_code == 400


def test_addresses_are_fetched_only_where_that_is_wanted(project_folder: Path) -> None:
    """And then only from the public internet, whatever the stranger names."""
    section = SECTION.replace("metrics = true", "fetch_addresses = true")
    with run_service(project_folder, section) as address, httpx.Client(timeout=60) as client:
        assert 'name="address"' in client.get(address).text
        for named in (address, "http://localhost/", "http://169.254.169.254/latest/", "ftp://x/"):
            answer = client.post(f"{address}/check", files={"address": (None, named)})
            assert answer.status_code == 502, named


def test_a_service_for_keys_alone_has_no_page(project_folder: Path) -> None:
    section = SECTION.replace('"verify", ', "")
    with run_service(project_folder, section) as address:
        assert httpx.get(address).status_code == 404
