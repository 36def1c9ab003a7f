"""What a picture loses when it is stamped or converted, said before anything is written.

Code that reads, converts or writes a picture returns a ``Loss`` for each thing that the new file
will not hold. ``Picture.losses`` carries them to the stamper, which warns, or refuses when strict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LossKind(StrEnum):
    """What kind of thing is lost; stable words, for programs."""

    ALPHA = "alpha"
    """Transparency is no longer exact."""

    CODING = "coding"
    """The samples were stored exactly, and are coded with loss now."""

    COLOUR = "colour"
    """The meaning of the colours, or a part of their range."""

    DEPTH = "depth"
    """Samples are stored in fewer bits."""

    FILM = "film"
    """A film or sound, such as a motion photo's."""

    LAYERS = "layers"
    """What an editor needs to go on: layers, masks, paths, further channels."""

    MANIFEST = "manifest"
    """A manifest that can't be carried on."""

    METADATA = "metadata"
    """What describes the picture: texts, EXIF, XMP, IPTC, density."""

    PICTURES = "pictures"
    """Further pictures: thumbnails, gain maps, depth maps, frames."""

    PRIVATE = "private"
    """Data of a program's or maker's own, of unknown meaning."""


@dataclass(frozen=True)
class Loss:
    """One thing that the new file will not hold.

    ``says`` is a full sentence: what is lost, and where that helps what to do.
    """

    kind: LossKind
    says: str
