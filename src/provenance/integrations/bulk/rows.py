"""The rows of results and their columns: plain values, whatever engine and file hold them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from provenance.errors import ProvenanceError
from provenance.stamp import StampedImage

Kind = Literal["text", "whole", "fraction", "truth", "time", "texts"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column: its name, what its values are, and what they say; any value may be missing."""

    name: str
    kind: Kind
    says: str


VERDICT_SCHEMA = "provenance.bulk.verdict/1"
STAMP_SCHEMA = "provenance.bulk.stamp/1"

_OBJECT = (
    Column("object", "text", "Name of the object below the source."),
    Column("size", "whole", "Its length, bytes."),
    Column("sha256", "text", "SHA-256 of its bytes, in hex."),
)
_END = (
    Column("error_code", "text", "Why there is no result: a stable code."),
    Column("error_message", "text", "The same as a sentence."),
    Column("seconds", "fraction", "How long it took, reading and writing included."),
)

VERDICT_COLUMNS = (
    *_OBJECT,
    Column("state", "text", "The verdict: one of six states; missing where there is an error."),
    Column("depth", "text", "How deep the examination looked: manifest or full."),
    Column("producer", "text", "Who proved to have signed; only for attributed, as what follows."),
    Column("model", "text", "The model that the producer states."),
    Column("model_version", "text", "Its version."),
    Column("created", "time", "When the producer says that it was made, UTC."),
    Column("recorded", "time", "When it was recorded, UTC."),
    Column("time_basis", "text", "What the time rests on: stated, timestamp or log."),
    Column("source_type", "text", "Kind of source, as a term of IPTC."),
    Column("match", "text", "exact, bound or derived."),
    Column("stamp_id", "text", "The stamp: the 96 bits of the mark, in hex."),
    Column("findings", "texts", "Codes of all findings: manifest.proved, watermark.public."),
    Column("lists", "texts", "Hash lists that hold the picture, each as list and basis."),
    Column("json", "text", "The whole verdict as 'provenance verify --json' prints it."),
    *_END,
)
STAMP_COLUMNS = (
    *_OBJECT,
    Column("output", "text", "Name of the stamped file below the output."),
    Column("output_sha256", "text", "SHA-256 of the stamped file, as recorded."),
    Column("stamp_id", "text", "The stamp: the 96 bits of the mark, in hex."),
    Column("marked", "truth", "Whether the picture holds a readable mark."),
    Column("producer", "text", "Who stamped."),
    Column("model", "text", "The model that was stated."),
    Column("model_version", "text", "Its version."),
    Column("created", "time", "When it was made, UTC."),
    Column("losses", "texts", "What the picture held and the stamped file does not."),
    *_END,
)

_OF_ORIGIN = ("producer", "model", "model_version", "created", "recorded", "time_basis")
_ORIGIN = (*_OF_ORIGIN, "source_type", "match", "stamp_id")


def write_verdict_row(verdict: Mapping[str, Any], text: str | None) -> Row:
    """Return the row of a verdict, given as the documented object; ``text`` is that as JSON."""
    origin = verdict["origin"] or {}
    return {
        "state": verdict["state"],
        "depth": verdict["depth"],
        **{name: origin.get(name) for name in _ORIGIN},
        "findings": [code for each in verdict["evidence"] for code in each["codes"]],
        "lists": [f"{each['list']}: {each['basis']}" for each in verdict["lists"] or []],
        "json": text,
    }


def write_stamp_row(stamped: StampedImage, output: str) -> Row:
    """Return the row of a stamp."""
    from provenance.canonical import to_utc_seconds

    record = stamped.record
    return {
        "output": output,
        "output_sha256": record.sha256,
        "stamp_id": str(record.stamp_id),
        "marked": stamped.marked,
        "producer": record.producer_name,
        "model": record.model,
        "model_version": record.model_version or None,
        "created": to_utc_seconds(record.created),
        "losses": [loss.says for loss in stamped.losses],
    }


def write_error_row(error: ProvenanceError) -> Row:
    """Return the row of an object that has no result."""
    return {"error_code": error.code, "error_message": str(error)}


def write_text(name: str) -> str:
    r"""Return a name as text: a byte of a file's name that is none as JSON has it, ``\udce9``."""
    return name.encode("utf-8", "backslashreplace").decode()


def complete(row: Row, columns: tuple[Column, ...], name: str, data: bytes | None) -> Row:
    """Return a row with every column in its order, and what is known of the object."""
    known: Row = {"object": name}
    if data is not None:
        known |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    found = {**known, **row}
    return {column.name: found.get(column.name) for column in columns}
