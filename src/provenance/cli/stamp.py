"""``provenance stamp``: mark, sign and record pictures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import exits, inputs, outputs, render, settings
from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.stamp import Stamped


class Time(click.ParamType):
    """An ISO 8601 time that says its zone."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the time in UTC."""
        try:
            time = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is no ISO 8601 time such as 2026-03-01T12:00:00Z.", param, ctx)
        if time.tzinfo is None:
            self.fail(f"{value} does not say its time zone: end it with Z or +01:00.", param, ctx)
        return time.astimezone(UTC)


@click.command("stamp")
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
@click.option("--created", type=Time(), help="When they were made, ISO 8601; else now.")
@click.option("--force", is_flag=True, help="Overwrite outputs, and stamp what is stamped already.")
@settings.config_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    output: str,
    model: str,
    model_version: str,
    created: datetime | None,
    force: bool,
    config_file: Path | None,
) -> int:
    """Stamp pictures: an invisible mark, a signed manifest and a record in the registry.

    Every mark is read back and every record is on disk before the stamped file is written.
    """
    given = inputs.sources(image, from_file)
    files = outputs.targets(output, given)
    stamper = settings.stamper(settings.required(config_file))

    def stamp(source: inputs.Source, target: Path) -> int:
        try:
            outputs.check(target, overwrite=force)
            stamped = stamper.stamp(
                source.read(),
                model=model,
                model_version=model_version,
                created=created,
                format=target.suffix,
                force=force,
            )
            stamped.save(target, overwrite=force)
        except ProvenanceError as error:
            render.complain(inputs.about(source, error, len(given) > 1), error.code)
            return exits.status_of(error)
        _show(stamped, target)
        return exits.DONE

    return exits.worst(stamp(source, target) for source, target in zip(given, files, strict=True))


def _show(stamped: Stamped, target: Path) -> None:
    record = stamped.record
    render.say(f"Stamped {target}")
    render.fields(
        [
            ("producer", record.producer_name),
            ("model", f"{record.model} {record.model_version}".strip()),
            ("created", f"{record.created:%Y-%m-%d %H:%M:%S} UTC"),
            ("stamp", record.stamp_id),
            ("check", f"provenance verify {target}"),
        ]
    )
