"""Add labels to a picture and its metadata, and read them back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from provenance import imaging, xmp
from provenance.imaging import Picture
from provenance.labels import aigc, badge
from provenance.labels.profiles import Labels

_IPTC = ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "Iptc4xmpExt")

SOURCE_TYPE = xmp.Property(*_IPTC, "DigitalSourceType")
"""IPTC's property that says how a picture came about."""

AI_SYSTEM = xmp.Property(*_IPTC, "AISystemUsed")
AI_VERSION = xmp.Property(*_IPTC, "AISystemVersionUsed")
"""IPTC's properties (2025.1) that name the system that generated a picture, and its version."""

POINTER = xmp.Property("http://purl.org/dc/terms/", "dcterms", "provenance")
"""The property by which C2PA points from a picture to its manifest."""


@dataclass(frozen=True)
class FoundLabels:
    """The labels in a file's metadata; anybody may have written them.

    ``ai_system`` and ``ai_version`` are IPTC's. ``aigc`` has the keys of China's label. ``prompts``
    names the fields in which generators write how they made a picture; it never holds their text.
    """

    source_type: str | None = None
    aigc: dict[str, str] | None = None
    prompts: tuple[str, ...] = ()
    ai_system: str | None = None
    ai_version: str | None = None


def add_badge(picture: Picture, labels: Labels) -> Picture:
    """Put the visible label on the picture, if one is asked for.

    Raises
    ------
    LabelError
        No font has the letters, or the picture is too small for them.
    """
    if labels.badge is None:
        return picture
    labelled = badge.put_on(picture, labels.badge)
    if picture.moving is None:
        return labelled
    stills = [
        badge.put_on(replace(picture, rgb=each.rgb, alpha=each.alpha, moving=None), labels.badge)
        for each in picture.moving.frames
    ]
    frames = tuple(
        replace(each, rgb=still.rgb, alpha=still.alpha)
        for each, still in zip(picture.moving.frames, stills, strict=True)
    )
    return replace(labelled, moving=replace(picture.moving, frames=frames))


def write_labels(
    picture: Picture,
    labels: Labels,
    *,
    source_type: str,
    provider: str,
    identifier: str,
    system: str,
    version: str,
) -> Picture:
    """Write the labels into the metadata, and leave the prompts out if that is asked for.

    ``source_type`` is IPTC's address of the type, ``provider`` the producer's name, ``identifier``
    the stamp; ``system`` and ``version`` name the model.
    """
    kept = (SOURCE_TYPE, AI_SYSTEM, AI_VERSION, aigc.AIGC)
    before = {name: xmp.read(picture.xmp, name) for name in kept}
    # These would go with the rest of the XMP, but are not prompts and must not get lost.
    values = {name: text for name, text in before.items() if text and labels.strip_prompt}
    if labels.source_type:
        values[SOURCE_TYPE] = source_type
    if labels.ai_system:
        values |= {AI_SYSTEM: system, AI_VERSION: version or "unstated"}
    if labels.aigc:
        values[aigc.AIGC] = aigc.make_label(before[aigc.AIGC], provider, identifier)
    if labels.strip_prompt:
        picture = imaging.strip_texts(picture)
    return imaging.replace_xmp(picture, xmp.write(picture.xmp, values)) if values else picture


def read_pointer(picture: Picture) -> str | None:
    """Return where the XMP says that the picture's manifest is; anybody may have written it."""
    return xmp.read(picture.xmp, POINTER)


def drop_pointer(picture: Picture) -> Picture:
    """Return the picture without the pointer to a manifest that is no longer its own."""
    if read_pointer(picture) is None or picture.xmp is None:
        return picture
    return imaging.replace_xmp(picture, xmp.drop(picture.xmp, POINTER))


def read_labels(picture: Picture) -> FoundLabels:
    """Read the labels in a picture's metadata."""
    return FoundLabels(
        xmp.read(picture.xmp, SOURCE_TYPE),
        aigc.parse(xmp.read(picture.xmp, aigc.AIGC)),
        imaging.find_prompt_fields(picture),
        *(xmp.read(picture.xmp, name) for name in (AI_SYSTEM, AI_VERSION)),
    )
