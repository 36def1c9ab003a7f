"""``provenance stamp``: mark, sign and record pictures."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from provenance.cli import exits, inputs, outputs, render, settings
from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.stamp import StampedImage, Stamper
    from provenance.watermark import Margin


def _time(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    """Read an ISO 8601 time that says its zone."""
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as exc:
        raise click.BadParameter(f"{text!r} is no time such as 2026-03-01T12:00:00Z.") from exc
    if time.tzinfo is None:
        raise click.BadParameter(f"{text!r} names no time zone: end it with Z or +01:00.")
    return time.astimezone(UTC)


class _Said(TypedDict):
    """What the command line says of the pictures."""

    model: str
    model_version: str
    created: datetime | None
    action: str
    parent: Path | None


@click.command("stamp", short_help="Mark, sign and record pictures.")
@inputs.images
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE|DIR",
    help="The suffix decides the format; a DIR keeps name and format.",
)
@click.option("--model", required=True, help="The model that made the pictures.")
@click.option("--model-version", default="", help="Its version.")
@click.option("--created", callback=_time, help="When they were made, ISO 8601; else now.")
@click.option(
    "--action",
    type=click.Choice(["created", "edited", "placed"]),
    default="created",
    help="What the model did: created it (default), edited a picture that was there before, or "
    "made something that was placed into one. What carries a manifest already was edited.",
)
@click.option(
    "--parent",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The picture that was there before; with its manifest it becomes the history.",
)
@click.option("--force", is_flag=True, help="Overwrite outputs, and stamp what is stamped already.")
@settings.config_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    output: str,
    force: bool,
    config_file: Path | None,
    **said: Unpack[_Said],
) -> int:
    """Stamp pictures: an invisible mark, a signed manifest and a record in the registry.

    Every mark is read back and every record is on disk before the stamped file is written.
    """
    given = inputs.sources(image, from_file)
    files = outputs.targets(output, given)
    stamper = _stamper(config_file, said["action"], said["parent"])

    def stamp(source: inputs.Source, target: Path) -> int:
        try:
            outputs.check(target, overwrite=force)
            stamped = stamper.stamp(
                source.read(),
                model=said["model"],
                model_version=said["model_version"],
                created=said["created"],
                format=target.suffix,
                force=force,
            )
            stamped.save(target, overwrite=force)
        except ProvenanceError as error:
            render.complain(inputs.about(source, error, len(given) > 1), error.code)
            return exits.status_of(error)
        _show(stamped, target)
        return exits.DONE

    return exits.worst(stamp(*pair) for pair in zip(given, files, strict=True))


def _stamper(config_file: Path | None, action: str, parent: Path | None) -> Stamper:
    """Build the stamper, for pictures that the model created or edited."""
    if action == "created":
        if parent is not None:
            raise click.UsageError(
                "A picture with a --parent was not created: add --action edited, or placed."
            )
        return settings.required(config_file).stamper()
    return settings.required(config_file).stamper().editing(parent, placed=action == "placed")


def _show(stamped: StampedImage, target: Path) -> None:
    record = stamped.record
    render.say(f"Stamped {target}")
    render.fields(
        [
            ("producer", record.producer_name),
            ("model", f"{record.model} {record.model_version}".strip()),
            ("created", f"{record.created:%Y-%m-%d %H:%M:%S} UTC"),
            ("stamp", record.stamp_id),
            ("margin", _margin(stamped.margin)),
            ("check", f"provenance verify {shlex.quote(str(target))}"),
        ]
    )


def _margin(margin: Margin) -> str:
    """Say what the mark should outlive, and what not."""
    after = {
        "JPEG 50": margin.jpeg_50,
        "half size": margin.half_size,
        "a quarter of the area": margin.quarter_area,
    }
    lost = [name for name, left in after.items() if left < 0]
    told = ", ".join(f"{left:.0f} dB after {name}" for name, left in after.items() if left >= 0)
    return told + (f"; may be lost after {' or '.join(lost)}" if lost else "")
