"""``provenance registry``: look into the registry of the config."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import render, settings
from provenance.cli.times import read_time
from provenance.errors import ConfigError, RecordNotFoundError
from provenance.jsonable import to_jsonable
from provenance.stamp_id import StampId

if TYPE_CHECKING:
    from provenance.records import Revocation, StampRecord
    from provenance.registry import Registry

# How tables and messages write a time; it is always UTC.
_TIME = "%Y-%m-%d %H:%M:%S"


@click.group("registry", short_help="Look at the registry and its log; revoke a stamp.")
def command() -> None:
    """Look at the registry: its log's head, one record, or all of them; revoke a stamp."""


@command.command("show", short_help="Show one record, or the head of the log.")
@click.argument("stamp_id", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--save-manifest",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the record's manifest store to a .c2pa file.",
)
@settings.config_option
def show(
    stamp_id: str | None, as_json: bool, save_manifest: Path | None, config_file: Path | None
) -> None:
    """Show the record of STAMP_ID; without one, the size and the signed head of the log."""
    with settings.required(config_file).open_registry(read_only=True) as registry:
        record = _find(registry, stamp_id) if stamp_id else None
        if save_manifest is not None:
            _save(registry, record, save_manifest)
        shown = _log(registry)
        if record:
            shown = _as_dict(record, registry.revocation(record.stamp_id))
    if as_json:
        render.json_line(shown)
    else:
        first, *rest = shown.items()
        render.say(f"{first[0].replace('_', ' ').capitalize()} {first[1]}")
        render.fields([(name.replace("_", " "), _by_line(name, value)) for name, value in rest])


def _by_line(name: str, value: Any) -> Any:
    """Keep the lines of a checkpoint, which is quoted as it was signed."""
    return tuple(value.split("\n")) if name == "checkpoint" else value


def _save(registry: Registry, record: StampRecord | None, file: Path) -> None:
    from provenance.files import write_atomic

    store = registry.store(record.stamp_id) if record else None
    if store is None:
        raise click.UsageError("--save-manifest needs the STAMP_ID of a record.")
    write_atomic(file, store)


@command.command("list")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="How many records to show at most.",
)
@click.option("--offset", type=click.IntRange(0), default=0, help="How many records to pass over.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a record, a line each."
)
@settings.config_option
def list_(limit: int, offset: int, as_json: bool, config_file: Path | None) -> None:
    """List records, oldest first."""
    with settings.required(config_file).open_registry(read_only=True) as registry:
        records = registry.records(limit, offset)
        shown = [(record, registry.revocation(record.stamp_id)) for record in records]
        size = registry.size
    if as_json:
        for each in shown:
            render.json_line(_as_dict(*each))
        return
    if shown:
        columns = ("stamp", "created (UTC)", "producer", "model", "revoked (UTC)")
        render.table(columns, [_row(*each) for each in shown])
    left = size - offset - len(records)
    render.note(f"{len(records)} of {size} records" + (f"; {left} more" if left > 0 else ""))


def _log(registry: Registry) -> dict[str, Any]:
    head = registry.checkpoint()
    return {
        "log": head.origin,
        "records": registry.size,
        "entries": head.size,
        "root": head.root.hex(),
        "signed": bool(head.signatures),
        "checkpoint": head.text,
    }


def _find(registry: Registry, text: str) -> StampRecord:
    """Return the record of the stamp that a user named, in either case."""
    stamp_id = StampId.parse(text.lower())
    record = registry.by_id(stamp_id) if stamp_id else None
    if record is None:
        raise RecordNotFoundError(
            f"The registry has no stamp {text}; 'provenance registry list' shows what it has."
        )
    return record


def _as_dict(record: StampRecord, revocation: Revocation | None) -> dict[str, Any]:
    said = to_jsonable(revocation) if revocation else {}
    shown: dict[str, Any] = to_jsonable(record) | {
        "revoked": said.get("revoked"),
        "revoked_reason": said.get("reason"),
        "revoked_since": said.get("since"),
    }
    return shown


def _row(record: StampRecord, revocation: Revocation | None) -> tuple[str, ...]:
    model = f"{record.model} {record.model_version}".strip()
    revoked = f"{revocation.revoked:{_TIME}}" if revocation else ""
    return record.stamp_id, f"{record.created:{_TIME}}", record.producer_name, model, revoked


@command.command("revoke", short_help="Say in the log that a stamp is not to count.")
@click.argument("stamp_id")
@click.option(
    "--reason", required=True, metavar="TEXT", help="Why; verifiers quote it. Name no person in it."
)
@click.option(
    "--since",
    callback=read_time,
    metavar="TIME",
    help="Stamps proved to be older still count, ISO 8601. Without it, the stamp never did.",
)
@settings.config_option
def revoke(stamp_id: str, reason: str, since: datetime | None, config_file: Path | None) -> None:
    """Say for good that the stamp STAMP_ID is not to count: made by mistake, or by a thief.

    The record stays; its revocation is added to the log and can't be taken back. Pictures with this
    stamp are "claimed" from now on for whoever asks this registry.
    """
    from provenance.text import quote

    with settings.required(config_file).open_registry() as registry:
        found = _find(registry, stamp_id).stamp_id
        known = registry.revocation(found)
        said = registry.revoke(found, reason, since)
    if known is not None:
        render.say(f"Already revoked on {said.revoked:{_TIME}} UTC: {quote(said.reason)}")
        render.note("What was said first stands; nothing was changed.")
        return
    render.say(f"Revoked {said.stamp_id}")


@command.command("pseudonym")
@click.argument("account")
@settings.config_option
def pseudonym(account: str, config_file: Path | None) -> None:
    """Show the pseudonym of ACCOUNT, as a report of "trace --purpose" quotes it."""
    key = settings.required(config_file).load_account_key()
    if key is None:
        raise ConfigError("the config has no registry.account_key, so there are no pseudonyms")
    render.say(key.pseudonym(account))


@command.command("accesses")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object an access, a line each."
)
@settings.config_option
def accesses(as_json: bool, config_file: Path | None) -> None:
    """List who read accounts: when, of which stamp, for which case and purpose."""
    with settings.required(config_file).open_registry(read_only=True) as registry:
        entries = registry.accounts.accesses()
    if as_json:
        for entry in entries:
            render.json_line(entry)
        return
    if entries:
        columns = ("n", "time", "stamp_id", "case", "purpose")
        rows = [tuple(str(entry[name]) for name in columns) for entry in entries]
        render.table(("no.", "time (UTC)", "stamp", "case", "purpose"), rows)
    render.note(f"{len(entries)} accesses")


@command.command("forget-accounts")
@click.option(
    "--before", required=True, callback=read_time, help="Of stamps recorded before, ISO 8601."
)
@settings.config_option
def forget_accounts(before: datetime, config_file: Path | None) -> None:
    """Delete the accounts of old stamps; the stamps themselves stay and can be traced."""
    with settings.required(config_file).open_registry() as registry:
        count = registry.accounts.forget(before)
    render.say(f"{count} account{'s' * (count != 1)} deleted")
