"""``provenance hashlist``: make and keep lists of known pictures, and purge the withdrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import exits, inputs, render, settings
from provenance.cli.inputs import Input
from provenance.cli.left_out import LeftOut
from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.hashlists import HashRecord, UpdateResult
    from provenance.verify import ForList

_file = click.argument("file", type=click.Path(path_type=Path))
_output = click.argument("output", type=click.Path(path_type=Path))


@click.group("hashlist", short_help="Make hash lists, keep them, and purge what was withdrawn.")
def command() -> None:
    """Make and keep lists of known pictures: their hashes, and the stamps that their marks name.

    A list is ThreatExchange's lines, CSV or JSON, StopNCII records, or VICS. A new one becomes
    StopNCII records if its name ends in .json, VICS with .vics.json, a table with .csv, else lines.
    """


@command.command("show", short_help="Count the hashes of a list.")
@_file
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(file: Path, as_json: bool) -> None:
    """Count the hashes of FILE by kind and status. The hashes themselves are never shown."""
    from provenance.hashlists import load

    found = load(file)
    kinds = Counter(kind for record in found.records for kind, _ in record.hashes)
    counts = {
        "form": found.form.value,
        "hashes": kinds.total(),
        "matched": sum(1 for _ in found.list_live()),
        "to_purge": sum(len(record.hashes) for record in found.gone),
        "kinds": dict(sorted(kinds.items())),
        "statuses": dict(sorted(Counter(record.status.value for record in found.records).items())),
        "uses": dict(sorted(Counter(record.use.value for record in found.records).items())),
    }
    if as_json:
        render.print_json({"schema": "provenance.hashlist/1", "list": found.name, **counts})
        return
    render.say(f"{found.name}: {counts['hashes']} hashes")
    rows = [(name.replace("_", " "), _flatten(value)) for name, value in counts.items()]
    render.print_fields([row for row in rows if row[0] != "hashes"])


@command.command("add", short_help="Put pictures on a list, by hash and by stamp.")
@_file
@inputs.add_images
@click.option("--case", "cases", multiple=True, metavar="N", help="Case number; repeatable.")
@click.option(
    "--use",
    type=click.Choice(["known", "no-train"]),
    default="known",
    show_default=True,
    help="What the list asks for: to stop the pictures, or to train no model with them.",
)
@click.option(
    "--parts", is_flag=True, help="List a stamp also where it is proved for a part alone."
)
@inputs.add_response_option
@settings.add_config_option
def add(
    file: Path,
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    cases: tuple[str, ...],
    use: str,
    parts: bool,
    responses: tuple[Path, ...],
    config_file: Path | None,
) -> int:
    """Put each IMAGE on the list FILE, with PDQ, digests and stamp in one entry.

    A stamp goes on the list only if the registry of the config, or a --response, proves it for what
    the picture shows: a mark alone can be copied onto any picture. Nothing of the picture is kept.
    """
    from provenance import hashlists
    from provenance.verify import make_records

    config = settings.load(config_file)
    verifier = settings.build_verifier(config, similar=False, responses=responses)
    given = inputs.find_inputs(image, from_file, every=True)
    records: list[HashRecord] = []
    statuses, left_out = [], LeftOut()
    for source in given:
        try:
            source.check_chosen()
            examination = verifier.examine(source.read(verifier.limits))
            verdict = verifier.judge(examination)
        except ProvenanceError as error:
            if not left_out.take(error):
                render.complain(inputs.describe_error(source, error, len(given) > 1), error.code)
                statuses.append(exits.map_error(error))
            continue
        statuses.append(exits.DONE)
        made = make_records(
            examination, verdict, cases=cases, use=hashlists.ListUse(use), parts=parts
        )
        records += made.records
        render.say(_describe_record(source, made))
    if records:
        _tell(file, hashlists.add(file, records))
    left_out.tell(listed=False)
    return left_out.find_status(statuses)


@command.command("withdraw", short_help="Purge what stands on a list for one case.")
@_file
@click.argument("case")
def withdraw(file: Path, case: str) -> None:
    """Close CASE in FILE, and purge what stands there for it alone.

    FILE is rewritten without the purged hashes and stamps, and then searched for them. You have to
    purge backups yourself, and editions that others hold: send them the withdrawal.
    """
    from provenance import hashlists

    _tell(file, hashlists.withdraw(file, case))


@command.command("update", short_help="Add new hashes to a list and purge withdrawn ones.")
@_file
@click.argument("changes", nargs=-1, type=click.Path(path_type=Path))
def update(file: Path, changes: tuple[Path, ...]) -> None:
    """Bring FILE up to date with CHANGES, and purge withdrawn and deleted hashes.

    CHANGES are newer lists, such as answers of StopNCII's API, oldest first. FILE is rewritten
    without the purged hashes, and then searched for them. You have to purge backups yourself.
    """
    from provenance import hashlists

    _tell(file, hashlists.update(file, [hashlists.load(each) for each in changes]))


@command.command("convert", short_help="Write a list in another form.")
@_file
@_output
def convert(file: Path, output: Path) -> None:
    """Write FILE as OUTPUT, in the form that its name asks for, without what is withdrawn.

    Lines and CSV hold no status, cases or uses, and VICS no status and uses.
    """
    from provenance import hashlists

    hashlists.convert(hashlists.load(file), output)


@command.command("publish", short_help="Write a list for everybody, with salted stamps.")
@_file
@_output
def publish(file: Path, output: Path) -> None:
    """Write FILE as OUTPUT for everybody: stamps are salted, cases and other details left out.

    Who meets a picture still finds its mark on the list. Who holds the list alone can't tell which
    stamps are on it. Each stamp takes some 40 ms, in making and in looking one up.
    """
    from provenance import hashlists

    hashlists.convert(hashlists.make_public(hashlists.load(file)), output)


def _describe_record(source: Input, made: ForList) -> str:
    from provenance.text import show_name

    kinds = list(dict.fromkeys(kind for record in made.records for kind, _ in record.hashes))
    without = f"; without a stamp, as {made.unlisted.value}" if made.unlisted else ""
    return f"{show_name(source.name)}: {', '.join(kinds)}{without}"


def _tell(file: Path, done: UpdateResult) -> None:
    render.say(f"{file.name}: {done.added} added, {done.purged} purged, {done.live} to match")
    if done.purged:
        render.say("The file no longer holds any of the purged hashes.")


def _flatten(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    return value
