"""The only door to Pillow: its decoders are called by name and its many exceptions get one type.

Decoder classes are used directly instead of ``Image.open``: only the formats handled here can run,
whatever the file pretends to be, and ``Limits`` replaces Pillow's size warning.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    PsdImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from provenance.errors import (
    CorruptImageError,
    ImageTooLargeError,
    InputCostError,
    InputError,
    UnsupportedFormatError,
)
from provenance.imaging.picture import Picture, make_picture
from provenance.imaging.samples import Samples

# Pillow warns of damaged metadata, which is to be expected in a stranger's file.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

DECODERS: dict[str, type[ImageFile.ImageFile]] = {
    "PNG": PngImagePlugin.PngImageFile,
    "JPEG": JpegImagePlugin.JpegImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "PSD": PsdImagePlugin.PsdImageFile,
}
"""The decoder of each format that Pillow reads."""

OUT_OF_MEMORY = re.compile(
    r"memory allocation error|out of memory|allocate memory|failed to map segment", re.IGNORECASE
)
"""How libheif and libavif say it, and the loader of a library that a decoder asks for, as errors of
no type of their own: a message alone tells it from damage. Which of two ways libheif takes depends
on where in it the memory ran out."""

WRITTEN = frozenset({"1", "L", "LA", "RGB", "RGBA", "P", "PA"})
"""Pillow's modes of pictures that 8-bit grey or RGB holds."""


@contextmanager
def translate_decoder_errors(what: str) -> Iterator[None]:
    """Turn whatever Pillow raises while it reads ``what``, such as "The picture".

    Decoders raise OSError, SyntaxError, struct.error, ValueError, OverflowError, KeyError and more
    on bad data, so the net is wide on purpose; it covers calls into Pillow only.

    Raises
    ------
    CorruptImageError
        The data is damaged.
    ImageTooLargeError
        The picture is too large for the decoder.
    InputCostError
        The memory does not suffice.
    """
    try:
        yield
    except InputError:
        raise
    except MemoryError as error:
        raise InputCostError(f"{what} needs more memory to decode than there is.") from error
    except Image.DecompressionBombError as error:
        raise ImageTooLargeError(f"{what} is too large to be decoded.") from error
    except Exception as error:
        if OUT_OF_MEMORY.search(str(error)):
            raise InputCostError(f"{what} needs more memory to decode than there is.") from error
        raise CorruptImageError(
            f"{what} can't be decoded, it is damaged: {_reason_of(error)}."
        ) from error


@contextmanager
def translate_encoder_errors(target: str) -> Iterator[None]:
    """Turn whatever an encoder raises, mostly about odd metadata.

    Raises
    ------
    UnsupportedFormatError
        The picture can't be written in this format.
    InputCostError
        The memory does not suffice.
    """
    try:
        yield
    except InputError:
        raise
    except MemoryError as error:
        raise InputCostError(f"{target} needs more memory to write than there is.") from error
    except Exception as error:
        raise UnsupportedFormatError(
            f"This picture can't be written as {target}, perhaps because of its metadata "
            f"({_reason_of(error)}); choose another format or leave its metadata out."
        ) from error


def _reason_of(error: Exception) -> str:
    """Return a library's message on one line, without a full stop."""
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def open_image(data: bytes, kind: str) -> ImageFile.ImageFile:
    """Read the header of a file with the decoder of ``kind``.

    Raises
    ------
    InputError
        It can't be read.
    """
    with translate_decoder_errors(f"The {kind} picture"):
        return DECODERS[kind](BytesIO(data))


def count_frames(image: ImageFile.ImageFile, kind: str) -> int:
    """Return how many frames an opened picture has.

    Raises
    ------
    InputError
        They can't be counted.
    """
    with translate_decoder_errors(f"The {kind} picture"):
        return int(getattr(image, "n_frames", 1))


def decode_pixels(image: Image.Image) -> Picture:
    """Decode an image's pixels; the caller adds what the file says around them.

    Transparency of a palette or key colour becomes an alpha channel. A palette becomes 8-bit colour
    and pure black and white 8-bit grey, since neither leaves room for small changes.
    """
    with translate_decoder_errors("The picture"):
        image.load()
        if image.mode.startswith("I;16"):
            return make_deep_picture(np.asarray(image, dtype=np.uint16)[..., None])
        if image.mode == "CMYK":
            return make_picture(Samples(np.array(image, dtype=np.uint8), inks=True))
        obstacle = _find_obstacle(image.mode)
        view = np.asarray(_reduce_depth(image), dtype=np.uint8)
    picture = make_picture(Samples(view[..., None] if view.ndim == 2 else view))
    return replace(picture, obstacle=obstacle)


def make_deep_picture(own: NDArray[np.uint16]) -> Picture:
    """Return the picture that these 16-bit samples make: (H, W, 1 to 4)."""
    return make_picture(Samples(own))


def _find_obstacle(mode: str) -> str | None:
    if mode in WRITTEN:
        return None
    if mode in ("I", "F"):
        return "This picture has 32 bits per channel"
    return f"This picture is in the colour model {mode}"


def _reduce_depth(image: Image.Image) -> Image.Image:
    """Return the image in mode L, LA, RGB or RGBA."""
    if image.mode in ("I", "F"):
        wide = np.nan_to_num(np.asarray(image, dtype=np.float32))
        whole = np.clip(wide, 0, (1 << 16) - 1).astype(np.uint16)[..., None]
        return Image.fromarray(make_deep_picture(whole).rgb)
    grey = image.mode in ("1", "L", "LA", "La")
    transparent = "transparency" in image.info or image.mode in ("LA", "La", "RGBA", "RGBa", "PA")
    mode = ("L" if grey else "RGB") + ("A" if transparent else "")
    if image.mode == mode:
        return image
    if image.mode == "1":
        image = image.convert("L")
    return image.convert(mode)
