"""A browser without a window, and what people do in it with a file."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests.components import need_program

_HAND_OVER = """([data, how, name]) => {
    const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], name, {type: name.endsWith(".png") ? "image/png" : ""}));
    const event = how === "drop"
        ? new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true})
        : new ClipboardEvent("paste", {clipboardData: files, bubbles: true});
    document.body.dispatchEvent(event);
}"""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start the system's Chromium."""
    need_program("chromium")
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def hand_over(page: Page, data: bytes, how: str, name: str = "pasted.png") -> None:
    """Drop or paste a file, a picture by its name, onto a page: ``how`` is "drop" or "paste"."""
    page.evaluate(_HAND_OVER, [base64.b64encode(data).decode(), how, name])
