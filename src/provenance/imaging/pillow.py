"""The only door to Pillow: its decoders are called by name and its many exceptions get one type.

Decoder classes are used directly instead of ``Image.open``: only the formats handled here can run,
whatever the file pretends to be, and Pillow's size warning is replaced by `Limits`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from PIL import (
    AvifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from provenance.errors import (
    CorruptImageError,
    ImageTooLargeError,
    InputError,
    UnsupportedFormatError,
)
from provenance.imaging.picture import Pixels

DECODERS: dict[str, type[ImageFile.ImageFile]] = {
    "PNG": PngImagePlugin.PngImageFile,
    "JPEG": JpegImagePlugin.JpegImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
}


@contextmanager
def pillow_errors(what: str) -> Iterator[None]:
    """Turn whatever Pillow raises while it reads ``what`` into an InputError.

    Decoders raise OSError, SyntaxError, struct.error, ValueError, OverflowError, KeyError and more
    on bad data, so the net is wide on purpose; it covers calls into Pillow only.
    """
    try:
        yield
    except InputError:
        raise
    except (MemoryError, Image.DecompressionBombError) as exc:
        raise ImageTooLargeError(f"{what} needs more memory than there is to decode") from exc
    except Exception as exc:
        reason = " ".join(str(exc).split()) or type(exc).__name__
        raise CorruptImageError(f"{what} can't be decoded, it is damaged: {reason}") from exc


def open_image(data: bytes, kind: str) -> ImageFile.ImageFile:
    """Read the header of a file with the decoder of ``kind``; InputError when it can't be."""
    with pillow_errors(f"the {kind} picture"):
        image = DECODERS[kind](BytesIO(data))
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        raise animated(kind, frames)
    return image


def animated(kind: str, frames: int | None = None) -> UnsupportedFormatError:
    """Return the error for a moving picture."""
    count = f" of {frames} frames" if frames else ""
    return UnsupportedFormatError(
        f"this is an animated {kind}{count} and only still pictures are handled; "
        "save the frames as separate pictures"
    )


def pixels_of(image: Image.Image) -> tuple[Pixels, Pixels | None, bool, str | None]:
    """Decode an image to 8-bit colour.

    Returns
    -------
    rgb
        (H, W, 3) uint8.
    alpha
        (H, W) uint8 or None; a palette's or a key colour's transparency becomes an alpha channel.
    grey
        Whether the image has one colour channel.
    obstacle
        Why these pixels hold less than the image does, or None.
    """
    with pillow_errors("the picture"):
        image.load()
        obstacle = _obstacle(image.mode)
        samples = np.asarray(_eight_bit(image), dtype=np.uint8)
    if samples.ndim == 2:
        samples = samples[..., None]
    grey = samples.shape[2] < 3
    colour = samples[..., :1] if grey else samples[..., :3]
    rgb = np.repeat(colour, 3, axis=2) if grey else np.ascontiguousarray(colour)
    alpha = np.ascontiguousarray(samples[..., -1]) if samples.shape[2] in (2, 4) else None
    return rgb, alpha, grey, obstacle


def _eight_bit(image: Image.Image) -> Image.Image | Pixels:
    """Return the image in mode L, LA, RGB or RGBA, or the samples of a 16-bit grey one."""
    if image.mode.startswith("I"):
        wide = np.clip(np.asarray(image).astype(np.int64), 0, 65_535)
        return ((wide + 128) // 257).astype(np.uint8)  # 65535 / 257 = 255, rounded
    grey = image.mode in ("1", "L", "LA", "La")
    transparent = "transparency" in image.info or image.mode in ("LA", "La", "RGBA", "RGBa", "PA")
    mode = ("L" if grey else "RGB") + ("A" if transparent else "")
    if image.mode == mode:
        return image
    if image.mode == "1":
        image = image.convert("L")
    return image.convert(mode)


def _obstacle(mode: str) -> str | None:
    if mode in ("L", "LA", "RGB", "RGBA", "P", "PA"):
        return None
    if mode == "1":
        return "this is a picture in pure black and white (1 bit)"
    if mode.startswith(("I", "F")):
        return "this picture has more than 8 bits per channel"
    return f"this picture is in the colour model {mode}"
