"""What another format can't hold of a picture."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.imaging import jpeg, png, tiff
from provenance.imaging.picture import Picture
from provenance.losses import Loss, LossKind


def find_losses(picture: Picture, target: str) -> tuple[Loss, ...]:
    """Return what is lost when the picture is written in another format than its own."""
    if target == picture.format:
        return ()
    left = sorted(set(_name_blocks(picture)))
    if not left:
        return ()
    says = (
        f"The {picture.format} holds metadata that is not carried over into {target}: "
        f"{', '.join(left)}; write {picture.format} to keep it."
    )
    return (Loss(LossKind.METADATA, says),)


def _name_blocks(picture: Picture) -> Iterator[str]:
    """Name the blocks that have no place in another format."""
    if picture.format == "PNG":
        yield from (f"text {word!r}" for word in png.list_keywords(picture) if word != png.XMP_WORD)
    if picture.format == "JPEG":
        yield from jpeg.name_blocks(picture)
    if picture.format == "TIFF":
        yield from tiff.name_blocks(picture)
