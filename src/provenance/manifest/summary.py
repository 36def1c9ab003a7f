"""What a history amounts to: which statements say how the picture came about.

The signals are those of the rubric of C2PA's conformance programme (asset rubrics, signals 1.0),
taken from every manifest that the picture descends from and not only from the active one. Each is
somebody's word, and says whose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provenance.manifest.history import ActionEntry, HistoryEntry, IngredientEntry


class Signal(StrEnum):
    """How a picture, or a part of it, came about by what somebody states."""

    GENERATED = "generated"  # all of it by a model
    PARTLY_GENERATED = "partly generated"  # created with parts by a model
    EDITED_WITH_AI = "edited with AI"
    COMPOSITE = "composite"  # of parts that may come from a model
    POSSIBLY_EDITED_WITH_AI = "possibly edited with AI"
    CAPTURED = "captured"  # by a camera or scanner
    DRAWN = "drawn"  # by people, with software


@dataclass(frozen=True)
class SummaryItem:
    """One statement of how the picture came about.

    Attributes
    ----------
    model, model_version, time
        What is said to have done it, and when.
    signer, trusted
        Who signed the statement, and whether this user trusts that signature.
    stated
        Whether the signer states it itself, or passes on what somebody else said.
    part
        Whether it is about something that was placed into the picture, and not the whole of it.
    urn
        The manifest that has it.
    """

    signal: Signal
    model: str | None
    model_version: str | None
    time: datetime | None
    source_type: str
    signer: str | None
    trusted: bool
    stated: bool
    part: bool
    urn: str


_INCEPTIONS = frozenset(("c2pa.created", "c2pa.opened", "c2pa.placed"))
_NOT_EDITORIAL = frozenset(
    f"c2pa.{each}"
    for each in (
        "converted",
        "edited.metadata",
        "published",
        "redacted",
        "repackaged",
        "resized.proportional",
        "transcoded",
        "watermarked",
        "watermarked.bound",
        "watermarked.unbound",
    )
)
# Actions that say where the content comes from, and those that leave what is seen as it was.

_CREATED = {
    "trainedAlgorithmicMedia": Signal.GENERATED,
    "trainedAlgorithmicData": Signal.GENERATED,
    "compositeWithTrainedAlgorithmicMedia": Signal.PARTLY_GENERATED,
    "compositeSynthetic": Signal.PARTLY_GENERATED,
    "composite": Signal.COMPOSITE,
    "digitalCapture": Signal.CAPTURED,
    "computationalCapture": Signal.CAPTURED,
    "compositeCapture": Signal.CAPTURED,
    "negativeFilm": Signal.CAPTURED,
    "positiveFilm": Signal.CAPTURED,
    "print": Signal.CAPTURED,
    "digitalArt": Signal.DRAWN,
    "digitalCreation": Signal.DRAWN,
    "humanEdits": Signal.DRAWN,
}
_EDITED = {
    "trainedAlgorithmicMedia": Signal.EDITED_WITH_AI,
    "trainedAlgorithmicData": Signal.EDITED_WITH_AI,
    "compositeWithTrainedAlgorithmicMedia": Signal.EDITED_WITH_AI,
    "compositeSynthetic": Signal.EDITED_WITH_AI,
    "composite": Signal.POSSIBLY_EDITED_WITH_AI,
    "digitalArt": Signal.POSSIBLY_EDITED_WITH_AI,
}
# What a source type means on the action that created something, and on one that changed it.


def summarise(history: Sequence[HistoryEntry]) -> tuple[SummaryItem, ...]:
    """Return what the manifests of a picture say of how it came about, the oldest first."""
    by_urn = {entry.urn: entry for entry in history}
    found = [
        item
        for urn, part in reversed(_trace_back(history, by_urn).items())
        for item in _read_entry(by_urn[urn], part)
    ]
    return tuple(dict.fromkeys(found))


def _trace_back(
    history: Sequence[HistoryEntry], by_urn: Mapping[str, HistoryEntry]
) -> dict[str, bool]:
    """Return the manifests that the active one builds on, and whether each is about a part."""
    reached: dict[str, bool] = {}
    waiting = [(entry.urn, False) for entry in history if entry.active]
    while waiting:
        urn, part = waiting.pop(0)
        if urn in by_urn and (urn not in reached or (reached[urn] and not part)):
            reached[urn] = part
            waiting += [
                (each.urn, part or each.relationship != "parentOf")
                for each in by_urn[urn].ingredients
                if each.urn is not None and each.relationship != "inputTo"
            ]
    return reached


def _read_entry(entry: HistoryEntry, part: bool) -> Iterator[SummaryItem]:
    for ingredient in entry.ingredients:
        if ingredient.source_type is not None and ingredient.relationship != "inputTo":
            placed = part or ingredient.relationship != "parentOf"
            yield from _read_ingredient(entry, ingredient, placed)
    for action in entry.actions:
        yield from _read_action(entry, action, part)


def _read_action(entry: HistoryEntry, action: ActionEntry, part: bool) -> Iterator[SummaryItem]:
    inception = action.action in _INCEPTIONS
    if action.source_type is None or action.action in _NOT_EDITORIAL:
        return
    kind = action.source_type.rpartition("/")[2]
    signal = (_CREATED if inception else _EDITED).get(kind)
    if signal is not None:
        yield SummaryItem(
            signal=signal,
            model=action.model,
            model_version=action.model_version,
            time=action.when,
            source_type=action.source_type,
            signer=entry.signer.name if entry.signer else None,
            trusted=entry.trusted,
            stated=action.created,
            part=part or action.action == "c2pa.placed",
            urn=entry.urn,
        )


def _read_ingredient(
    entry: HistoryEntry, ingredient: IngredientEntry, part: bool
) -> Iterator[SummaryItem]:
    source_type = ingredient.source_type or ""
    signal = _CREATED.get(source_type.rpartition("/")[2])
    if signal is not None:
        yield SummaryItem(
            signal=signal,
            model=None,
            model_version=None,
            time=None,
            source_type=source_type,
            signer=entry.signer.name if entry.signer else None,
            trusted=entry.trusted,
            stated=True,
            part=part,
            urn=entry.urn,
        )
