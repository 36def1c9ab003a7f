"""The past that manifests state, and how far it is proved that it is the past of this picture.

A signature shows who made a statement. What the statement is about, it shows only together with
something that ties it to this picture: anybody can take a genuine manifest, or copy a mark, and put
it elsewhere, or name it as what another picture was made from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from provenance.manifest import HistoryEntry, SummaryItem, summarise
from provenance.verify.decision import Decision
from provenance.verify.reasons import Reason


class Link(StrEnum):
    """How far it is proved that a statement is about this picture, or what it was made from."""

    PROVED = "proved"  # it stands in a manifest that proves an origin of the picture
    STATED = "stated"  # whoever signed such a manifest says that the picture was made from it
    UNPROVED = "unproved"


@dataclass(frozen=True)
class PastItem:
    """One statement of how a picture came about, and its link to this one.

    ``linked_by`` is whose word the link is, where it is ``STATED`` by somebody else than the
    statement; with ``self_named``, nobody but the signer of the statement confirms its name.
    """

    item: SummaryItem
    link: Link
    linked_by: str | None = None
    self_named: bool = False


def judge_past(
    history: Sequence[HistoryEntry], decision: Decision, self_named: Collection[str] = ()
) -> tuple[PastItem, ...]:
    """Judge each statement of a history, the oldest first.

    ``self_named`` are the URNs of manifests whose signer's name is its own word alone.
    """
    found = _judge_each(history, decision)
    return tuple(replace(each, self_named=each.item.urn in self_named) for each in found)


def _judge_each(history: Sequence[HistoryEntry], decision: Decision) -> Iterator[PastItem]:
    proved = {each.manifest.urn for each in decision.proofs if each.manifest.urn}
    newest = next((each for each in history if each.active), None)
    ties = newest is not None and newest.trusted and newest.urn in proved
    linker = newest.signer.name if ties and newest and newest.signer else None
    for item in summarise(history):
        if not item.trusted:
            yield PastItem(item, Link.UNPROVED)
        elif item.urn in proved:
            yield PastItem(item, Link.PROVED)
        elif linker is not None:
            yield PastItem(item, Link.STATED, linker if linker != item.signer else None)
        else:
            yield PastItem(item, Link.UNPROVED)


def is_strange(decision: Decision) -> bool:
    """Tell whether the history comes from a sidecar that says nothing of this file."""
    return Reason.STRAY in decision.reasons[:1]
