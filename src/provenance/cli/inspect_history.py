"""One manifest of a chain, shown to people: who, when, what was done, and every code explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from provenance.cli import render

_NOW = {"failure": "fails", "informational": "note", "success": "holds"}
_THEN = {"failure": "failed then", "informational": "noted then", "success": "held then"}


def show(entry: Mapping[str, Any]) -> None:
    """Print one manifest, as `to_jsonable` makes it of a `manifest.HistoryEntry`."""
    which = "the active one" if entry["active"] else "an earlier one"
    render.say(f"manifest {entry['urn']}, {which}", "bold")
    render.fields([*_rows(entry), *_statuses(entry["statuses"])])


def _rows(entry: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    yield "format", entry["format"]
    yield "written by", entry["claim_generator"]
    signer = entry["signer"]
    yield "signer", signer and _name(signer)
    yield "issued by", signer and signer["issuer"]
    yield "valid", signer and f"{signer['not_before']} to {signer['not_after']}"
    yield "certificate", signer and f"sha256 {signer['sha256']}"
    yield "algorithm", entry["algorithm"]
    yield "signed at", entry["signed_at"] and f"{entry['signed_at']}, says a time stamp"
    for action in entry["actions"]:
        yield "action", _action(action)
    for title, created in (("assertions", True), ("passed on", False)):
        labels = (each["label"] for each in entry["assertions"] if each["created"] is created)
        yield title, ", ".join(labels)
    for ingredient in entry["ingredients"]:
        yield "made from", _ingredient(ingredient)


def _name(signer: Mapping[str, Any]) -> str:
    trusted = "leads to an anchor" if signer["anchored"] else "leads to no anchor"
    names = dict.fromkeys(filter(None, (signer["name"], signer["common_name"])))
    return f"{', '.join(names)}; {trusted}"


def _action(action: Mapping[str, Any]) -> str:
    parts = [
        action["when"] and f"at {action['when']}",
        action["software"] and f"with {action['software']}",
        action["source_type"] and f"source type {action['source_type'].rpartition('/')[2]}",
    ]
    return ", ".join([action["action"], *filter(None, parts)])


def _ingredient(ingredient: Mapping[str, Any]) -> str:
    urn = ingredient["urn"] or "without a manifest"
    return ", ".join(filter(None, (ingredient["relationship"], ingredient["format"], urn)))


def _statuses(statuses: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Show what fails before what holds, and each code once, with all that it is about.

    What was found "then" is what the signer of the newer manifest recorded about this one.
    """
    order = list(_NOW)

    def rank(status: Mapping[str, Any]) -> tuple[bool, int, str]:
        return status["recorded"], order.index(status["kind"]), status["code"]

    for (recorded, kind, code), group in groupby(sorted(statuses, key=rank), rank):
        same = list(group)
        about = dict.fromkeys(status["about"] for status in same if status["about"])
        where = f" ({', '.join(about)})" if about else ""
        yield (_THEN if recorded else _NOW)[order[kind]], f"{code}: {same[0]['says']}{where}"
