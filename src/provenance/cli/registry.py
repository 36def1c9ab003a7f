"""``provenance registry``: look into the registry of the config."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import render, settings
from provenance.cli.simple import simple
from provenance.errors import RecordNotFoundError

if TYPE_CHECKING:
    from provenance.registry import Registry
    from provenance.types import StampRecord


@click.group("registry", short_help="Look at the registry and its log.")
def command() -> None:
    """Look at the registry: its log's head, one record, or all of them."""


@command.command("show", short_help="Show one record, or the head of the log.")
@click.argument("stamp_id", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings.config_option
def show(stamp_id: str | None, as_json: bool, config_file: Path | None) -> None:
    """Show the record of STAMP_ID; without one, the size and the signed head of the log."""
    with settings.required(config_file).open_registry(read_only=True) as registry:
        shown = _log(registry) if stamp_id is None else _record(registry, stamp_id)
    if as_json:
        render.json_line(shown)
    else:
        first, *rest = shown.items()
        render.say(f"{first[0].replace('_', ' ').capitalize()} {first[1]}")
        render.fields([(name.replace("_", " "), value) for name, value in rest])


@command.command("list")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, help="How many records to pass over.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a record, a line each."
)
@settings.config_option
def list_(limit: int, offset: int, as_json: bool, config_file: Path | None) -> None:
    """List records, oldest first."""
    with settings.required(config_file).open_registry(read_only=True) as registry:
        records = registry.records(limit, offset)
        size = registry.size
    if as_json:
        for record in records:
            render.json_line(_as_dict(record))
        return
    if records:
        render.table(("stamp", "created (UTC)", "producer", "model"), [_row(r) for r in records])
    left = size - offset - len(records)
    render.note(f"{len(records)} of {size} records" + (f"; {left} more" if left > 0 else ""))


def _log(registry: Registry) -> dict[str, Any]:
    head = registry.checkpoint()
    return {
        "log": head.origin,
        "records": head.size,
        "root": head.root.hex(),
        "signed": bool(head.signatures),
        "checkpoint": head.text,
    }


def _record(registry: Registry, stamp_id: str) -> dict[str, Any]:
    record = registry.by_id(stamp_id.lower())
    if record is None:
        raise RecordNotFoundError(
            f"the registry has no stamp {stamp_id}; 'provenance registry list' shows what it has"
        )
    return _as_dict(record)


def _as_dict(record: StampRecord) -> dict[str, Any]:
    shown: dict[str, Any] = simple(record)
    return shown


def _row(record: StampRecord) -> tuple[str, ...]:
    model = f"{record.model} {record.model_version}".strip()
    return record.stamp_id, f"{record.created:%Y-%m-%d %H:%M:%S}", record.producer_name, model
