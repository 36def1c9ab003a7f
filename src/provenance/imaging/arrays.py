"""Pixels as programs hand them over: arrays and tensors of several kinds and layouts.

What looks like a tensor (it can be detached, and brought to the processor) is asked for its values;
no library of tensors is imported for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeGuard

import numpy as np
from numpy.typing import NDArray

from provenance.errors import UnsupportedFormatError
from provenance.imaging.picture import Picture, make_picture
from provenance.imaging.samples import Samples

CHANNELS = (1, 3, 4)
"""Channels of an array that is a picture: grey, RGB, RGB with alpha."""

FULL = 255
"""The 8-bit sample that stands for 1.0."""

WANTED = (
    "give uint8, uint16, or floats from 0 to 1, of shape (height, width), or with 1, 3 or 4 "
    "channels last or first"
)


class Tensor(Protocol):
    """Anything with values that can be brought to the processor, such as a tensor of PyTorch."""

    def detach(self) -> Any:
        """Leave out how it was computed."""

    def cpu(self) -> Any:
        """Bring it to the processor's memory."""


def is_array(image: object) -> bool:
    """Tell whether this is an array or a tensor."""
    return isinstance(image, np.ndarray) or _is_tensor(image)


def split(images: object) -> Iterator[Any]:
    """Yield the pictures of a batch: (N, H, W, C), (N, C, H, W), or any iterable of pictures."""
    if not is_array(images):
        if isinstance(images, Iterable) and not isinstance(images, str | bytes | bytearray):
            yield from images
            return
        raise UnsupportedFormatError(
            f"A batch can't be made of {type(images).__name__}: give an array (N, H, W, C) or "
            "(N, C, H, W), or a list of pictures."
        )
    values = read_values(images)
    if values.ndim != 4:
        raise UnsupportedFormatError(
            f"An array of shape {values.shape} is not a batch: give (N, H, W, C) or (N, C, H, W)."
        )
    yield from _channels_last(values, _is_tensor(images))


def read_array(image: object) -> Picture:
    """Return the picture in an array or tensor.

    Floats are multiplied by 255 and rounded to the nearest whole number, halves to the even one.

    Raises
    ------
    UnsupportedFormatError
        It is not a picture, or several of them, or has values out of range.
    """
    values = read_values(image)
    if values.ndim == 4 and len(values) == 1:
        values = values[0]
    if values.ndim == 4:
        raise UnsupportedFormatError(
            f"An array of shape {values.shape} holds {len(values)} pictures: use stamp_many."
        )
    if values.ndim == 2:
        values = values[..., None]
    if values.ndim != 3:
        raise _refuse(values)
    values = _round(_channels_last(values, _is_tensor(image)))
    return make_picture(Samples(np.ascontiguousarray(values)))


def read_values(image: object) -> NDArray[Any]:
    """Return the values of an array or tensor, wherever they are kept."""
    if not _is_tensor(image):
        return np.asarray(image)
    values = image.detach().cpu()
    if "bfloat16" in str(values.dtype):  # NumPy has none
        values = values.float()
    return np.asarray(values.numpy())


def _is_tensor(image: object) -> TypeGuard[Tensor]:
    return all(callable(getattr(image, name, None)) for name in ("detach", "cpu"))


def _channels_last(values: NDArray[Any], first: bool) -> NDArray[Any]:
    """Bring channels to the end; where both ends could be channels, ``first`` decides."""
    last_fits, first_fits = values.shape[-1] in CHANNELS, values.shape[-3] in CHANNELS
    if first_fits and (first or not last_fits):
        return np.moveaxis(values, -3, -1)
    if not last_fits:
        raise _refuse(values)
    return values


def _round(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype in (np.uint8, np.uint16):
        return values
    if values.dtype.kind != "f":
        raise _refuse(values)
    steps = np.rint(values.astype(np.float32) * FULL)
    if not np.isfinite(steps).all():
        raise UnsupportedFormatError(
            "The array holds NaN or infinity where a picture has values from 0 to 1; models in "
            "half precision give these when they overflow."
        )
    if not (steps.min(initial=0) >= 0 and steps.max(initial=0) <= FULL):
        raise UnsupportedFormatError(
            f"The array has values from {values.min():g} to {values.max():g}, and floats must lie "
            "from 0 to 1; of values from -1 to 1 give (values + 1) / 2, of values from 0 to 255 "
            "values / 255."
        )
    return steps.astype(np.uint8)


def _refuse(values: NDArray[Any]) -> UnsupportedFormatError:
    return UnsupportedFormatError(
        f"An array of {values.dtype} with shape {values.shape} is not a picture; {WANTED}."
    )
