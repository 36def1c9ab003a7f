"""``provenance directory``: who holds which producer number, and how to publish an entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.canonical import to_utc_seconds
from provenance.cli import outputs, own_entry, render, settings
from provenance.cli.times import read_time

if TYPE_CHECKING:
    from provenance.directory import Edition, Listing


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
    config = settings.require(config_file)
    found = config.read_directory(file) if file else config.load_directory()
    listings = found.listings if found else ()
    now = datetime.now(UTC)
    for listing in sorted(listings, key=lambda each: each.entry.number):
        entry = _describe(listing, now)
        if as_json:
            render.print_json(entry)
            continue
        render.say(entry["name"], "bold")
        render.print_fields(_list_rows(entry))
    if not as_json:
        count = len(listings)
        render.note(f"{count} {'entry' if count == 1 else 'entries'}")


def _describe(listing: Listing, now: datetime) -> dict[str, Any]:
    """Describe an entry, whose word it is, and how old that is."""
    from provenance.directory import Standing
    from provenance.jsonable import to_jsonable

    producer, edition = listing.entry, listing.edition
    official = edition.standing is Standing.AUTHORITY
    word = vars(producer.own) if producer.own and official else {}
    own = {name: to_jsonable(value) for name, value in word.items() if name != "file"}
    keys = [
        {
            "use": key.use.value,
            "sha256": key.sha256,
            "valid_from": to_jsonable(key.valid_from),
            "valid_to": to_jsonable(key.valid_to),
            "valid": key.is_valid_at(now),
        }
        for key in producer.keys
    ]
    return {
        **to_jsonable(replace(producer, keys=(), own=None)),
        "keys": keys,
        "own": own or None,
        "status": producer.status_at(now).value,
        "listed_by": _describe_edition(edition, now),
    }


def _describe_edition(edition: Edition, now: datetime) -> dict[str, Any]:
    from provenance.jsonable import to_jsonable

    return {
        "file": edition.file,
        "sha256": edition.sha256,
        "signer": edition.signer,
        "signer_sha256": edition.signer_sha256,
        "standing": edition.standing.name.lower(),
        "issued": to_jsonable(edition.issued),
        "valid_until": to_jsonable(edition.valid_until),
        "stale": edition.is_stale(now),
    }


_STANDING = {
    "self": "the producer's own word; nobody vouches for it",
    "vetted": "the producer's own word; an anchor that vets identities certified its name",
    "authority": "a directory authority's word",
}


def _list_rows(entry: dict[str, Any]) -> list[tuple[str, object]]:
    """Lay out an entry for people; what does not apply is left out."""
    models = [f"{m['number']} {m['name']} {m['version']}".strip() for m in entry["models"]]
    bound = ", ".join(f"{name} {value}" for name, value in entry["binding"].items())
    shown = entry | {"binding": bound, "models": ", ".join(models)}
    apart = ("name", "authority", "keys", "own", "listed_by")
    plain = [name for name in shown if name not in apart]
    return [
        *((name.replace("_", " "), shown[name]) for name in plain if shown[name]),
        ("authority", "brought by the entry, for this entry alone" if entry["authority"] else ""),
        *((f"{key['use']} key", _tell_key(key)) for key in entry["keys"]),
        *_tell_word(entry),
    ]


def _tell_key(key: dict[str, Any]) -> str:
    until = f" to {key['valid_to']}" if key["valid_to"] else ""
    return f"SHA-256 {key['sha256']}, from {key['valid_from']}{until}"


def _tell_word(entry: dict[str, Any]) -> list[tuple[str, object]]:
    """Tell whose word the entry is, and how old that is."""
    word, own = entry["listed_by"], entry["own"]
    until = word["valid_until"]
    stale = "; out of date: ask for the newer one" if word["stale"] else ""
    signed = f'"{own["signer"]}" (SHA-256 {own["signer_sha256"]}), {own["issued"]}' if own else ""
    return [
        ("rests on", _STANDING[word["standing"]]),
        ("signer", f'"{word["signer"]}" (SHA-256 {word["signer_sha256"]})'),
        ("issued", word["issued"]),
        ("newer by", f"{until}{stale}" if until else ""),
        ("own word", signed),
        ("file", f"{word['file']} (SHA-256 {word['sha256']})"),
    ]


@command.command("export", short_help="Write and sign your own entry.")
@outputs.add_output_option("Directory file to write.")
@click.option("--contact", metavar="TEXT", help="Contact for questions about a stamp.")
@click.option(
    "--endpoint",
    metavar="URL",
    help="Address of the service that answers who asks for proof of a stamp (provenance serve).",
)
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
    endpoint: str | None,
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
    given = {
        "contact": contact,
        "endpoint": endpoint,
        "valid_to": valid_to,
        "revoked_at": revoked_at,
        "reason": reason,
    }
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    entry = replace(own_entry.find(config), own=None, **changes)
    data = directory.export([entry], config.open_signer(), datetime.now(UTC))
    write_atomic(output, data, overwrite=force)
    render.say(f"Wrote {output}: {entry.name}, number {entry.number}")
    count = len(entry.models)
    until = f", revoked at {to_utc_seconds(entry.revoked_at)}" if entry.revoked_at else ""
    render.note(f"{count} model{'s' * (count != 1)}{until}")


@command.command("signpost", short_help="Write whose marks these are, and whom to ask.")
@outputs.add_output_option("JSON file to write.")
@click.option("--number", type=int, help="Only this producer number (default: all that are known).")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@settings.add_config_option
def signpost(output: Path, number: int | None, force: bool, config_file: Path | None) -> None:
    """Write a signpost to FILE, for detectors of others: who holds which producer number.

    A detector that can read a mark's first 24 bits learns from it whom to ask. It points and
    proves nothing: proof is what the producer's service answers.
    """
    from provenance.directory import Directory, make_signpost
    from provenance.files import encode_line, write_atomic

    config = settings.require(config_file)
    outputs.check(output, overwrite=force)
    known = config.load_directory() or Directory()
    found = make_signpost(known, number, datetime.now(UTC))
    write_atomic(output, encode_line(found).encode() + b"\n", overwrite=force)
    count = len(found["producers"])
    render.say(f"Wrote {output}: {count} producer{'s' * (count != 1)}")


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
@outputs.add_output_option("Directory file to write.", "DIRECTORY")
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
