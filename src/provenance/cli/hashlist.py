"""``provenance hashlist``: keep lists of hashes, and purge from them what was withdrawn."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from provenance.cli import render


@click.group("hashlist", short_help="Keep hash lists, and purge withdrawn hashes.")
def command() -> None:
    """Keep hash lists: ThreatExchange lines or CSV, or StopNCII records."""


@command.command("show", short_help="Count the hashes of a list.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(file: Path, as_json: bool) -> None:
    """Count the hashes of FILE by kind and status. The hashes themselves are never shown."""
    from provenance.hashlists import load

    found = load(file)
    counts = {
        "hashes": len(found.records),
        "matched": len(found.live) + len(found.digests),
        "to_purge": len(found.gone),
        "kinds": dict(sorted(Counter(record.signal for record in found.records).items())),
        "statuses": dict(sorted(Counter(record.status.value for record in found.records).items())),
    }
    if as_json:
        render.print_json({"schema": "provenance.hashlist/1", "list": found.name, **counts})
        return
    render.say(f"{found.name}: {len(found.records)} hashes")
    rows = [(name.replace("_", " "), _flatten(value)) for name, value in counts.items()]
    render.print_fields(rows[1:])


@command.command("update", short_help="Add new hashes to a list and purge withdrawn ones.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("changes", nargs=-1, type=click.Path(path_type=Path))
def update(file: Path, changes: tuple[Path, ...]) -> None:
    """Bring FILE up to date with CHANGES, and purge withdrawn and deleted hashes.

    CHANGES are newer lists, such as answers of StopNCII's API, oldest first. FILE is rewritten
    without the purged hashes, and then searched for them. You have to purge backups yourself.
    """
    from provenance import hashlists

    done = hashlists.update(file, [hashlists.load(each) for each in changes])
    render.say(f"{file.name}: {done.added} added, {done.purged} purged, {done.live} to match")
    if done.purged:
        render.say("The file no longer holds any of the purged hashes.")


def _flatten(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    return value
