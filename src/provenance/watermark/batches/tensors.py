"""Batches in and out: tensors and arrays of several kinds and layouts become uint8 on a device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from provenance.distribution import load_extra
from provenance.errors import ConfigError, UnsupportedFormatError
from provenance.text import show_name

Tensor: TypeAlias = Any
"""A tensor of PyTorch, which is an extra: its types are not there to check against."""

COLOURS = 3
"""Channels of each picture: red, green, blue."""
FULL = 255
"""The sample of 8 bits that stands for 1.0."""
_WANTED = (
    "give RGB of shape (N, H, W, 3) or (N, 3, H, W), as uint8 or as floats from 0 to 1 that can "
    "hold 8 bits (float16, float32, float64)"
)


def load_torch() -> Any:
    """Import PyTorch.

    Raises
    ------
    ConfigError
        It is not installed.
    """
    return load_extra("A batch on a device needs", "torch", "torch")


@dataclass(frozen=True)
class Batch:
    """Pictures on a device, and how they were handed over.

    ``pixels`` is uint8, shape (pictures, height, width, 3).
    """

    pixels: Tensor
    kind: Any
    first: bool
    array: bool

    def hand_back(self, pixels: Tensor) -> Any:
        """Return other pixels as these were handed over: layout, type, device, array or tensor."""
        if self.kind != pixels.dtype:
            pixels = (pixels.float() / FULL).to(self.kind)
        if self.first:
            pixels = pixels.permute(0, 3, 1, 2)
        pixels = pixels.contiguous()
        return pixels.cpu().numpy() if self.array else pixels


def read_batch(pictures: object, device: str | None = None) -> Batch:
    """Bring a batch to uint8 and channels last, on its own device or another.

    Floats are rounded to the nearest of 255 steps, halves to the even one.

    Raises
    ------
    ConfigError
        PyTorch is not installed, or has no such device here.
    UnsupportedFormatError
        These are not RGB pictures of one size, or values are out of range.
    """
    torch = load_torch()
    _check_device(torch, device)
    array = isinstance(pictures, np.ndarray)
    values = torch.from_numpy(np.ascontiguousarray(pictures)) if array else pictures
    if not isinstance(values, torch.Tensor):
        raise UnsupportedFormatError(f"{type(pictures).__name__} is not a batch: {_WANTED}.")
    holds = (torch.uint8, torch.float16, torch.float32, torch.float64)
    first = _channels_first(tuple(values.shape), prefer=not array)
    if first is None or values.dtype not in holds or not values.numel():
        kind = str(values.dtype).removeprefix("torch.")
        shape = tuple(values.shape)
        raise UnsupportedFormatError(f"{kind} of shape {shape} is not a batch: {_WANTED}.")
    kind, values = values.dtype, values.detach().to(device or values.device)
    pixels = _round(torch, values.permute(0, 2, 3, 1) if first else values)
    return Batch(pixels.contiguous(), kind, first, array)


def _check_device(torch: Any, device: str | None) -> None:
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # the second of a build for the processor alone
        raise ConfigError(
            f"PyTorch can't use the device {show_name(device or '')} here: choose another, such as "
            "cpu, or mend its driver."
        ) from error


def _channels_first(shape: tuple[int, ...], *, prefer: bool) -> bool | None:
    """Tell where the colours are; where it could be both, ``prefer`` decides, and None is neither.

    So do ``Stamper.stamp`` and ``stamp_many``: tensors have them first, arrays last.
    """
    if len(shape) != 4 or COLOURS not in (shape[1], shape[3]):
        return None
    return shape[1] == COLOURS and (prefer or shape[3] != COLOURS)


def _round(torch: Any, values: Tensor) -> Tensor:
    if values.dtype == torch.uint8:
        return values
    steps = (values.float() * FULL).round()
    if not bool(((steps >= 0) & (steps <= FULL)).all()):  # false of NaN as well
        raise UnsupportedFormatError(
            f"The batch has values from {float(values.min()):g} to {float(values.max()):g}, and "
            "floats must lie from 0 to 1; of values from -1 to 1 give (values + 1) / 2, of values "
            "from 0 to 255 values / 255."
        )
    return steps.to(torch.uint8)
