"""Show one manifest of a history to people: signer, time, actions, and every code explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from provenance.cli import render

_NOW = {"failure": "fails", "informational": "note", "success": "holds"}
_THEN = {"failure": "failed then", "informational": "noted then", "success": "held then"}


def show(entry: Mapping[str, Any]) -> None:
    """Print one manifest of a history, given as JSON values."""
    which = "the active one" if entry["active"] else "an earlier one"
    render.say(f"manifest {entry['urn']}, {which}", "bold")
    render.print_fields([*_list_rows(entry), *_list_statuses(entry["statuses"])])


def _list_rows(entry: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    yield "format", entry["format"]
    yield "written by", entry["claim_generator"]
    signer = entry["signer"]
    yield "signer", signer and _describe_signer(signer)
    yield "issued by", signer and signer["issuer"]
    yield "valid", signer and f"{signer['not_before']} to {signer['not_after']}"
    yield "certificate", signer and f"sha256 {signer['sha256']}"
    yield "algorithm", entry["algorithm"]
    yield "signed at", entry["signed_at"] and f"{entry['signed_at']}, says a time stamp"
    for action in entry["actions"]:
        yield "action", _describe_action(action)
    for title, created in (("assertions", True), ("passed on", False)):
        labels = (each["label"] for each in entry["assertions"] if each["created"] is created)
        yield title, ", ".join(labels)
    for ingredient in entry["ingredients"]:
        yield "made from", _describe_ingredient(ingredient)


def _describe_signer(signer: Mapping[str, Any]) -> str:
    trusted = "leads to an anchor" if signer["anchored"] else "leads to no anchor"
    names = dict.fromkeys(filter(None, (signer["name"], signer["common_name"])))
    return f"{', '.join(names)}; {trusted}"


def _describe_action(action: Mapping[str, Any]) -> str:
    parts = [
        action["when"] and f"at {action['when']}",
        action["software"] and f"with {action['software']}",
        action["source_type"] and f"source type {action['source_type'].rpartition('/')[2]}",
    ]
    return ", ".join([action["action"], *filter(None, parts)])


def _describe_ingredient(ingredient: Mapping[str, Any]) -> str:
    urn = ingredient["urn"] or "without a manifest"
    return ", ".join(filter(None, (ingredient["relationship"], ingredient["format"], urn)))


def _list_statuses(statuses: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield what fails before what holds, and each code once, with all that it is about.

    "Then" marks what the signer of the newer manifest recorded about this one.
    """
    order = list(_NOW)

    def rank(status: Mapping[str, Any]) -> tuple[bool, int, str]:
        return status["recorded"], order.index(status["kind"]), status["code"]

    for (recorded, kind, code), group in groupby(sorted(statuses, key=rank), rank):
        same = list(group)
        about = dict.fromkeys(status["about"] for status in same if status["about"])
        where = f" ({', '.join(about)})" if about else ""
        yield (_THEN if recorded else _NOW)[order[kind]], f"{code}: {same[0]['says']}{where}"
