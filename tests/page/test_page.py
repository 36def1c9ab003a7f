"""The page in a browser: from the disk and hosted, without a network, for whoever can't see it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from provenance.language import NAMES
from provenance.response import read_request
from tests.browsing import hand_over
from tests.page.conftest import PICTURES, build, watched

MARKED = PICTURES / "as-marked.png"
STAMP_ID = "02b843950a71c4339de774fd"
PATIENCE = 120_000  # milliseconds: a busy machine is not a fault
MOST_LOADED = 3 * 10**6
"""Bytes of the hosted page at the first visit, compressed."""

WAITING = """
const Real = Worker;
window.held = [];
window.flowing = false;
window.Worker = class extends Real {
    postMessage(...words) {
        const go = () => super.postMessage(...words);
        if (window.flowing) go();
        else window.held.push(go);
    }
};
"""
"""Holds back what the page asks of its worker, so that it stays at work."""

CONTROLLED = """async () => {
    while (!navigator.serviceWorker.controller) await new Promise((on) => setTimeout(on, 5));
}"""
STEPS = """
window.steps = [];
window.stop = false;
const Held = window.Worker;
window.Worker = class extends Held {
    constructor(...words) {
        super(...words);
        this.addEventListener("message", ({data}) => {
            if (data.kind !== "progress") return;
            window.steps.push([data.progress.step, data.progress.share]);
            if (window.stop && data.progress.step === "further")
                document.querySelector("#cancel").click();
        });
    }
};
"""
"""Keeps what the worker tells of its way, and stops it during the further search if asked to."""


def wait_held(page: Page, count: int) -> None:
    """Wait until so many questions are held back; Playwright's own way would be against the CSP."""
    page.evaluate(
        """async (count) => {
            while (window.held.length < count) await new Promise((on) => setTimeout(on, 5));
        }""",
        count,
    )


def release(page: Page) -> None:
    """Let what is held back go on, and all that follows."""
    page.evaluate("window.flowing = true; window.held.splice(0).forEach((go) => go())")


def examine(page: Page, *files: Path) -> None:
    page.set_input_files("#file", files)
    page.wait_for_selector("#result, #again, .note", timeout=PATIENCE)


def save(page: Page, button: str) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.click(button)
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def open_choices(page: Page) -> None:
    page.eval_on_selector_all("details", "all => all.forEach((each) => { each.open = true })")


# --- a picture is examined ----------------------------------------------------------------------


def test_a_mark_is_found_and_can_be_followed(page: Page) -> None:
    examine(page, MARKED)
    expect(page.locator(".verdict.claimed .first")).to_contain_text("invisible mark")
    assert page.evaluate("document.activeElement.id") == "result"
    assert STAMP_ID in page.inner_text("dl")
    open_choices(page)
    name, request = save(page, ".save-request")
    asked = read_request(request)
    assert (name, str(asked.stamp_id), asked.sealed and asked.sealed.chain) == (
        "request.json",
        STAMP_ID,
        (),
    )
    _, sheet = save(page, "#save-sheet")
    digest = hashlib.sha256(MARKED.read_bytes()).hexdigest()
    assert STAMP_ID in sheet.decode()
    assert digest in sheet.decode()
    _, result = save(page, "#save-result")
    verdict = json.loads(result)["verdict"]
    assert (verdict["state"], verdict["sha256"]) == ("claimed", digest)
    for written in (request, sheet, result):
        assert MARKED.stem.encode() not in written  # no file says what the picture is called


def test_no_mark_is_said_without_a_doubt_about_anybody(page: Page) -> None:
    examine(page, PICTURES / "unmarked.png")
    expect(page.locator(".verdict.none .first")).to_have_text("No trace was found in this picture.")
    open_choices(page)
    assert page.locator(".save-request").count() == 0
    page.click("#another")
    expect(page.locator("h1")).to_have_text("Where does this picture come from?")


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_picture_can_be_dropped_or_pasted(page: Page, how: str) -> None:
    hand_over(page, (PICTURES / "half.png").read_bytes(), how)
    page.wait_for_selector(".verdict.claimed", timeout=PATIENCE)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "HEIC"),
        (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(64), "film"),
        (b"not a picture", "screenshot"),
        (b'{"a": 1}', "file.bin"),
    ],
    ids=["HEIC", "film", "nothing known", "JSON"],
)
def test_what_can_not_be_opened_gets_a_kind_sentence(
    page: Page, tmp_path: Path, head: bytes, says: str
) -> None:
    file = tmp_path / "file.bin"
    file.write_bytes(head)
    examine(page, file)
    expect(page.locator(".verdict .first")).to_contain_text(says)
    expect(page.locator(".verdict")).to_contain_text("not your fault")
    page.click("#again")
    examine(page, PICTURES / "half.png")
    expect(page.locator(".verdict")).to_have_class("verdict claimed")


def test_what_was_found_stays_whatever_else_is_dropped(page: Page) -> None:
    examine(page, PICTURES / "half.png")
    open_choices(page)
    _, request = save(page, ".save-request")
    for name, data, says in (
        ("request.json", request, "request.json is the request to the producer"),
        ("words.json", b'{"a": 1}', "words.json could not be used here"),
    ):
        hand_over(page, data, "drop", name)
        expect(page.locator(".note").first).to_contain_text(says)
        expect(page.locator(".verdict")).to_have_class("verdict claimed")
    page.evaluate("location.hash = 'de'")
    expect(page.locator(".note").first).to_contain_text("konnte hier nicht verwendet werden")


def test_of_several_pictures_the_first_is_examined_and_the_page_says_so(page: Page) -> None:
    examine(page, PICTURES / "half.png", PICTURES / "unmarked.png")
    expect(page.locator(".note").first).to_contain_text("about half.png. The others have not")
    expect(page.locator(".verdict")).to_have_class("verdict claimed")
    page.click("#another")
    examine(page, PICTURES / "half.png")
    assert page.locator(".note:visible").count() == 0


def test_an_answer_that_can_not_be_checked_is_told_in_words(page: Page, studio: Path) -> None:
    examine(page, studio / "copy.png", studio / "response.json")
    expect(page.locator("main")).to_contain_text("does not know who answers for this producer")
    assert "number_unknown" not in page.inner_text("main")


def test_work_can_be_stopped_at_any_moment(page: Page) -> None:
    page.add_init_script(WAITING)
    page.reload()
    page.set_input_files("#file", MARKED)
    wait_held(page, 1)
    expect(page.locator("progress")).to_have_attribute("value", "0")
    page.click("#cancel")
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator("[role=status]")).to_have_text("Stopped. Nothing was kept.")
    page.evaluate("window.held[0]()")  # the worker is gone: nothing comes of it
    page.set_input_files("#file", PICTURES / "half.png")
    wait_held(page, 2)
    release(page)
    page.wait_for_selector(".verdict.claimed", timeout=PATIENCE)


def test_the_search_past_a_mark_is_told_and_can_be_stopped(page: Page, studio: Path) -> None:
    page.add_init_script(WAITING + STEPS)
    page.reload()
    page.set_input_files("#file", [studio / "stamped.png"])  # nobody here knows its signer
    wait_held(page, 1)
    release(page)
    page.wait_for_selector("#result", timeout=PATIENCE)
    steps = page.evaluate("window.steps")
    further = [share for step, share in steps if step == "further"]
    assert len(set(further)) > 3  # the bar moves on
    assert sorted(further) == further
    page.click("#another")
    page.evaluate("window.stop = true")  # as if it was clicked when that begins
    page.set_input_files("#file", [studio / "stamped.png"])
    expect(page.locator("[role=status]")).to_have_text("Stopped. Nothing was kept.")
    expect(page.locator("h1")).to_be_focused()


def test_the_way_out_leaves_nothing_behind(page: Page) -> None:
    before = page.evaluate("history.length")
    page.click(".leave")
    page.wait_for_url("about:blank")
    assert page.evaluate("history.length") == before  # it took the page's place


# --- hosted ---------------------------------------------------------------------------------------


@pytest.fixture
def hosted(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(locale="de-AT", accept_downloads=True)
    with watched(context, address) as page:
        page.goto(address)
        yield page


def test_the_hosted_page_works_on_without_a_network(hosted: Page) -> None:
    hosted.evaluate("navigator.serviceWorker.ready")
    hosted.context.set_offline(True)
    hosted.reload()
    expect(hosted.locator("html")).to_have_attribute("lang", "de")
    examine(hosted, PICTURES / "half.png")
    expect(hosted.locator(".verdict.claimed")).to_be_visible()


def test_without_a_network_the_mark_is_told_and_credentials_are_read_later(
    browser: Browser, address: str, studio: Path
) -> None:
    """The program that reads them is loaded at the first need: it may not be there yet."""
    context = browser.new_context(locale="en-GB")
    with watched(context, address, expected="Failed to load resource") as page:
        page.goto(address)
        page.evaluate(CONTROLLED)
        context.set_offline(True)
        examine(page, studio / "stamped.png")
        expect(page.locator(".verdict.claimed .first")).to_contain_text("invisible mark")
        expect(page.locator(".verdict")).to_contain_text("carries signed credentials")
        page.evaluate("location.hash = 'fr'")
        expect(page.locator("#retry")).to_have_text("Lire les informations maintenant")
        page.evaluate("location.hash = 'en'")
        page.click("#retry")  # still without a network: the same, and no failure
        expect(page.locator("#retry")).to_be_visible(timeout=PATIENCE)
        context.set_offline(False)
        page.click("#retry")
        expect(page.locator("h1#result")).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".verdict.claimed")).to_be_visible()
        expect(page.locator("#retry")).to_have_count(0)
        assert "signed credentials" not in page.inner_text(".verdict")
        context.set_offline(True)  # now it is kept
        page.click("#another")
        examine(page, studio / "stamped.png")
        expect(page.locator("#retry")).to_have_count(0)


def test_the_hosted_page_can_be_installed(hosted: Page) -> None:
    session = hosted.context.new_cdp_session(hosted)
    found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [each for each in errors if each["errorId"] != "in-incognito"] == []


def test_each_file_is_named_with_its_digest(built: Path) -> None:
    page = (built / "hosted" / "index.html").read_text("utf-8")
    for tag in ("script src", "link rel="):
        for part in page.split(f"<{tag}")[1:]:
            attributes = part.partition(">")[0]
            if "stylesheet" in attributes or tag == "script src":
                name = next(x for x in attributes.split('"') if x.endswith((".js", ".css")))
                digest = hashlib.sha384((built / "hosted" / name).read_bytes()).digest()
                assert f'integrity="sha384-{base64.b64encode(digest).decode()}"' in attributes


# --- the build ----------------------------------------------------------------------------------


def test_a_second_build_has_the_same_bytes(built: Path, tmp_path: Path) -> None:
    build(tmp_path / "again")
    first, second = (
        {
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in (built, tmp_path / "again")
    )
    assert first == second


def test_digests_of_all_files_are_published(built: Path) -> None:
    lines = (built / "SHA256SUMS").read_text("ascii").splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    files = {
        path.relative_to(built).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in built.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    assert listed == files


def test_the_first_visit_is_small(built: Path) -> None:
    files = (path for path in (built / "hosted").iterdir() if path.suffix != ".wasm")
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < MOST_LOADED


def test_nothing_is_named_that_lies_elsewhere(built: Path) -> None:
    page = (built / "provenance.html").read_text("utf-8")
    assert "unsafe-inline" not in page
    assert " src=" not in page.replace("<script src", "")
    assert not any(word in page for word in ("@import", "url(", "style="))


# --- everybody can use it -------------------------------------------------------------------------


def test_every_language_is_offered(page: Page) -> None:
    assert set(NAMES) == set(
        page.eval_on_selector_all("header nav a", "all => all.map((each) => each.lang)")
    )
