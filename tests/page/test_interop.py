"""Python and the page: what one stamps the other reads, what one asks the other answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from provenance import load_config
from provenance.page import Beliefs, write_page
from provenance.response import read_response
from tests.cli.conftest import run_here
from tests.page.conftest import watched
from tests.page.test_page import examine, open_choices, save


def test_a_request_of_the_page_is_answered_by_python_and_the_answer_proves_it(
    page: Page, studio: Path, tmp_path: Path
) -> None:
    """Claimed by the mark, asked for, answered, dropped: attributed, without a network."""
    examine(page, studio / "copy.png")
    expect(page.locator(".verdict")).to_have_class("verdict claimed")
    open_choices(page)
    _, request = save(page, ".save-request")
    (tmp_path / "request.json").write_bytes(request)
    config = studio / "project" / "provenance.toml"
    answer = tmp_path / "response.json"
    done = run_here("respond", tmp_path / "request.json", "-o", answer, "--config", config)
    assert done.status == 0, done.err
    response = read_response(answer.read_bytes())
    assert (str(response.stamp_id) in page.inner_text("dl"), response.outcome) == (True, "found")
    page.click("#another")
    examine(page, answer)  # an answer alone waits for its picture
    expect(page.locator(".note")).to_contain_text("choose the picture")
    examine(page, studio / "copy.png", studio / "directory.json")
    expect(page.locator(".verdict")).to_have_class("verdict attributed")
    expect(page.locator(".first")).to_contain_text("comes from Example AI")
    expect(page.locator(".verdict")).to_contain_text("“Example AI” is their own word")
    expect(page.locator("#main")).to_contain_text("was checked on this device")


def test_both_say_the_same_of_credentials(page: Page, studio: Path, tmp_path: Path) -> None:
    """The same state, of the file as it was stamped and of one that was changed."""
    blank = tmp_path / "provenance.toml"
    blank.write_text("")
    for file in (studio / "stamped.png", studio / "changed.png"):
        done = run_here("verify", file, "--json", "--no-registry", "--config", blank)
        examine(page, file)
        _, result = save(page, "#save-result")
        ours, theirs = json.loads(result)["verdict"], json.loads(done.out)
        assert (ours["state"], ours["sha256"]) == (theirs["state"], theirs["sha256"])
        page.click("#another")


def test_a_page_with_beliefs_knows_the_producer(
    browser: Browser, built: Path, studio: Path, tmp_path: Path
) -> None:
    config = load_config(studio / "project" / "provenance.toml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("provenance.page.files._BUILT", built)
        write_page(tmp_path / "page", Beliefs.read(directories=config.directory.files))
    own = (tmp_path / "page" / "provenance.html").as_uri()
    context = browser.new_context(locale="fr", offline=True)
    with watched(context, own) as page:
        page.goto(own)
        examine(page, studio / "stamped.png")
        expect(page.locator(".verdict")).to_have_class("verdict attributed")
        expect(page.locator(".first")).to_contain_text("vient de Example AI")
