"""``provenance registry audit``, ``key``: what the log says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import exits, render, settings
from provenance.cli.log_keys import find_own_key
from provenance.errors import ConfigError, LogIntegrityError

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.registry import Audit, Checkpoint, Registry, VerifierKey

SCHEMA = "provenance.audit/1"
"""Name and version of the object that ``registry audit --json`` prints."""


@dataclass(frozen=True)
class Compared:
    """A kept checkpoint against the log: ``problem`` is None where the log extends it."""

    file: Path
    size: int
    problem: str | None
    witnesses: int


@click.command("audit", short_help="Recompute the log; name what was changed.")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also check that the log extends this checkpoint, kept earlier; repeatable. The one "
    "that the config names is always checked.",
)
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Recompute only what came after the checkpoint that an earlier audit saved.",
)
@click.option(
    "--save",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="If nothing was changed, save the checkpoint in this file, for --since.",
)
@click.option(
    "--log-key",
    metavar="KEY",
    help="Public key that must have signed the log (default: the config's log key).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings.add_config_option
def audit(
    checkpoints: tuple[Path, ...],
    since: Path | None,
    save: Path | None,
    log_key: str | None,
    as_json: bool,
    config_file: Path | None,
) -> int:
    """Recompute the log from the records; name what was altered, removed or inserted.

    An audit with --since does not look at the records before that checkpoint again. The status is
    0 if nothing was changed and 4 if something was.
    """
    config = settings.require(config_file)
    kept = [*checkpoints, *_list_kept(config)]
    with config.open_registry(read_only=True) as registry:
        key = find_own_key(config, registry, log_key)
        start = read_checkpoint(since) if since else None
        if start and key:
            start.verify(key.key)
        found = registry.audit(key.key if key else None, start)
        compared = [_compare(registry, file, key, config) for file in kept]
        origin = registry.origin
        changed = not found.ok or any(each.problem for each in compared)
        head = registry.checkpoint() if save and not changed else None
    if head is not None and save is not None and head.size == found.size:
        _save(save, head)
    if as_json:
        render.print_json(_to_json(origin, found, compared, key))
    else:
        _print(origin, found, compared, key)
    return exits.CONTRADICTED if changed else exits.DONE


@click.command("key", short_help="Print the public key of the log.")
@settings.add_config_option
def key(config_file: Path | None) -> None:
    """Print the public key of the log: the line by which others check its checkpoints.

    It belongs into their [trust] logs, and into what witnesses follow.
    """
    config = settings.require(config_file)
    with config.open_registry(read_only=True) as registry:
        found = find_own_key(config, registry)
    if found is None:
        raise ConfigError("The log has no key: set registry.log_key, or name the log's key.")
    render.say(found.text)


def read_checkpoint(file: Path) -> Checkpoint:
    """Read a checkpoint: the signed text, or a file in which a verifier keeps the last one seen.

    Raises
    ------
    ConfigError
        The file can't be read, or holds no checkpoint.
    """
    from provenance.examine import load_seen
    from provenance.files import read_named
    from provenance.registry import MAX_NOTE_BYTES, Checkpoint

    data = read_named(file, "checkpoint", MAX_NOTE_BYTES, ConfigError)
    if data.lstrip().startswith(b"{") and (seen := load_seen(file)):
        return seen.checkpoint
    try:
        return Checkpoint.parse(data)
    except LogIntegrityError as error:
        raise ConfigError(f"{file}: {error}") from error


def _list_kept(config: Config) -> list[Path]:
    file = config.registry.checkpoint if config.registry else None
    return [file] if file and file.exists() else []


def _compare(registry: Registry, file: Path, key: VerifierKey | None, config: Config) -> Compared:
    from provenance.registry import find_cosignatures

    seen = read_checkpoint(file)
    try:
        registry.check_extends(seen)
        witnesses = find_cosignatures(seen, config.load_witnesses())
        return Compared(file, seen.size, None, len(witnesses))
    except LogIntegrityError as error:
        return Compared(file, seen.size, f"{error}{_blame(seen, key)}", 0)


def _blame(seen: Checkpoint, key: VerifierKey | None) -> str:
    """Say so if the log's own key signed a checkpoint that the log does not extend."""
    if key is None or key.name != seen.origin:
        return ""
    try:
        seen.verify(key.key)
    except LogIntegrityError:
        return " That checkpoint is not signed by the log's key."
    return " The log's key signed that checkpoint: keep it as proof."


def _save(file: Path, head: Checkpoint) -> None:
    from provenance.files import write_atomic

    write_atomic(file, head.text.encode(), overwrite=True)


def _to_json(
    origin: str, found: Audit, compared: Iterable[Compared], key: VerifierKey | None
) -> dict[str, Any]:
    from provenance.jsonable import to_jsonable

    return {
        "schema": SCHEMA,
        "log": origin,
        "ok": found.ok,
        "start": found.start,
        "size": found.size,
        "root": found.root.hex(),
        "signed_by": key.text if key else None,
        "faults_found": found.found,
        "faults": [to_jsonable(fault) for fault in found.faults],
        "checkpoints": [
            {
                "file": str(each.file),
                "size": each.size,
                "extended": each.problem is None,
                "witnesses": each.witnesses,
                "problem": each.problem,
            }
            for each in compared
        ],
    }


def _print(
    origin: str, found: Audit, compared: Sequence[Compared], key: VerifierKey | None
) -> None:
    if found.ok and any(each.problem for each in compared):
        render.say("This is not the log that was seen before, though its entries fit.", "bold red")
    elif found.ok:
        render.say("Nothing was altered, removed or inserted.", "bold green")
    else:
        some = f"{found.found} contradictions" if found.found > 1 else "One contradiction"
        render.say(f"The log was changed. {some} found:", "bold red")
        for fault in found.faults:
            render.say(f"  {fault.kind}: {fault.message}")
        if found.found > len(found.faults):
            render.say(f"  ... and {found.found - len(found.faults)} more")
    looked_at = f"{found.size - found.start} of {found.size}" if found.start else f"{found.size}"
    rows: list[tuple[str, object]] = [
        ("log", origin),
        ("entries recomputed", looked_at),
        ("root", found.root.hex()),
        ("signed by", key.text if key else "nobody: no log key is known"),
    ]
    for each in compared:
        fits = f"extended ({each.size} entries)"
        if each.witnesses:
            fits += f", cosigned by {each.witnesses}"
        rows.append((f"checkpoint {each.file}", each.problem or fits))
    render.print_fields(rows)
    if found.start:
        render.note(
            f"The first {found.start} records were not looked at: an earlier audit did, by whose "
            "checkpoint this one began."
        )
