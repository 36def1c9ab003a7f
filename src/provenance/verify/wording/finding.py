"""One finding: a value that texts, reports and JSON show."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.geometry import Region


@dataclass(frozen=True)
class Finding:
    """One finding as reports and JSON show it.

    Attributes
    ----------
    layer
        ``manifest``, ``watermark``, ``fingerprint``, ``registry`` or ``list``.
    finding
        What was found, on what basis and with which error rate, and what it does not prove.
    says
        What the file or the mark merely says about its origin; this finding does not prove it.
    codes
        Stable codes, ours and C2PA's.
    region
        The part of the picture that a mark speaks of.
    false_positive_probability
        Bound on the probability that an unmarked picture would be mistaken for one with such a
        mark.
    """

    layer: str
    finding: str
    says: str | None = None
    codes: tuple[str, ...] = ()
    region: Region | None = None
    false_positive_probability: float | None = None
