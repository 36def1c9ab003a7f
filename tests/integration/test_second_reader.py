"""The second implementation: what one writes the other reads, and both decide alike."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from provenance import watermark
from provenance.directory import Directory
from provenance.response import Outcome, read_request, read_response
from provenance.stamp import StampedImage
from provenance.verify import Verifier
from tests.components import need_packages, need_program
from tests.integration.organisations import A_NAME, B_NAME, Provider
from tests.integration.studio import Pixels
from tests.once import once

READER = Path(__file__).resolve().parents[2] / "reader"
SIDE = 256

RUN = "const cli = await import('{folder}/cli.js'); await cli.main({words})"
ASK = "const reader = await import('{folder}/index.js'); console.log(reader.makeRequest({words}))"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_program("node")
    need_packages(READER / "node_modules")

    def build(folder: Path) -> None:
        subprocess.run(["node", "build.mjs", folder / "dist"], cwd=READER, check=True)

    return once(tmp_path_factory, "reader", build) / "dist"


def node(script: str, built: Path, words: object) -> str:
    """What a program of the reader prints."""
    code = script.format(folder=built.as_uri(), words=json.dumps(words))
    return subprocess.run(
        ["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=True
    ).stdout


def read(built: Path, files: Sequence[Path], *more: object) -> list[dict[str, Any]]:
    words = [*map(str, files), "--json", *map(str, more)]
    return [json.loads(line) for line in node(RUN, built, words).splitlines()]


@pytest.fixture(scope="module")
def a(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return Provider.found(tmp_path_factory.mktemp("a"), A_NAME)


@pytest.fixture(scope="module")
def b(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return Provider.found(tmp_path_factory.mktemp("b"), B_NAME)


@pytest.fixture(scope="module")
def small(photographs: Mapping[str, Pixels]) -> Pixels:
    return np.ascontiguousarray(photographs["coffee"][60 : 60 + SIDE, 150 : 150 + SIDE])


@pytest.fixture(scope="module")
def stamped(a: Provider, small: Pixels) -> StampedImage:
    return a.stamp(small)


@pytest.fixture(scope="module")
def files(
    tmp_path_factory: pytest.TempPathFactory,
    stamped: StampedImage,
    b: Provider,
    small: Pixels,
) -> list[Path]:
    """Signed; the same without its manifest; changed; another producer's; another; nothing."""
    with Image.open(io.BytesIO(stamped.data)) as image:
        pixels = image.convert("RGB")
    compressed, plain = io.BytesIO(), io.BytesIO()
    pixels.save(compressed, "JPEG", quality=85)
    Image.fromarray(small).save(plain, "PNG")
    changed = bytearray(stamped.data)
    changed[-200] ^= 1
    contents = {
        "signed.jpg": stamped.data,
        "stripped.jpg": compressed.getvalue(),
        "changed.jpg": bytes(changed),
        "others.jpg": b.stamp(small).data,
        "plain.png": plain.getvalue(),
    }
    folder = tmp_path_factory.mktemp("files")
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in contents]


def judged(verdict: Mapping[str, Any]) -> tuple[object, ...]:
    """What has to be equal in both implementations."""
    worth = ("manifest.", "stamp.", "name.", "fingerprint.", "watermark.", "response.")
    codes = {
        code
        for finding in verdict["evidence"]
        for code in finding["codes"]
        if code.startswith(worth) and not code.startswith("watermark.searched")
    }
    signals = [(each["signal"], each["trusted"]) for each in verdict["summary"]]
    return verdict["state"], verdict["origin"], codes, signals, verdict["freshness"]["revocation"]


@pytest.mark.parametrize("answered", [False, True])
def test_both_implementations_decide_alike(
    built: Path,
    a: Provider,
    files: list[Path],
    stamped: StampedImage,
    answered: bool,
    tmp_path: Path,
) -> None:
    response = tmp_path / "response.json"
    response.write_bytes(a.respond(stamped.record.stamp_id))
    asked = ["--response", response] if answered else []
    given = [read_response(response.read_bytes())] if answered else []
    verifier = Verifier(directory=Directory.load([a.directory]), responses=given)
    found = read(built, files, "--directory", a.directory, *asked)
    states = []
    for file, ours in zip(files, found, strict=True):
        theirs = verifier.verify(file.read_bytes()).to_json_dict()
        assert judged(ours["verdict"]) == judged(theirs), file.name
        assert ours["sha256"] == theirs["sha256"]
        states.append(theirs["state"])
    derived = "attributed" if answered else "claimed"
    assert states == [
        "attributed",
        derived,
        "attributed",
        "claimed",
        "similar" if answered else "none",
    ]


def test_a_mark_of_any_version_is_named_in_every_format(
    built: Path, small: Pixels, tmp_path: Path
) -> None:
    """The command tells the bytes of a mark, and no fields of a version that it does not know."""
    payload = bytes.fromhex("f0e1d2c3b4a5968778695a4b")  # version 15
    marked = Image.fromarray(watermark.embed(small, payload))
    files = [tmp_path / f"marked.{suffix}" for suffix in ("png", "jpg", "webp", "avif")]
    for file in files:
        marked.save(file, quality=90)
    for file, found in zip(files, read(built, files), strict=True):
        (mark,) = found["marks"]
        assert (mark["payload"], mark["fields"]) == (payload.hex(), {"version": 15}), file.name
        assert (found["width"], found["height"]) == marked.size
        assert (found["verdict"]["state"], found["error"]) == ("claimed", None)


def test_neither_names_a_maker_of_a_parent_who_is_not_proved(
    built: Path, a: Provider, b: Provider, small: Pixels, tmp_path: Path
) -> None:
    """B works on A's picture, and on one by a certificate of its own in A's name."""
    parents = {"of-a.jpg": a.stamp(small), "in-a-s-name.jpg": b.stamp_as(A_NAME, small, 700_000)}
    for name, parent in parents.items():
        stamper = b.config.stamper()
        again = stamper.stamp(parent.data, model="m", format="JPEG", force=True)
        (tmp_path / name).write_bytes(again.data)
    (entry,) = Directory.load([a.directory]).producers
    gone = a.publish(
        "gone.json", replace(entry, revoked_at=datetime.now(UTC), reason="stolen", own=None)
    )
    for trusted, directory in ((True, a.directory), (False, gone)):
        verifier = Verifier(directory=Directory.load([directory, b.directory]))
        both = ["--directory", directory, "--directory", b.directory]
        for name, expected in (("of-a.jpg", trusted), ("in-a-s-name.jpg", False)):
            (ours,) = read(built, [tmp_path / name], *both)
            theirs = verifier.verify((tmp_path / name).read_bytes()).to_json_dict()
            told = [(each["signer"], each["trusted"]) for each in theirs["history"]]
            assert told == [(B_NAME, True), (A_NAME, expected)], name
            assert ours["error"] is None, ours
            active, parent = ours["verdict"]["history"]
            assert (active["signer"], active["trusted"]) == (B_NAME, True)
            assert parent["signer"] == A_NAME
            assert not parent["trusted"] or expected  # it may know less, and never says more


def test_a_request_made_there_is_answered_here(
    built: Path, a: Provider, stamped: StampedImage
) -> None:
    stamp_id = str(stamped.record.stamp_id)
    request = read_request(node(ASK, built, stamp_id).encode())
    answer = a.config.responder().answer(request)
    assert (answer.outcome, answer.request) == (Outcome.FOUND, request.sha256)
