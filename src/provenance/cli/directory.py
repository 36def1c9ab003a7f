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
    from collections.abc import Iterable, Sequence

    from cryptography.x509 import Certificate

    from provenance.config import Config
    from provenance.directory import DirectoryModel, DirectoryProducer
    from provenance.manifest import Trust


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

    A file may list anybody if its signer leads to one of the directory_anchors in [trust] of the
    config. Any other file may list only its own signer.
    """
    from provenance.jsonable import to_jsonable

    config = settings.require(config_file)
    found = config.read_directory(file) if file else config.load_directory()
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


@command.command("sign", short_help="Sign the entries of others, as a directory authority.")
@click.argument("file", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--authority",
    required=True,
    metavar="KEY",
    help="PEM file of the authority's key and certificates, or the URI of its signer.",
)
@click.option(
    "--chain",
    metavar="PEM",
    type=click.Path(path_type=Path),
    help="Certificates of the key, if they are not in its file.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="DIRECTORY",
    type=click.Path(path_type=Path),
    help="Directory file to write.",
)
@click.option(
    "--assign",
    multiple=True,
    metavar="OLD=NEW",
    help="Give the producer with number OLD the number NEW, below 524288; repeatable.",
)
@click.option(
    "--valid-until",
    metavar="TIME",
    callback=read_time,
    help="Time by which there will be a newer edition; readers warn after it.",
)
@click.option("--force", is_flag=True, help="Overwrite DIRECTORY.")
def sign(
    file: tuple[Path, ...],
    authority: str,
    chain: Path | None,
    output: Path,
    assign: tuple[str, ...],
    valid_until: datetime | None,
    force: bool,
) -> None:
    """Merge the entries of the directory files FILE into one directory, and sign it.

    Each FILE must list its own signer alone, or be an earlier edition by this authority. Check
    that every producer is who its entry says before you sign. Those who verify name your
    certificate in directory_anchors. A producer with a new number puts it into its config.
    """
    from provenance import directory
    from provenance.certificates import load_pem_chain
    from provenance.files import write_atomic
    from provenance.signers import open_signer

    outputs.check(output, overwrite=force)
    uri = authority if ":" in authority else f"file:{authority}"
    signer = open_signer(uri, chain, folder=Path())
    own = load_pem_chain(signer.certificate_chain)
    offered = directory.Directory.load(file, own[-1:])
    entries = directory.merge(offered.listings, dict(map(_read_assignment, assign)))
    data = directory.export(entries, signer, datetime.now(UTC), valid_until)
    write_atomic(output, data, overwrite=force)
    for entry in entries:
        render.say(f"{entry.number}: {entry.name}")
    render.note(f"Wrote {output}: {len(entries)} producer{'s' * (len(entries) != 1)}")


def _read_assignment(text: str) -> tuple[int, int]:
    old, _, new = text.partition("=")
    try:
        return int(old), int(new)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is not OLD=NEW, two producer numbers.", param_hint="--assign"
        ) from error


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
    from provenance.certificates import load_pem_chain

    chain = load_pem_chain(config.open_signer().certificate_chain)
    trust, known = config.load_trust(), config.load_directory()
    own = known and known.find_bound(
        config.producer.number, trust.describe(chain, datetime.now(UTC))
    )
    if own:
        return _bring_authority(own.entry, (*chain, *trust.certificates))
    return _begin_entry(chain, trust, config.producer.name, config.producer.number)


def _begin_entry(
    chain: Sequence[Certificate], trust: Trust, name: str, number: int
) -> DirectoryProducer:
    """Begin an entry, bound to whatever the signer's authority issues to this name.

    Without a known authority it is bound to the one certificate.
    """
    from provenance.directory import CertificateBinding, DirectoryProducer, IssuerBinding

    described = trust.describe(chain, datetime.now(UTC))
    subject = chain[0].subject.rfc4514_string()
    binding = (
        IssuerBinding(described.issuers[0], subject)
        if described.issuers
        else CertificateBinding(described.sha256)
    )
    begins = chain[0].not_valid_before_utc
    entry = DirectoryProducer(number, name, "none given", binding, valid_from=begins)
    return _bring_authority(entry, (*chain, *trust.certificates))


def _bring_authority(
    entry: DirectoryProducer, certificates: Iterable[Certificate]
) -> DirectoryProducer:
    """Put the authority that an entry binds into it, if it is one of these certificates."""
    from provenance.certificates import hash_certificate, to_pem
    from provenance.directory import IssuerBinding

    if entry.authority or not isinstance(entry.binding, IssuerBinding):
        return entry
    issuer = entry.binding.sha256
    found = (to_pem(each).decode() for each in certificates if hash_certificate(each) == issuer)
    return replace(entry, authority=next(found, None))


def _list_models(config: Config) -> tuple[DirectoryModel, ...]:
    """List the models that the registry has numbered."""
    from provenance.directory import DirectoryModel

    number = config.producer.number if config.producer else 0
    with config.open_registry(read_only=True) as registry:
        known = registry.models(number)
    return tuple(DirectoryModel(model.number, model.model, model.version) for model in known)
