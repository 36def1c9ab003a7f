"""A label that people see: a few words in a corner, put on the picture before it is marked."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from provenance.errors import LabelError
from provenance.imaging import OPAQUE, Picture, Pixels, orient
from provenance.labels.icon import load_icon

CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")
"""Where a visible label may lie."""

HEIGHT_PERCENT = 5
"""Height of the letters in percent of the picture's short side; China's GB 45438 asks for 5."""

SMALLEST_LETTERS = 10
"""Pixels that letters need to be readable, however small the picture."""

LARGEST_PERCENT = 50
"""Greatest height, in percent of the short side: a label must not hide the picture."""

ICON_NAME = "AI"
"""What stands for an icon without a text."""

MAX_TEXT = 64
"""Characters of the text; it is a label, not a caption."""

PAPER, INK = 24, 255
"""Grey levels of ground and letters. Their contrast is 17; WCAG's best grade asks for 7."""

PADDING = 0.4
"""Space around the letters, as a share of their height."""

WIDE_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "PingFang.ttc",
    "msyh.ttc",
)
"""Names of fonts with Chinese letters that systems usually have."""


@dataclass(frozen=True)
class Badge:
    """Text, corner and size of the visible label.

    ``height`` is in percent of the picture's short side. ``font`` is a TrueType or OpenType file,
    needed if neither Pillow's own font nor one of the system has the letters. ``icon`` is a PNG
    that is laid on in place of the text, such as the EU's icon; the text then only names it.

    Raises
    ------
    LabelError
        Text, corner or height is not allowed.
    """

    text: str
    corner: str = "bottom-right"
    height: int = HEIGHT_PERCENT
    font: Path | None = None
    icon: Path | None = None

    def __post_init__(self) -> None:
        if not self.text.strip() or len(self.text) > MAX_TEXT or not self.text.isprintable():
            raise LabelError(f"The visible label needs a text of 1 to {MAX_TEXT} letters.")
        if self.corner not in CORNERS:
            raise LabelError(
                f"{self.corner!r} is not a corner for a visible label; use one of "
                f"{', '.join(CORNERS)}."
            )
        if not 1 <= self.height <= LARGEST_PERCENT:
            raise LabelError(
                f"The visible label can't be {self.height} % high; give 1 to {LARGEST_PERCENT}."
            )


def put_on(picture: Picture, badge: Badge) -> Picture:
    """Return the picture with the badge in its corner, as people see it in any orientation.

    Under the badge, a transparent picture becomes opaque.

    Raises
    ------
    LabelError
        No font has the letters, the icon can't be read, or the picture is too small for them.
    """
    letters = max(SMALLEST_LETTERS, round(min(picture.width, picture.height) * badge.height / 100))
    box = load_icon(badge.icon, 2 * letters) if badge.icon else _draw(badge, letters)
    rgb = picture.rgb.copy()
    view = orient(rgb, picture.orientation)
    height, width = view.shape[:2]
    margin = round(letters * PADDING)
    if box.shape[0] + 2 * margin > height or box.shape[1] + 2 * margin > width:
        raise LabelError(
            f"The visible label {badge.text!r} does not fit into {width} x {height} pixels; "
            "shorten it or lower its height."
        )
    rows = _place("top" in badge.corner, box.shape[0], height, margin)
    columns = _place("left" in badge.corner, box.shape[1], width, margin)
    opacity = box[..., 3:].astype(np.uint16)
    blended = view[rows, columns] * (OPAQUE - opacity) + box[..., :3] * opacity
    view[rows, columns] = (blended + OPAQUE // 2) // OPAQUE
    alpha = picture.alpha
    if alpha is not None:
        alpha = alpha.copy()
        orient(alpha, picture.orientation)[rows, columns] = OPAQUE
    samples = picture.samples and picture.samples.multiply_out()
    if samples is not None and samples.has_alpha:
        values = samples.values.copy()
        orient(values, picture.orientation)[rows, columns, -1] = samples.most
        samples = replace(samples, values=values)
    return replace(picture, alpha=alpha, samples=samples).with_pixels(rgb)


def _place(first: bool, length: int, available: int, margin: int) -> slice:
    start = margin if first else available - margin - length
    return slice(start, start + length)


def _draw(badge: Badge, letters: int) -> Pixels:
    """Draw the text, light on dark: (height, width, 4) uint8, opaque."""
    runs = [(letter, _find_font(badge, letter, letters)) for letter in badge.text]
    boxes = [font.getbbox(letter, anchor="ls") for letter, font in runs]  # from the base line
    above, below = max(-box[1] for box in boxes), max(box[3] for box in boxes)
    padding = max(2, round(letters * PADDING))
    widths = [font.getlength(letter) for letter, font in runs]
    size = (math.ceil(sum(widths)) + 2 * padding, math.ceil(above + below) + 2 * padding)
    image = Image.new("L", size, PAPER)
    draw, across = ImageDraw.Draw(image), float(padding)
    for (letter, font), width in zip(runs, widths, strict=True):
        draw.text((across, padding + above), letter, INK, font, anchor="ls")
        across += width
    return np.asarray(image.convert("RGBA"))


def _find_font(badge: Badge, letter: str, letters: int) -> ImageFont.FreeTypeFont:
    """Return the first font that has the letter, at the size that makes capitals that high.

    Raises
    ------
    LabelError
        No font has it.
    """
    for name in (badge.font,) if badge.font else (None, *WIDE_FONTS):
        font = _open_font(None if name is None else str(name), letters)
        if font is not None and _has_letter(font, letter):
            return font
    missing = f"The font {badge.font} lacks" if badge.font else "No installed font has"
    raise LabelError(
        f"{missing} the letter {letter!r} of the visible label {badge.text!r}; name a font file "
        "that has it, such as Noto Sans CJK, as badge_font in [labels]."
    )


@lru_cache(maxsize=32)
def _open_font(name: str | None, letters: int) -> ImageFont.FreeTypeFont | None:
    """Open a font so that its capitals have this height; None if that is not possible."""
    try:
        trial = ImageFont.load_default(100) if name is None else ImageFont.truetype(name, 100)
        _, top, _, bottom = trial.getbbox("H")
        size = max(1, round(letters * 100 / max(bottom - top, 1)))
        font = ImageFont.load_default(size) if name is None else ImageFont.truetype(name, size)
    except OSError:
        return None
    return font if isinstance(font, ImageFont.FreeTypeFont) else None


def _has_letter(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    """Tell whether the font has the letter: missing letters all get the same shape."""
    return letter.isspace() or bytes(font.getmask(letter)) != bytes(font.getmask("\U0010fffe"))
