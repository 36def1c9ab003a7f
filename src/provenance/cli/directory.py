"""``provenance directory``: who holds which producer number, and how to publish an entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.canonical import to_utc_seconds
from provenance.cli import outputs, render, settings
from provenance.cli.times import read_time
from provenance.errors import ConfigError

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.directory import DirectoryModel, DirectoryProducer


@click.group("directory", short_help="Show who holds which producer number; publish your entry.")
def command() -> None:
    """Work with directory files: signed lists of who holds which producer number."""


@command.command("show", short_help="Show the entries of directory files.")
@click.argument("file", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per producer, one per line."
)
@settings.add_config_option
def show(file: tuple[Path, ...], as_json: bool, config_file: Path | None) -> None:
    """Show the entries of the directory files FILE, or of those that the config names.

    The signers of the files must lead to an anchor in [trust] of the config.
    """
    from provenance.directory import Directory
    from provenance.jsonable import to_jsonable

    config = settings.require(config_file)
    trusted = config.load_trust().certificates
    found = Directory.load(file, trusted) if file else config.load_directory()
    listed = found.producers if found else ()
    now = datetime.now(UTC)
    for producer in listed:
        entry = to_jsonable(producer) | {"status": producer.status_at(now).value}
        if as_json:
            render.print_json(entry)
            continue
        render.say(producer.name, "bold")
        render.print_fields(_list_rows(entry))
    if not as_json:
        render.note(f"{len(listed)} producer{'s' * (len(listed) != 1)}")


def _list_rows(entry: dict[str, Any]) -> list[tuple[str, object]]:
    """Lay out an entry for people; what does not apply is left out."""
    models = [f"{m['number']} {m['name']} {m['version']}".strip() for m in entry["models"]]
    bound = ", ".join(f"{name} {value}" for name, value in entry["binding"].items())
    shown = entry | {"binding": bound, "models": ", ".join(models)}
    return [
        (name.replace("_", " "), shown[name]) for name in shown if name != "name" and shown[name]
    ]


@command.command("export", short_help="Write and sign your own entry.")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Directory file to write.",
)
@click.option("--contact", metavar="TEXT", help="Contact for questions about a stamp.")
@click.option(
    "--valid-to",
    metavar="TIME",
    callback=read_time,
    help="Stamps made after this time do not count.",
)
@click.option(
    "--revoked-at",
    metavar="TIME",
    callback=read_time,
    help="Time of the revocation; only stamps that are proved to be older still count.",
)
@click.option("--reason", metavar="TEXT", help="Reason for the revocation.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@settings.add_config_option
def export(
    output: Path,
    contact: str | None,
    valid_to: datetime | None,
    revoked_at: datetime | None,
    reason: str | None,
    force: bool,
    config_file: Path | None,
) -> None:
    """Write your entry, with the models of your registry, to FILE, and sign it with your signer.

    If the config's directory has an entry of yours, it is kept except for what an option changes.
    Give FILE to those who verify, or to the publisher of a larger directory. Times are ISO 8601.
    """
    from provenance import directory
    from provenance.files import write_atomic

    config = settings.require(config_file)
    outputs.check(output, overwrite=force)
    given = {"contact": contact, "valid_to": valid_to, "revoked_at": revoked_at, "reason": reason}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    entry = replace(_find_entry(config), models=_list_models(config), **changes)
    data = directory.export([entry], config.open_signer(), datetime.now(UTC))
    write_atomic(output, data, overwrite=force)
    render.say(f"Wrote {output}: {entry.name}, number {entry.number}")
    count = len(entry.models)
    until = f", revoked at {to_utc_seconds(entry.revoked_at)}" if entry.revoked_at else ""
    render.note(f"{count} model{'s' * (count != 1)}{until}")


def _find_entry(config: Config) -> DirectoryProducer:
    """Return the producer's entry in the config's directory, or begin one.

    Raises
    ------
    ConfigError
        The config names no producer.
    """
    if config.producer is None:
        raise ConfigError(
            "The config has no [producer], so there is no entry to publish: add that section."
        )
    known = config.load_directory()
    entries = known.producers if known else ()
    own = next((each for each in entries if each.number == config.producer.number), None)
    return own or _begin_entry(config, config.producer.name, config.producer.number)


def _begin_entry(config: Config, name: str, number: int) -> DirectoryProducer:
    """Begin an entry, bound to whatever the signer's authority issues to this name.

    Without a known authority it is bound to the one certificate.
    """
    from provenance.certificates import describe, load_pem_chain
    from provenance.directory import CertificateBinding, DirectoryProducer, IssuerBinding

    chain = load_pem_chain(config.open_signer().certificate_chain)
    described = describe(chain, config.load_trust().certificates, datetime.now(UTC))
    subject = chain[0].subject.rfc4514_string()
    binding = (
        IssuerBinding(described.issuers[0], subject)
        if described.issuers
        else CertificateBinding(described.sha256)
    )
    begins = chain[0].not_valid_before_utc
    return DirectoryProducer(number, name, "none given", binding, valid_from=begins)


def _list_models(config: Config) -> tuple[DirectoryModel, ...]:
    """List the models that the registry has numbered."""
    from provenance.directory import DirectoryModel

    number = config.producer.number if config.producer else 0
    with config.open_registry(read_only=True) as registry:
        known = registry.models(number)
    return tuple(DirectoryModel(model.number, model.model, model.version) for model in known)
