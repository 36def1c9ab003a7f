"""The labels that a picture gets besides mark and manifest, and those that jurisdictions ask for.

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
        Leave out what generators write about how they made a picture: prompts, and all other text
        except credits.
    version_required
        Refuse to stamp without the model's version.
    mark_required
        Refuse a picture that can't hold a readable mark, even with ``best_effort``.
    time_stamp_advised
        Advise a time stamp if no authority attests the signature's time.
    ai_system
        IPTC's names of the AI system and its version, in XMP, as the manifest states them.
    """

    source_type: bool = False
    aigc: bool = False
    badge: Badge | None = None
    strip_prompt: bool = False
    version_required: bool = False
    mark_required: bool = False
    time_stamp_advised: bool = False
    ai_system: bool = False

    def __or__(self, other: Labels) -> Labels:
        """Combine what both ask for; if both have a badge, the first one's is kept."""
        return Labels(
            self.source_type or other.source_type,
            self.aigc or other.aigc,
            self.badge or other.badge,
            self.strip_prompt or other.strip_prompt,
            self.version_required or other.version_required,
            self.mark_required or other.mark_required,
            self.time_stamp_advised or other.time_stamp_advised,
            self.ai_system or other.ai_system,
        )


NO_LABELS = Labels()
"""Nothing is asked for."""

_STATED = Labels(source_type=True, ai_system=True)
PROFILES = {
    "california": _STATED | Labels(version_required=True, mark_required=True),
    "eu": _STATED | Labels(mark_required=True, time_stamp_advised=True),
    "china": Labels(source_type=True, aigc=True, badge=Badge("AI生成")),
    "india": Labels(source_type=True, badge=Badge("AI-generated")),
    "korea": _STATED | Labels(mark_required=True, badge=Badge("AI 생성")),
}
"""Labels that a jurisdiction asks for, by the name that ``--profile`` takes."""


def apply_profiles(names: Iterable[str], labels: Labels = NO_LABELS) -> Labels:
    """Return ``labels`` with what the named profiles add.

    Raises
    ------
    LabelError
        A name is not known.
    """
    for name in names:
        if name not in PROFILES:
            raise LabelError(f"{name!r} is not a profile; use one of {', '.join(PROFILES)}.")
        labels |= PROFILES[name]
    return labels
