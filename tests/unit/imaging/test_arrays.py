"""Pixels as programs hand them over: every kind and layout becomes the same picture."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from provenance import imaging
from provenance.errors import ImageTooLargeError, InputError, UnreadableInputError
from provenance.imaging import load_picture
from provenance.limits import Limits

Pixels = NDArray[np.uint8]


class Tensor:
    """What is asked of a tensor: it lies elsewhere, has a history, and may be in bfloat16."""

    def __init__(self, values: NDArray[Any], place: str = "cuda", kind: str = "") -> None:
        self.values, self.place, self.history = values, place, True
        self.dtype = kind or f"torch.{values.dtype}"

    def detach(self) -> Tensor:
        self.history = False
        return self

    def cpu(self) -> Tensor:
        self.place = "cpu"
        return self

    def float(self) -> Tensor:
        return Tensor(self.values.astype(np.float32), self.place, "torch.float32").detach()

    def numpy(self) -> NDArray[Any]:
        assert self.place == "cpu"
        assert not self.history
        assert "bfloat16" not in self.dtype
        return self.values


@pytest.fixture(scope="module")
def rgb(photograph: Pixels) -> Pixels:
    return np.ascontiguousarray(photograph[:40, :50])


def chw(values: NDArray[Any]) -> NDArray[Any]:
    return np.moveaxis(values, -1, -3)


KINDS: dict[str, Callable[[Pixels], object]] = {
    "uint8": lambda rgb: rgb,
    "float64": lambda rgb: rgb / 255,
    "float32": lambda rgb: (rgb / 255).astype(np.float32),
    "float16": lambda rgb: (rgb / 255).astype(np.float16),
    "channels first": chw,
    "a batch of one": lambda rgb: rgb[None],
    "a batch of one, channels first": lambda rgb: chw(rgb[None] / 255),
    "turned in memory": np.asfortranarray,
    "tensor": lambda rgb: Tensor(chw(rgb / np.float32(255))),
    "tensor of bfloat16": lambda rgb: Tensor(chw(rgb / np.float32(255)), kind="torch.bfloat16"),
    "tensor, channels last": lambda rgb: Tensor(rgb, "cpu"),
    "bytes in memory": lambda rgb: io.BytesIO(imaging.encode(imaging.Picture(rgb))),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_the_same_picture(kind: str, rgb: Pixels) -> None:
    picture, _ = load_picture(KINDS[kind](rgb))  # type: ignore[arg-type]
    np.testing.assert_array_equal(picture.rgb, rgb)
    assert picture.alpha is None
    assert not picture.grey


def test_grey_and_alpha(rgb: Pixels) -> None:
    for array in (rgb[..., 0], rgb[..., :1], chw(rgb[..., :1])):
        picture, _ = load_picture(array)
        assert picture.grey
        np.testing.assert_array_equal(picture.rgb[..., 2], rgb[..., 0])
    with_alpha = np.concatenate((rgb, rgb[..., :1]), axis=2)
    for array in (with_alpha, chw(with_alpha), with_alpha / 255):
        picture, _ = load_picture(array)
        assert picture.alpha is not None
        np.testing.assert_array_equal(picture.alpha, rgb[..., 0])


def test_16_bits_are_kept(rgb: Pixels) -> None:
    deep = rgb * np.uint16(257) + np.uint16(3)
    picture, _ = load_picture(deep)
    assert picture.samples is not None
    np.testing.assert_array_equal(picture.samples.values, deep)
    again = imaging.decode(imaging.encode(picture, "PNG"))
    assert again.samples is not None
    np.testing.assert_array_equal(again.samples.values, deep)


def test_floats_are_rounded_to_the_nearest_step_and_halves_to_the_even_one() -> None:
    steps = np.array([0.0, 0.49, 0.5, 0.51, 1.5, 2.5, 254.5, 254.51, 255.0, 255.4, -0.4])
    row = np.repeat(steps[None, :, None] / 255, 3, axis=2)
    assert load_picture(row)[0].rgb[0, :, 0].tolist() == [0, 0, 0, 1, 2, 2, 254, 255, 255, 255, 0]


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.full((9, 9, 3), -1.0), r"from -1 to -1, .*give \(values \+ 1\) / 2"),
        (np.full((9, 9, 3), 255.0), "floats must lie from 0 to 1"),
        (np.full((9, 9, 3), np.nan), "holds NaN"),
        (np.full((9, 9, 3), np.inf), "or infinity"),
        (np.zeros((9, 9, 3), np.int64), "An array of int64"),
        (np.zeros((9, 9, 3), bool), "An array of bool"),
        (np.zeros((9, 9, 3), complex), "An array of complex128"),
        (np.zeros((9, 9, 2), np.uint8), r"with shape \(9, 9, 2\)"),
        (np.zeros((9,), np.uint8), r"with shape \(9,\)"),
        (np.zeros((2, 9, 9, 3), np.uint8), "holds 2 pictures: use stamp_many"),
        (np.zeros((0, 9, 3), np.uint8), "empty"),
        (np.zeros((2, 2, 9, 9, 3), np.uint8), "is not a picture"),
    ],
)
def test_what_is_no_picture(array: NDArray[Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        load_picture(array)


def test_batches_are_taken_apart(rgb: Pixels) -> None:
    other = rgb[::-1]
    for batch in (np.stack((rgb, other)), chw(np.stack((rgb, other))), [rgb, other]):
        found = [load_picture(each)[0].rgb for each in imaging.split(batch)]
        np.testing.assert_array_equal(found, [rgb, other])
    for other_thing in (rgb, 3, "a.png", b"bytes"):
        with pytest.raises(InputError, match="batch"):
            list(imaging.split(other_thing))


def test_open_files(rgb: Pixels, tmp_path: Any) -> None:
    data = imaging.encode(imaging.Picture(rgb))
    memory = io.BytesIO()
    memory.write(data)  # it stands at its end now
    file = tmp_path / "a.png"
    file.write_bytes(data)
    with file.open("rb") as opened:
        for source in (memory, opened):
            assert load_picture(source)[1] == data
    with pytest.raises(UnreadableInputError, match="can't be read"):
        load_picture(opened)
    with (
        file.open("r", encoding="latin-1") as text,
        pytest.raises(UnreadableInputError, match="bin"),
    ):
        load_picture(text)
    with pytest.raises(ImageTooLargeError):
        load_picture(memory, Limits(max_bytes=len(data) - 1))


def test_a_pillow_picture_keeps_texts_and_exif(rgb: Pixels) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", "a cat, steps: 20")
    texts.add_itxt("Comment", "Größe – 寸法")
    memory = io.BytesIO()
    Image.fromarray(rgb).save(memory, "PNG", pnginfo=texts)
    image = Image.open(memory)
    image.info["prompt"] = "set by a program"
    image.getexif()[0x010E] = "described"
    again = Image.open(io.BytesIO(imaging.encode(load_picture(image)[0], "PNG")))
    again.load()
    kept = {name: again.info[name] for name in ("parameters", "Comment", "prompt")}
    assert kept == {
        "parameters": "a cat, steps: 20",
        "Comment": "Größe – 寸法",
        "prompt": "set by a program",
    }
    assert again.getexif()[0x010E] == "described"
