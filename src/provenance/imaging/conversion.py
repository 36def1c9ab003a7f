"""What another format can't hold of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provenance.imaging import companions, jpeg, png_texts, tiff
from provenance.imaging.picture import OPAQUE, Picture
from provenance.losses import Loss, LossKind

ALWAYS_LOSSY = frozenset({"JPEG", "AVIF", "HEIC"})
"""Formats that are written with loss, even where they can do without."""


def add_losses(picture: Picture, target: str, alone: bool, carried: frozenset[str]) -> Picture:
    """Return the picture with what is lost when it is written in another format, or ``alone``.

    ``carried`` names what has found another place.
    """
    converts = target != picture.format
    losses = list(picture.losses)
    if converts or alone:
        why = (
            f"{target} can't hold; write {picture.format} to keep it"
            if converts
            else "may hold a prompt as well and is left out"
        )
        losses += companions.find_losses(picture, why)
    if picture.lossless and not converts and target in ALWAYS_LOSSY:
        says = (
            f"The {target} stores exact samples and is written with loss; write PNG to keep them."
        )
        losses.append(Loss(LossKind.CODING, says))
    if converts and target == "HEIC" and picture.alpha is not None:
        says = "HEIC stores transparency with loss; write PNG or AVIF to keep it exactly."
        losses.append(Loss(LossKind.ALPHA, says))
    if converts and target == "GIF":
        losses += _find_losses_to_gif(picture)
    if converts and (left := sorted(set(_name_blocks(picture)) - carried)):
        says = (
            f"The {picture.format} holds metadata that is not carried over into {target}: "
            f"{', '.join(left)}; write {picture.format} to keep it."
        )
        losses.append(Loss(LossKind.METADATA, says))
    return replace(picture, losses=tuple(losses))


def _find_losses_to_gif(picture: Picture) -> Iterator[Loss]:
    """Say what a GIF holds of no picture: many colours, half transparency, descriptions."""
    says = "GIF holds 256 colours, to which the others are rounded; write PNG to keep them."
    yield Loss(LossKind.CODING, says)
    frames = picture.moving.frames if picture.moving else ()
    alphas = (picture.alpha, *(each.alpha for each in frames))
    if any(alpha is not None and ((alpha > 0) & (alpha < OPAQUE)).any() for alpha in alphas):
        says = "In a GIF a pixel is shown or not; write PNG or WebP to keep what is half there."
        yield Loss(LossKind.ALPHA, says)
    if picture.icc:
        says = "GIF holds no colour profile, so the colours will look otherwise; write PNG."
        yield Loss(LossKind.COLOUR, says)
    names = {"EXIF": picture.exif, "the pixel density": picture.dpi}
    if left := [name for name, value in names.items() if value]:
        says = f"GIF can't hold {' and '.join(left)}; write {picture.format} or PNG to keep that."
        yield Loss(LossKind.METADATA, says)


def _name_blocks(picture: Picture) -> Iterator[str]:
    """Name the blocks that have no place in another format."""
    if picture.format == "PNG":
        yield from (png_texts.name_text(word) for word, _ in png_texts.list_texts(picture))
    if picture.format == "JPEG":
        yield from jpeg.name_blocks(picture)
    if picture.format == "TIFF":
        yield from tiff.name_blocks(picture)
