"""What is proved of a film or moving picture by a mark: of a part of it, always."""

from __future__ import annotations

from provenance.language import Said, message
from provenance.text import format_percent
from provenance.verify.decision import Proof
from provenance.verify.of_films import FilmSeen
from provenance.verify.reasons import Thresholds

DERIVED_FRAMES = message(
    "A part of this moving picture descends from a picture or film that {producer} stamped: that "
    "mark was seen in {frames}{area}, and at least one frame there shows what was signed. Where "
    "the rest comes from is not proved."
)
FRAMES = message("about {share} of its length")
SOME_FRAMES = message("some of its frames")
AREA_OF_FRAMES = message(", on about {share} of their area")


def describe_frames(proof: Proof, producer: str, film: FilmSeen, thresholds: Thresholds) -> Said:
    """Say of how much of a film a mark speaks: what was signed is held against single frames.

    So the others may be somebody else's, also where somebody wrote the mark on them.
    """
    share = film.share_of(proof.manifest.payload)
    frames = SOME_FRAMES if share is None else FRAMES.format(share=format_percent(share))
    whole = proof.coverage >= thresholds.whole_from
    area = "" if whole else AREA_OF_FRAMES.format(share=format_percent(proof.coverage))
    return DERIVED_FRAMES.format(producer=producer, frames=frames, area=area)
