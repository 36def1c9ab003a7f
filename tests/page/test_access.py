"""Everybody can use the page: axe (WCAG 2.2 AA) by state and language, keyboard, phone width."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from provenance.language import NAMES
from tests.page.conftest import PICTURES, watched
from tests.page.test_page import WAITING, examine, open_choices, release, wait_held

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = 320  # CSS pixels, as at a zoom of 400 % (WCAG 1.4.10)
HANDED_ON = ["response.json", "directory.json"]
GIVEN = {
    "working": ["copy.png"],
    "claimed": ["copy.png"],
    "attributed": ["copy.png", *HANDED_ON],
    "conflict": ["moved.png", *HANDED_ON],
    "similar": ["like.png", *HANDED_ON],
    "tampered": ["changed.png"],
    "none": ["like.png"],
}
"""Files of the studio that lead to each state."""
STATES = ["start", "help", *GIVEN, "failed"]


@pytest.fixture
def narrow(browser: Browser, built: Path) -> Iterator[Page]:
    """The page on a small screen, with its worker held back."""
    own = (built / "provenance.html").as_uri()
    context = browser.new_context(viewport={"width": NARROW, "height": 640}, locale="en-GB")
    context.add_init_script(WAITING)
    context.add_init_script((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    with watched(context, own) as page:
        page.goto(own)
        yield page


def reach(page: Page, state: str, studio: Path, tmp_path: Path) -> None:
    """Bring the page into a state, as a person does."""
    if state == "start":
        return
    if state == "help":
        page.click("#to-help")
        return
    words = tmp_path / "words.png"
    words.write_bytes(b"words")
    files = [studio / name for name in GIVEN.get(state, [])] or [words]
    page.set_input_files("#file", files)
    wait_held(page, 1)
    if state == "working":
        return
    release(page)
    page.wait_for_selector("#result, #again", timeout=120_000)
    if state != "failed":
        expect(page.locator(".verdict")).to_have_class(f"verdict {state}")


@pytest.mark.parametrize("state", STATES)
def test_nothing_keeps_people_out(narrow: Page, studio: Path, tmp_path: Path, state: str) -> None:
    reach(narrow, state, studio, tmp_path)
    for code in NAMES:
        narrow.evaluate("code => { location.hash = code }", code)
        expect(narrow.locator("html")).to_have_attribute("lang", code)
        open_choices(narrow)
        assert narrow.evaluate("document.documentElement.scrollWidth") <= NARROW
        assert find_faults(narrow) == []
    narrow.emulate_media(color_scheme="dark")
    assert find_faults(narrow) == []


def find_faults(page: Page) -> list[str]:
    """Faults that axe finds: the rule, and the element."""
    found: list[str] = page.evaluate(
        """async (rules) => {
            const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
            return found.violations.map((each) => `${each.id}: ${each.nodes[0].html}`);
        }""",
        RULES,
    )
    return found


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_focused()
    for _ in range(3):  # both ways to choose a file, then the help
        page.keyboard.press("Tab")
    expect(page.locator("#to-help")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#talk")).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    expect(page.locator("#country")).to_be_focused()
    page.keyboard.type("Ger")
    expect(page.locator(".helplines")).to_contain_text("HateAid")


def test_helplines_follow_the_country(page: Page) -> None:
    page.click("#to-help")
    open_choices(page)
    expect(page.locator(".helplines")).to_contain_text("Revenge Porn Helpline")  # en-GB
    page.select_option("#country", "")
    expect(page.locator(".helplines")).to_contain_text("no service that it could check")
    page.click("#back")
    examine(page, PICTURES / "unmarked.png")
    open_choices(page)
    page.select_option("#country", "FR")
    expect(page.locator(".helplines a[href='tel:3018']")).to_be_visible()
