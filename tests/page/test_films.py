"""Films on the page: frames chosen by the bytes that the file has for them, and read together."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from provenance import watermark
from tests import clips
from tests.components import need_module
from tests.page.test_page import examine, save

PAYLOAD, LOCK = bytes.fromhex("1abcde123405cd5a00000007"), bytes.fromhex("c0ffee")
QUALITY = 28
"""Rate factor at which a film keeps the mark in few frames."""


@pytest.fixture(scope="module")
def marked() -> list[NDArray[np.uint8]]:
    mark = watermark.MovingMark(PAYLOAD, lock=LOCK)
    frames = ((frame, mark.change(frame)) for frame in clips.draw())
    return [np.clip(np.rint(luma + change), 0, 255).astype(np.uint8) for luma, change in frames]


def read_result(page: Page) -> dict[str, Any]:
    _, result = save(page, "#save-result")
    verdict: dict[str, Any] = json.loads(result)["verdict"]
    return verdict


def test_frames_that_say_nothing_alone_are_read_together(
    page: Page, marked: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    data = clips.write(marked, quality=QUALITY)
    middle = clips.read(data)[clips.FRAMES // 2]
    assert watermark.detect(np.repeat(middle[..., None], 3, axis=2)) is None
    (tmp_path / "film.mp4").write_bytes(data)
    examine(page, tmp_path / "film.mp4")
    shown = page.locator(".verdict.claimed")
    expect(shown.locator(".first")).to_contain_text("invisible mark in this film")
    expect(shown).to_contain_text(f"{clips.FRAMES} pictures from the film")
    expect(shown).to_contain_text("The mark was seen in the film from 0:00.0 to 0:0")
    assert PAYLOAD.hex() in page.inner_text("dl")
    verdict = read_result(page)
    film = verdict["film"]
    assert (film["frames"], film["looked_at"], film["marked"]["from"]) == (16, 16, 0)
    assert film["seconds"] == pytest.approx(clips.FRAMES / clips.RATE, abs=0.05)
    assert verdict["sha256"] == hashlib.sha256(data).hexdigest()
    codes = [code for finding in verdict["evidence"] for code in finding["codes"]]
    assert codes[:3] == ["film.frames", "film.marked", "watermark.public"]


def test_frames_are_those_of_their_moments_when_a_film_begins_late(
    page: Page, marked: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    (tmp_path / "film.mp4").write_bytes(write_tracks(marked, first=25))
    examine(page, tmp_path / "film.mp4")
    film = read_result(page)["film"]
    assert (film["frames"], film["looked_at"], film["marked"]["from"]) == (16, 16, 1)


def test_frames_are_taken_evenly_where_packets_can_not_be_listed(
    page: Page, marked: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    """Which of two tracks a browser plays is not known."""
    (tmp_path / "film.mp4").write_bytes(write_tracks(marked, tracks=2))
    examine(page, tmp_path / "film.mp4")
    expect(page.locator(".verdict.claimed")).to_contain_text("pictures from the film")
    film = read_result(page)["film"]
    assert film["frames"] is None
    assert film["looked_at"] > clips.FRAMES / 2


def write_tracks(frames: list[NDArray[np.uint8]], *, first: int = 0, tracks: int = 1) -> bytes:
    """A film whose first frame has this number, in so many tracks that are alike."""
    av = need_module("av", "video")
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as film:
        streams = [film.add_stream("libx264", rate=clips.RATE) for _ in range(tracks)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = *clips.SIZE, "yuv420p"
            stream.options = {"crf": str(QUALITY - 4), "threads": "1", "preset": "veryfast"}
        for number, luma in enumerate(frames, first):
            for stream in streams:
                frame = av.VideoFrame.from_ndarray(luma, format="gray").reformat(format="yuv420p")
                frame.pts = number
                film.mux(stream.encode(frame))
        for stream in streams:
            film.mux(stream.encode(None))
    return file.getvalue()


def test_a_film_that_does_not_show_what_was_signed_contradicts_nothing(
    page: Page, browser: Browser, studio: Path, tmp_path: Path
) -> None:
    """What was signed describes one frame, and any of the others shows something else."""
    handed_on = [studio / "response.json", studio / "directory.json"]
    examine(page, studio / "moved.png", *handed_on)
    expect(page.locator(".verdict")).to_have_class("verdict conflict")
    page.click("#another")
    examine(page, record(browser, studio / "moved.png", tmp_path / "film.webm"), *handed_on)
    expect(page.locator(".verdict")).to_have_class("verdict claimed")


def record(browser: Browser, picture: Path, path: Path) -> Path:
    """A film of a picture, as the browser itself records one."""
    page = browser.new_page()
    page.set_content("<img><canvas></canvas>")
    data = page.evaluate(
        """async (picture) => {
            const image = document.querySelector("img");
            image.src = picture;
            await image.decode();
            const canvas = document.querySelector("canvas");
            [canvas.width, canvas.height] = [image.width, image.height];
            const context = canvas.getContext("2d");
            const options = {mimeType: "video/webm", videoBitsPerSecond: 20e6};
            const recorder = new MediaRecorder(canvas.captureStream(0), options);
            const parts = [];
            recorder.ondataavailable = (event) => parts.push(event.data);
            const ended = new Promise((resolve) => { recorder.onstop = resolve; });
            recorder.start();
            for (let n = 0; n < 12; n++) {
                context.drawImage(image, 0, 0);
                recorder.stream.getVideoTracks()[0].requestFrame();
                await new Promise((resolve) => setTimeout(resolve, 60));
            }
            recorder.stop();
            await ended;
            const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
            return btoa(Array.from(bytes, (each) => String.fromCharCode(each)).join(""));
        }""",
        f"data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}",
    )
    page.close()
    path.write_bytes(base64.b64decode(data))
    return path
