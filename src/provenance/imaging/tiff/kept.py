"""Which tags of a TIFF go into the new file: described ones as EXIF, the rest verbatim or named.

EXIF is a TIFF without pixels, so ``Picture.exif`` holds the tags that describe the picture.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.containers import tiff
from provenance.imaging.exif import ORIENTATION_TAG
from provenance.imaging.picture import Block, Picture, accept_dpi
from provenance.imaging.tiff import names
from provenance.losses import Loss, LossKind

DESCRIPTIVE = frozenset(
    {
        *(269, 270, 271, 272, 274, names.X_RESOLUTION, names.Y_RESOLUTION, 285, 286, 287),
        *(names.RESOLUTION_UNIT, 297, 305, 306, 315, 316, 18246, 33432, 33723, 34377),
        *(34665, 34853, *range(40091, 40096)),
    }
)
"""Tags that describe the picture: names, maker, orientation, density, place on the page, software,
time, artist, host, rating, copyright, IPTC, Photoshop's resources, EXIF, GPS, Windows' texts."""

VERBATIM = {
    names.WHITE_POINT: "white point",
    names.PRIMARIES: "primaries",
    names.TRANSFER_FUNCTION: "transfer function",
    32781: "picture's name for OPI",
    33550: "GeoTIFF",
    33922: "GeoTIFF",
    34264: "GeoTIFF",
    34735: "GeoTIFF",
    34736: "GeoTIFF",
    34737: "GeoTIFF",
    42112: "GDAL metadata",
    42113: "GDAL's value for no data",
}
"""Tags that stay true of the marked samples and point nowhere."""

STORAGE = frozenset(
    {
        *range(254, 260),
        *(262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284, 288, 289, 290, 291, 292),
        *(293, 317, 320, 321, 322, 323, 324, 325, 326, 327, 328, 330, 332, 333, 334, 336, 338),
        *(339, 340, 341, 346, 347, *range(512, 522), *range(529, 533), 559),
        *(names.XMP, names.ICC, 52545),
    }
)
"""Tags of how samples are stored, which are written anew; the last is C2PA's manifest."""

_SHORT = 3


def read_exif(page: tiff.Directory) -> bytes | None:
    """Return the tags that describe the picture as EXIF; None when there are none."""
    copied = tiff.copy_entries(page)
    kept: dict[int, tuple[int, bytes] | tiff.Tree] = {
        tag: copied[tag] for tag in sorted(DESCRIPTIVE & copied.keys())
    }
    turned = page.read(ORIENTATION_TAG)
    if turned and 0 <= turned[0] < 1 << 16:
        kept[ORIENTATION_TAG] = (_SHORT, turned[0].to_bytes(2, "little"))
    else:
        kept.pop(ORIENTATION_TAG, None)
    header = b"II*\0" + (8).to_bytes(4, "little")
    return header + tiff.pack_directory(kept, 8) if kept else None


def read_packet(page: tiff.Directory, tag: int) -> bytes | None:
    """Return a packet's bytes, such as XMP; None when there is none."""
    entry = page.entries.get(tag)
    return bytes(entry.value) or None if entry else None


def read_dpi(page: tiff.Directory) -> tuple[float, float] | None:
    """Return pixels per inch, where the file states a unit."""
    per_inch = {names.INCH: 1.0, names.CENTIMETRE: 2.54}
    unit = per_inch.get(page.read(names.RESOLUTION_UNIT, (names.INCH,))[0])
    across, down = (_read_fraction(page, tag) for tag in (names.X_RESOLUTION, names.Y_RESOLUTION))
    return accept_dpi(across * unit, down * unit) if unit else None


def read_blocks(page: tiff.Directory, depth_changes: bool) -> tuple[Block, ...]:
    """Return the tags that are repeated verbatim: type, then value, little-endian."""
    copied = tiff.copy_entries(page)
    return tuple(
        Block(tag.to_bytes(2, "big"), bytes([content[0]]) + content[1])
        for tag, content in sorted(copied.items())
        if tag in VERBATIM
        and isinstance(content, tuple)
        and not (tag == names.TRANSFER_FUNCTION and depth_changes)
    )


def name_blocks(picture: Picture) -> Iterator[str]:
    """Name the tags that have no place in another format."""
    for block in picture.blocks:
        yield VERBATIM[int.from_bytes(block.kind, "big")]


def find_losses(page: tiff.Directory, smaller: int, depth_changes: bool) -> Iterator[Loss]:
    """Yield what the new file will not hold; ``smaller`` copies of the picture are left out."""
    if smaller:
        yield Loss(
            LossKind.PICTURES,
            "The TIFF's smaller copies of the picture, such as thumbnails, are left out.",
        )
    if names.TRANSFER_FUNCTION in page.entries and depth_changes:
        yield Loss(
            LossKind.COLOUR,
            "The TIFF's transfer function is left out, since samples get more bits.",
        )
    left = sorted(page.entries.keys() - DESCRIPTIVE - VERBATIM.keys() - STORAGE)
    if left:
        yield Loss(
            LossKind.PRIVATE,
            "The TIFF holds tags of a program's own, which may not fit the marked pixels and are "
            f"left out: {', '.join(map(str, left))}.",
        )


def _read_fraction(page: tiff.Directory, tag: int) -> float:
    """Return a density, of whatever type; 0 when there is none."""
    entry = page.entries.get(tag)
    if entry is None:
        return 0.0
    if entry.kind == 5 and len(entry.value) >= 8:
        above, below = (int.from_bytes(entry.little[at : at + 4], "little") for at in (0, 4))
        return above / below if below else 0.0
    return float((entry.numbers or (0,))[0])
