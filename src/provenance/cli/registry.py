"""``provenance registry``: look at the registry of the config, and revoke stamps."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import registry_log, registry_mirror, registry_proofs, render, settings
from provenance.cli.times import read_time
from provenance.errors import ConfigError, RecordNotFoundError

if TYPE_CHECKING:
    from provenance.records import Revocation, StampRecord
    from provenance.registry import Registry

_TIME = "%Y-%m-%d %H:%M:%S"  # how tables and messages write a time; always UTC


@click.group(
    "registry", short_help="Look at the registry, prove, publish and copy it, or revoke a stamp."
)
def command() -> None:
    """Look at the registry and audit it, prove, publish and copy it, or revoke a stamp."""


@command.command("make", short_help="Make the registry that the config names.")
@settings.add_config_option
def make(config_file: Path | None) -> None:
    """Make the registry that the config names, with a new and empty log.

    No other command does this, except "init". One that exists stays as it is, but is brought up
    to the schema of this release.
    """
    with settings.require(config_file).open_registry(create=True) as registry:
        render.say(f"Log {registry.origin}, {render.count_entries(registry.checkpoint().size)}")


@command.command("index", short_help="Bring the likeness index up to date.")
@click.option("--rebuild", is_flag=True, help="Make the index anew.")
@settings.add_config_option
def index(rebuild: bool, config_file: Path | None) -> None:
    """Bring the likeness index that the config names (registry.index) up to date.

    With it, pictures whose mark can't be read are looked up among millions of records in
    milliseconds. Records that are not in it yet are found all the same, but each process reads them
    anew, so run this every few minutes from a timer.
    """
    with settings.require(config_file).open_registry(read_only=True) as registry:
        size = registry.update_index(rebuild=rebuild)
    render.say(f"The likeness index holds {render.count_entries(size)}.")


@command.command("show", short_help="Show one record, or the head of the log.")
@click.argument("stamp_id", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--save-manifest",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the manifest store of the record to this .c2pa file.",
)
@settings.add_config_option
def show(
    stamp_id: str | None, as_json: bool, save_manifest: Path | None, config_file: Path | None
) -> None:
    """Show the record of STAMP_ID or, without one, the size and the signed head of the log."""
    with settings.require(config_file).open_registry(read_only=True) as registry:
        record = _find(registry, stamp_id) if stamp_id else None
        if save_manifest is not None:
            _save(registry, record, save_manifest)
        shown = _describe_log(registry)
        if record:
            shown = _to_json(record, registry.revocation(record.stamp_id))
    if as_json:
        render.print_json(shown)
    else:
        checkpoint = shown.pop("checkpoint", "")
        first, *rest = shown.items()
        render.say(f"{first[0].replace('_', ' ').capitalize()} {first[1]}")
        render.print_fields([(name.replace("_", " "), value) for name, value in rest])
        _quote(checkpoint)


def _quote(checkpoint: str) -> None:
    """Print a checkpoint as it was signed, below all fields, so that it can be copied."""
    if checkpoint:
        render.say("  checkpoint:")
        render.say("")
    for line in checkpoint.splitlines():
        render.say(line)


def _save(registry: Registry, record: StampRecord | None, file: Path) -> None:
    from provenance.files import write_atomic

    store = registry.manifest_store(record.stamp_id) if record else None
    if store is None:
        raise click.UsageError("The option --save-manifest needs the STAMP_ID of a record.")
    write_atomic(file, store)


@command.command("list", short_help="List records, oldest first.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Number of records to show at most.",
)
@click.option("--offset", type=click.IntRange(0), default=0, help="Number of records to skip.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per record, one per line."
)
@settings.add_config_option
def list_(limit: int, offset: int, as_json: bool, config_file: Path | None) -> None:
    """List records, oldest first."""
    with settings.require(config_file).open_registry(read_only=True) as registry:
        records = registry.records(limit, offset)
        shown = [(record, registry.revocation(record.stamp_id)) for record in records]
        size = registry.size
    if as_json:
        for each in shown:
            render.print_json(_to_json(*each))
        return
    if shown:
        columns = ("stamp", "created (UTC)", "producer", "model", "revoked (UTC)")
        render.print_table(columns, [_format_row(*each) for each in shown])
    left = size - offset - len(records)
    render.note(f"{len(records)} of {size} records" + (f"; {left} more" if left > 0 else ""))


def _describe_log(registry: Registry) -> dict[str, Any]:
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
    """Return the record of the stamp that a user named, in either case.

    Raises
    ------
    RecordNotFoundError
        The registry has no such stamp.
    """
    from provenance.stamp_id import StampId

    stamp_id = StampId.parse(text.lower())
    record = registry.by_id(stamp_id) if stamp_id else None
    if record is None:
        raise RecordNotFoundError(
            f"The registry has no stamp {text}; 'provenance registry list' shows what it has."
        )
    return record


def _to_json(record: StampRecord, revocation: Revocation | None) -> dict[str, Any]:
    from provenance.jsonable import to_jsonable

    said = to_jsonable(revocation) if revocation else {}
    shown: dict[str, Any] = to_jsonable(record) | {
        "revoked": said.get("revoked"),
        "revoked_reason": said.get("reason"),
        "revoked_since": said.get("since"),
    }
    return shown


def _format_row(record: StampRecord, revocation: Revocation | None) -> tuple[str, ...]:
    model = f"{record.model} {record.model_version}".strip()
    revoked = f"{revocation.revoked:{_TIME}}" if revocation else ""
    return record.stamp_id, f"{record.created:{_TIME}}", record.producer_name, model, revoked


@command.command("revoke", short_help="Declare in the log that a stamp does not count.")
@click.argument("stamp_id")
@click.option(
    "--reason",
    required=True,
    metavar="TEXT",
    help="Reason, which verifiers quote. Do not name a person in it.",
)
@click.option(
    "--since",
    callback=read_time,
    metavar="TIME",
    help="If the stamp is proved to be older than this time (ISO 8601), it still counts. Without "
    "--since it never counted.",
)
@settings.add_config_option
def revoke(stamp_id: str, reason: str, since: datetime | None, config_file: Path | None) -> None:
    """Declare for good that the stamp STAMP_ID does not count: made by mistake or by a thief.

    The record stays. Its revocation is added to the log and can't be taken back. From now on,
    verifiers that ask this registry call pictures with this stamp "claimed".
    """
    from provenance.text import quote

    with settings.require(config_file).open_registry() as registry:
        found = _find(registry, stamp_id).stamp_id
        known = registry.revocation(found)
        said = registry.revoke(found, reason, since)
    if known is not None:
        render.say(f"Already revoked on {said.revoked:{_TIME}} UTC: {quote(said.reason)}")
        render.note("The first revocation stands; nothing was changed.")
        return
    render.say(f"Revoked {said.stamp_id}")


@command.command("pseudonym", short_help="Show the pseudonym of an account.")
@click.argument("account")
@settings.add_config_option
def pseudonym(account: str, config_file: Path | None) -> None:
    """Show the pseudonym of ACCOUNT, which reports of "trace --purpose" quote."""
    key = settings.require(config_file).load_account_key()
    if key is None:
        raise ConfigError(
            "The config names no registry.account_key, so there are no pseudonyms: add one."
        )
    render.say(key.derive_pseudonym(account))


@command.command("accesses", short_help="List the accesses to accounts.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per access, one per line."
)
@settings.add_config_option
def accesses(as_json: bool, config_file: Path | None) -> None:
    """List the accesses to accounts: time, stamp, case and purpose."""
    with settings.require(config_file).open_registry(read_only=True) as registry:
        entries = registry.accounts.accesses()
    if as_json:
        for entry in entries:
            render.print_json(entry)
        return
    if entries:
        columns = ("n", "time", "stamp_id", "case", "purpose")
        rows = [tuple(str(entry[name]) for name in columns) for entry in entries]
        render.print_table(("no.", "time (UTC)", "stamp", "case", "purpose"), rows)
    render.note("1 access" if len(entries) == 1 else f"{len(entries)} accesses")


@command.command("forget-accounts", short_help="Delete the accounts of old stamps.")
@click.option(
    "--before",
    required=True,
    metavar="TIME",
    callback=read_time,
    help="Delete the accounts of stamps recorded before this time, ISO 8601.",
)
@settings.add_config_option
def forget_accounts(before: datetime, config_file: Path | None) -> None:
    """Delete the accounts of old stamps. The stamps stay and can still be traced."""
    with settings.require(config_file).open_registry() as registry:
        count = registry.accounts.forget(before)
    render.say(f"{count} account{'s' * (count != 1)} deleted")


command.add_command(registry_log.audit)
command.add_command(registry_log.key)
command.add_command(registry_proofs.prove)
command.add_command(registry_proofs.check_proof)
command.add_command(registry_proofs.witness)
command.add_command(registry_mirror.export)
command.add_command(registry_mirror.mirror)
