"""What is put on and into a picture beside mark and manifest, and what jurisdictions ask for.

docs/law.md says which duty each field meets, and which duties no field can meet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provenance.errors import LabelError
from provenance.labels.badge import Badge


@dataclass(frozen=True)
class Labels:
    """Labels of a stamp.

    Attributes
    ----------
    source_type
        IPTC's digital source type, in XMP, as the manifest states it.
    aigc
        China's metadata label, in XMP.
    badge
        A visible label.
    strip_prompt
        Leave out what generators write of how they made a picture, see `imaging.strip_texts`.
    version_required
        Refuse a stamp that does not say the model's version.
    mark_required
        Refuse a picture that can't hold a readable mark, whatever else is asked for.
    time_stamp_advised
        Say it when no time-stamp authority attests the signature's time.
    """

    source_type: bool = False
    aigc: bool = False
    badge: Badge | None = None
    strip_prompt: bool = False
    version_required: bool = False
    mark_required: bool = False
    time_stamp_advised: bool = False

    def __or__(self, other: Labels) -> Labels:
        """Return what asks for all that either asks for; the badge of the first is kept."""
        return Labels(
            self.source_type or other.source_type,
            self.aigc or other.aigc,
            self.badge or other.badge,
            self.strip_prompt or other.strip_prompt,
            self.version_required or other.version_required,
            self.mark_required or other.mark_required,
            self.time_stamp_advised or other.time_stamp_advised,
        )


NO_LABELS = Labels()

PROFILES = {
    "california": Labels(source_type=True, version_required=True, mark_required=True),
    "eu": Labels(source_type=True, mark_required=True, time_stamp_advised=True),
    "china": Labels(source_type=True, aigc=True, badge=Badge("AI生成")),
    "india": Labels(source_type=True, badge=Badge("AI-generated")),
}
"""By the name that ``--profile`` takes."""


def profile(names: Iterable[str], labels: Labels = NO_LABELS) -> Labels:
    """Return ``labels`` with what the named profiles add; raises LabelError for an unknown name."""
    for name in names:
        if name not in PROFILES:
            raise LabelError(f"{name!r} is no profile; there are {', '.join(PROFILES)}.")
        labels |= PROFILES[name]
    return labels
