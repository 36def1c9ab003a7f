"""Reading a TIFF: one page, whose samples are understood exactly, and what describes it."""

from __future__ import annotations

from dataclasses import replace

from provenance.containers import tiff
from provenance.errors import CorruptImageError, UnsupportedFormatError
from provenance.imaging.exif import UPRIGHT, set_orientation
from provenance.imaging.picture import Picture, make_picture
from provenance.imaging.pillow import decode_pixels, open_image
from provenance.imaging.tiff import kept, names
from provenance.imaging.tiff.layout import Layout, UnknownLayoutError, make_error, read_layout
from provenance.imaging.tiff.unpacking import read_samples
from provenance.limits import Limits


def read(data: bytes, limits: Limits) -> Picture:
    """Decode a TIFF file of one page.

    Raises
    ------
    UnsupportedFormatError
        It holds several pictures, or what can't be shown.
    CorruptImageError, ImageTooLargeError
        It is damaged, or over a limit.
    """
    page, *others = tiff.read_pages(data)
    limits.check_size(page.read(names.WIDTH, (0,))[0], page.read(names.LENGTH, (0,))[0])
    smaller = _count_smaller(page, others)
    try:
        _check_parts(page)
        layout = read_layout(page)
        limits.check_size(*_find_padded_size(layout))
        picture = make_picture(read_samples(data, page, layout))
        widened = layout.bits not in (8, 16)
    except UnknownLayoutError as error:
        picture, widened = _look_at(data, limits, str(error).rstrip(".")), False
    return replace(
        picture,
        format="TIFF",
        icc=kept.read_packet(page, names.ICC),
        exif=kept.read_exif(page),
        xmp=kept.read_packet(page, names.XMP),
        dpi=kept.read_dpi(page),
        blocks=kept.read_blocks(page, widened),
        losses=tuple(kept.find_losses(page, smaller, widened)),
    )


def _find_padded_size(layout: Layout) -> tuple[int, int]:
    """Return the size that has to be decoded: tiles reach beyond the picture's edges."""
    if layout.tile is None:
        return layout.width, layout.length
    return layout.across * layout.tile[0], layout.down * layout.tile[1]


def _look_at(data: bytes, limits: Limits, obstacle: str) -> Picture:
    """Return the picture as Pillow sees it, which can be examined but not stamped.

    Raises
    ------
    UnsupportedFormatError
        Pillow does not see it.
    """
    try:
        image = open_image(set_orientation(data, UPRIGHT), "TIFF")
        limits.check_size(*image.size)
        return replace(decode_pixels(image), obstacle=obstacle)
    except CorruptImageError as error:
        raise UnsupportedFormatError(
            f"{obstacle}, which is not handled; save it as grey or RGB with 8 or 16 bits per "
            "channel."
        ) from error


def _count_smaller(page: tiff.Directory, others: list[tiff.Directory]) -> int:
    """Return how many smaller copies of the page the file holds beside it.

    Raises
    ------
    UnsupportedFormatError
        It holds other pages.
    """
    copies = [*_list_below(page), *others]
    kinds = [each.read(names.KIND_OF_PAGE, (0,))[0] for each in others]
    if any(not kind & names.REDUCED or kind & names.MASK for kind in kinds):
        raise UnsupportedFormatError(
            "This TIFF holds several pictures, and only one is handled; save each in its own file."
        )
    return len(copies)


def _check_parts(page: tiff.Directory) -> None:
    """Check that the page is the picture, and all of it.

    Raises
    ------
    UnknownLayoutError
        It is a raw file's thumbnail, or an editor's layers lie beside it.
    """
    below = _list_below(page)
    is_thumbnail = bool(page.read(names.KIND_OF_PAGE, (0,))[0] & names.REDUCED)
    larger = any(_count_pixels(each) > _count_pixels(page) for each in below)
    if names.DNG_VERSION in page.entries or larger or (below and is_thumbnail):
        raise make_error("a camera's raw picture, or a larger one than it shows")
    if names.PHOTOSHOP_LAYERS in page.entries:
        raise make_error("Photoshop's layers")
    if any(each.read(names.KIND_OF_PAGE, (0,))[0] & names.MASK for each in below):
        raise make_error("a mask")


def _list_below(page: tiff.Directory) -> list[tiff.Directory]:
    direct = page.below.get(names.SUB_PICTURES, ())
    return [*direct, *(found for each in direct for found in _list_below(each))]


def _count_pixels(page: tiff.Directory) -> int:
    return page.read(names.WIDTH, (0,))[0] * page.read(names.LENGTH, (0,))[0]
