"""Batches on a device: the marks and answers of NumPy, for tensors of every kind."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import provenance as pv
from provenance.errors import (
    ConfigError,
    ImageTooFlatError,
    ImageTooSmallError,
    InputError,
    PayloadError,
)
from provenance.watermark import detect, detect_batch, embed, embed_batch
from provenance.watermark.batches.looking import list_undecided
from provenance.watermark.batches.tensors import read_batch
from tests.cli.conftest import run_here

pytestmark = pytest.mark.heavy

Pixels = NDArray[np.uint8]

CHANGED, CHANGED_FLAT = 0.005, 0.05
"""Share of samples that may be a grey level off NumPy's: of a photograph, and of a picture that has
hardly any detail, where the trial's JPEG turns a last place into another step."""
FLAT = (2, 4, 5)
"""Places of such pictures among ``contents``."""
KEY, LOCK = bytes(range(32)), b"abc"


@pytest.fixture(scope="module")
def torch() -> Any:
    import torch

    return torch


@pytest.fixture(scope="module")
def device(torch: Any) -> str:
    return os.environ.get("PROVENANCE_DEVICE", "cpu")


def sized(photograph: Pixels, width: int, height: int) -> Pixels:
    return np.asarray(Image.fromarray(photograph).resize((width, height)))


def contents(photograph: Pixels, width: int, height: int) -> Pixels:
    """A photograph, a grey one, one that is nearly flat, noise, a gradient, and a flat one."""
    photo = sized(photograph, width, height)
    grey = np.repeat(photo[..., 1:2], 3, axis=2)
    draw = np.random.default_rng(7)
    noise = draw.integers(0, 256, photo.shape, dtype=np.uint8)
    steps = np.linspace(10, 245, width).astype(np.uint8)
    gradient = np.broadcast_to(steps[:, None], photo.shape)
    faint, flat = (photo // 32 + 200).astype(np.uint8), np.full_like(photo, 230)
    return np.stack((photo, grey, faint, noise, gradient, flat))


def payloads(count: int) -> list[bytes]:
    return [bytes([number + 1] * 12) for number in range(count)]


def by_numpy(pictures: Pixels, key: bytes | None) -> list[Pixels | None]:
    done: list[Pixels | None] = []
    for picture, payload in zip(pictures, payloads(len(pictures)), strict=True):
        try:
            done.append(embed(picture, payload, key, lock=LOCK))
        except ImageTooFlatError:
            done.append(None)
    return done


@pytest.mark.parametrize("key", [None, KEY], ids=["public", "private"])
@pytest.mark.parametrize("size", [(128, 200), (256, 256), (511, 389), (1024, 640), (1500, 1300)])
def test_marks_are_those_of_numpy(
    device: str, photograph: Pixels, size: tuple[int, int], key: bytes | None
) -> None:
    pictures = contents(photograph, *size)
    locks = [LOCK] * len(pictures)
    done = embed_batch(pictures, payloads(len(pictures)), key, locks=locks, device=device)
    for number, wanted in enumerate(by_numpy(pictures, key)):
        marked = done.pictures[number]
        if wanted is None:
            assert isinstance(done.failed[number], ImageTooFlatError)
            np.testing.assert_array_equal(marked, pictures[number])
            continue
        assert number not in done.failed
        apart = np.abs(marked.astype(int) - wanted)
        assert apart.max() <= 1
        assert (apart > 0).mean() <= (CHANGED_FLAT if number in FLAT else CHANGED)
        found = detect(marked, key)
        assert found is not None
        assert found.payload == payloads(number + 1)[number]


@pytest.mark.parametrize("kind", ["uint8", "float16", "float32", "float64"])
@pytest.mark.parametrize("first", [True, False], ids=["channels first", "channels last"])
def test_kinds_and_layouts_come_back_as_they_came(
    torch: Any, device: str, photograph: Pixels, kind: str, first: bool
) -> None:
    pictures = contents(photograph, 320, 256)[:3]
    wanted = embed_batch(pictures, payloads(3), locks=[LOCK] * 3, device=device).pictures
    tensor = torch.from_numpy(pictures).to(device)
    if kind != "uint8":
        tensor = (tensor.float() / 255).to(getattr(torch, kind))
    tensor = tensor.permute(0, 3, 1, 2) if first else tensor  # the strides of channels last
    before = tensor.clone()
    done = embed_batch(tensor, payloads(3), locks=[LOCK] * 3).pictures
    assert done.dtype == tensor.dtype
    assert done.shape == tensor.shape
    assert done.device == tensor.device
    assert torch.equal(tensor, before)
    again = done.permute(0, 2, 3, 1) if first else done
    steps = again if kind == "uint8" else (again.float() * 255).round()
    np.testing.assert_array_equal(steps.cpu().numpy().astype(np.uint8), wanted)


def test_parts_of_larger_tensors_with_gradients(
    torch: Any, device: str, photograph: Pixels
) -> None:
    pictures = contents(photograph, 300, 256)[:4]
    whole = (torch.from_numpy(pictures).to(device).float() / 255).requires_grad_()
    done = embed_batch(whole[::2, 4:260, 10:290], payloads(2), locks=[LOCK] * 2).pictures
    parts = np.ascontiguousarray(pictures[::2, 4:260, 10:290])
    wanted = embed_batch(parts, payloads(2), locks=[LOCK] * 2, device=device).pictures
    np.testing.assert_array_equal((done * 255).round().cpu().numpy().astype(np.uint8), wanted)
    assert not done.requires_grad


def test_neither_batch_nor_coarser_arithmetic_changes_anything(
    torch: Any, device: str, photograph: Pixels
) -> None:
    pictures = contents(photograph, 512, 384)[:3]
    together = embed_batch(pictures, payloads(3), locks=[LOCK] * 3, device=device).pictures
    with torch.autocast(device.partition(":")[0], dtype=torch.bfloat16):
        hasty = embed_batch(pictures, payloads(3), locks=[LOCK] * 3, device=device).pictures
    np.testing.assert_array_equal(together, hasty)
    for number in range(3):
        alone = slice(number, number + 1)
        words = payloads(3)[alone]
        one = embed_batch(pictures[alone], words, locks=[LOCK], device=device).pictures[0]
        apart = np.abs(one.astype(int) - together[number])
        assert apart.max() <= 1
        assert (apart > 0).mean() <= (CHANGED_FLAT if number in FLAT else CHANGED)


def handled(picture: Pixels, payload: bytes) -> list[Pixels]:
    """A marked picture and what is done to such, all of one size."""
    height, width = picture.shape[:2]
    marked = embed(picture, payload, lock=LOCK)
    image = Image.fromarray(marked)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=30)
    larger = image.resize((width * 5 // 4, height * 5 // 4)).crop((40, 30, 40 + width, 30 + height))
    turned = image.rotate(7, Image.Resampling.BICUBIC)
    half = image.crop((width // 4, height // 4, width * 3 // 4, height * 3 // 4))
    again = (Image.open(file), larger, turned, half.resize((width, height)))
    return [marked, 255 - marked, *(np.asarray(each) for each in again)]


@pytest.mark.parametrize("size", [(40, 64), (256, 256), (640, 480), (1400, 1200)])
def test_answers_are_those_of_the_hasty_search(
    torch: Any, device: str, photograph: Pixels, size: tuple[int, int]
) -> None:
    pictures = list(contents(photograph, *size))
    if min(size) >= 128:
        pictures += handled(pictures[0], payloads(1)[0])
    answers = detect_batch(np.stack(pictures), device=device)
    assert answers == [detect(each, hasty=True) for each in pictures]
    assert any(answers) == (min(size) >= 128)


def test_most_unmarked_pictures_are_let_go(torch: Any, device: str, photograph: Pixels) -> None:
    parts = [photograph[top : top + 200, left : left + 260]
             for top in range(0, 200, 40) for left in range(0, 200, 50)]  # fmt: skip
    undecided = list_undecided(read_batch(np.stack(parts), device).pixels)
    assert len(undecided) < 0.6 * len(parts)


def test_what_is_no_batch(torch: Any, photograph: Pixels) -> None:
    small = torch.from_numpy(photograph[:64, :64].copy())[None]
    for wrong in (
        small[0], small[..., :2], small.long(), small.bfloat16(), small.float(), small[:0],
        (small.float() - 300), small.float() * float("nan"), [photograph], "a.png",
    ):  # fmt: skip
        with pytest.raises(InputError):
            embed_batch(wrong, [bytes(12)])
    with pytest.raises(ImageTooSmallError):
        embed_batch(small, [bytes(12)])
    large = torch.zeros((2, 3, 130, 130), dtype=torch.uint8)
    for words, locks in (([bytes(12)], None), ([bytes(12)] * 2, [LOCK]), ([b"", b""], None)):
        with pytest.raises(PayloadError):
            embed_batch(large, words, locks=locks)


def test_pictures_that_do_not_fit_are_done_one_by_one(
    torch: Any, device: str, photograph: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = contents(photograph, 256, 256)[:2]
    monkeypatch.setattr("provenance.watermark.batches.planes.MOST_SIDE", 255)
    done = embed_batch(pictures, payloads(2), locks=[LOCK] * 2, device=device).pictures
    for marked, wanted in zip(done, by_numpy(pictures, None), strict=True):
        assert wanted is not None
        np.testing.assert_array_equal(marked, wanted)
    assert detect_batch(done, device=device) == [detect(each, hasty=True) for each in done]


@pytest.fixture
def project(tmp_path: Path) -> pv.Config:
    assert run_here("init", tmp_path / "studio", "--producer", "Example AI").status == 0
    return pv.load_config(tmp_path / "studio" / "provenance.toml")


def test_stamps_of_a_batch_are_attributed(
    torch: Any, device: str, photograph: Pixels, project: pv.Config
) -> None:
    pictures = contents(photograph, 400, 300)[[0, 1, 5]]
    batch = torch.from_numpy(pictures).to(device).permute(0, 3, 1, 2)
    stamper = project.stamper()
    stamped = stamper.embed_batch(batch, model="m", format="JPEG", fresh=True)
    done = [each for each in stamped if isinstance(each, pv.StampedImage)]
    assert len(done) == 3
    assert len({each.record.stamp_id for each in done}) == 3
    for each in done:
        assert each.marked
        verdict = project.verifier().verify(each.data)
        assert verdict.state is pv.State.ATTRIBUTED
    again = stamper.embed_batch(batch[:, :, :100, :100], model="m")
    assert all(isinstance(each, ImageTooSmallError) for each in again)
    kept = stamper.best_effort().embed_batch(batch[:, :, :100, :100], model="m")
    assert [isinstance(each, pv.StampedImage) and each.marked for each in kept] == [False] * 3


def test_an_array_is_a_batch_too_and_a_list_is_not(
    torch: Any, photograph: Pixels, project: pv.Config
) -> None:
    pictures = contents(photograph, 256, 256)[:2]
    stamped = project.stamper().embed_batch(pictures, model="m")
    assert [isinstance(each, pv.StampedImage) for each in stamped] == [True, True]
    with pytest.raises(InputError, match="stamp_many"):
        project.stamper().embed_batch(list(pictures), model="m")
    with pytest.raises(TypeError):
        project.stamper().embed_batch(pictures, model="m", to="a.png")


def test_a_device_that_is_not_here_is_refused_in_words(photograph: Pixels) -> None:
    with pytest.raises(ConfigError, match="can't use the device hologram here"):
        embed_batch(photograph[None, :128, :128], payloads(1), device="hologram")
