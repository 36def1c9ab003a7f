"""Unsigned statements of how a picture came about: leads, which anybody can write.

A statement names the field and its kind. Its text is for those who ask for it: prompts can harm
whoever reads them, and name people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from provenance import imaging
from provenance.imaging import Picture, TextField
from provenance.labels.labelling import read_labels
from provenance.text import MAX_LINE, clean


class StatementKind(StrEnum):
    """What an unsigned statement is about."""

    PARAMETERS = "parameters"  # how a generator made the picture: prompt, model, settings
    SOURCE_TYPE = "source_type"  # IPTC's digital source type
    LABEL = "label"  # China's label of generated content
    NOTE = "note"  # a note in words that AI made or edited it, or the name of a generator


@dataclass(frozen=True)
class Statement:
    """One statement: its kind, the field that holds it, and its text as one safe line."""

    kind: StatementKind
    field: str
    text: str = ""


SOURCE_TYPES = frozenset(
    {
        *("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia"),
        *("compositeSynthetic", "algorithmicallyEnhanced", "virtualRecording"),
    }
)
"""IPTC's source types that say that a machine made or changed the picture."""

NOTES = re.compile(
    r"\b(?i:made|created|generated|edited|enhanced|imagined|produced)\s+(?i:with|by|using)\s+"
    r"(?:[\w.-]+\s+){0,4}A\.?I\b|\bAI[- ](?i:generated|edited|created)\b|\bAISystemUsed\b"
    r"|\b(?:Midjourney|DALL[-·. ]?E|Stable Diffusion|ComfyUI|NovelAI|InvokeAI|Fooocus|Google Imagen"
    r"|Adobe Firefly|Ideogram AI|Leonardo\.Ai|Bing Image Creator|Grok Imagine)\b"
)
"""Notes of vendors that AI took part, and names that generators write as their own. A list of names
misses new ones; it is for leads, and nothing rests on it."""

AROUND = 80
"""Characters shown before and after a note that was found in an XMP packet."""


def list_statements(picture: Picture) -> tuple[Statement, ...]:
    """List the unsigned statements in a picture's metadata, one of each kind and field."""
    texts = imaging.read_texts(picture)
    found = {(each.kind, each.field): each for each in _list(picture, texts)}
    return tuple(found.values())


def _list(picture: Picture, texts: tuple[TextField, ...]) -> Iterator[Statement]:
    labels = read_labels(picture)
    for field in labels.prompts:
        inside = " | ".join(each.text for each in texts if each.name.startswith(field))
        yield Statement(StatementKind.PARAMETERS, field, clean(inside, MAX_LINE))
    kind = (labels.source_type or "").rpartition("/")[2]
    if kind in SOURCE_TYPES:
        yield Statement(StatementKind.SOURCE_TYPE, "XMP", kind)
    if labels.aigc is not None:
        said = ", ".join(f"{key} {value}" for key, value in labels.aigc.items() if value)
        yield Statement(StatementKind.LABEL, "XMP", clean(said, MAX_LINE))
    for each in texts:
        if found := NOTES.search(each.text):
            around = each.text[max(0, found.start() - AROUND) : found.end() + AROUND]
            yield Statement(StatementKind.NOTE, each.name, clean(around, MAX_LINE))
