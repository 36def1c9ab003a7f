"""``provenance stamp``: mark, sign and record pictures."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast

import click

from provenance.cli import exits, inputs, label_options, outputs, parallel, render, settings
from provenance.cli.inputs import Source
from provenance.cli.stamp_task import Done, Stamping
from provenance.cli.times import read_time
from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.batch import Failure
    from provenance.watermark import Margin

SCHEMA = "provenance.stamping/1"

UNMARKED = "once its manifest is stripped, nothing leads from this picture to its producer"


class _Said(TypedDict):
    """What the command line says of the pictures."""

    model: str
    model_version: str
    created: datetime | None
    action: str
    parent: Path | None
    parent_manifest: Path | None
    account: str | None
    best_effort: bool


class _Options(_Said, label_options.Asked):
    """What is passed on as it is given."""


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
@click.option("--created", callback=read_time, help="When they were made, ISO 8601; else now.")
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
@click.option(
    "--parent-manifest",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The manifest of the --parent, when it came beside it and not in it: a .c2pa file.",
)
@click.option(
    "--account",
    metavar="ID",
    help="For whom they were made: recorded as a sealed pseudonym, readable with its key only.",
)
@click.option("--force", is_flag=True, help="Overwrite outputs, and stamp what is stamped already.")
@click.option("--resume", is_flag=True, help="Finish an interrupted run: stamp what it did not.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per picture, a line each."
)
@parallel.jobs_option
@click.option(
    "--best-effort",
    is_flag=True,
    help="Sign and record also pictures that are too small or flat to hold a readable mark.",
)
@label_options.options
@settings.config_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    output: str,
    force: bool,
    resume: bool,
    as_json: bool,
    jobs: int | None,
    config_file: Path | None,
    **options: Unpack[_Options],
) -> int:
    """Stamp pictures: an invisible mark, a signed manifest and a record in the registry.

    An IMAGE may be a folder or a quoted pattern. Every mark is read back, and every file gets its
    name only when its record is on disk; an interrupted run leaves nothing half done.
    """
    if force and resume:
        raise click.UsageError("--resume keeps what is finished and --force overwrites it.")
    if options["action"] == "created" and options["parent"] is not None:
        raise click.UsageError(
            "A picture with a --parent was not created: add --action edited, or placed."
        )
    if options["parent_manifest"] is not None and options["parent"] is None:
        raise click.UsageError("--parent-manifest belongs to a --parent: name that too.")
    folder = Path(output) if outputs.is_folder(output) else None
    given = inputs.sources(image, from_file, without=folder)
    work = list(zip(given, outputs.targets(output, given), strict=True))
    labels = label_options.labels(settings.required(config_file), options)
    said = cast(_Said, {key: options[key] for key in _Said.__annotations__})  # type: ignore[literal-required]
    task = Stamping(config_file, labels, **said, force=force, resume=resume)
    tally = _Tally(as_json, len(given) > 1)
    workers = parallel.workers(jobs, given)
    for job, answer in parallel.run(task, work, workers, go_on="; add --resume to go on"):
        tally.add(*job, answer)
    return tally.end()


class _Tally:
    """Shows each answer, and counts."""

    def __init__(self, as_json: bool, several: bool) -> None:
        self.as_json = as_json
        self.several = several
        self.statuses: list[int] = []
        self.counts: Counter[str] = Counter()

    def add(self, source: Source, target: Path, answer: Done | Failure) -> None:
        error = None if isinstance(answer, Done) else answer.error
        if self.as_json:
            done = answer if isinstance(answer, Done) else None
            render.json_line(_object(source, target, done, error))
        elif isinstance(answer, Done):
            _line(answer, target) if self.several else _show(answer, target)
        if error is not None:
            render.complain(inputs.about(source, error, self.several), error.code)
        self.statuses.append(exits.DONE if error is None else exits.status_of(error))
        self.counts[answer.how if isinstance(answer, Done) else "failed"] += 1

    def end(self) -> int:
        """Sum up, and return the exit status."""
        if self.several:
            parts = ", ".join(f"{count:,} {how}" for how, count in self.counts.items())
            render.note(f"{self.counts.total():,} pictures: {parts}")
        return exits.worst(self.statuses)


def _object(
    source: Source, target: Path, done: Done | None, error: ProvenanceError | None
) -> dict[str, Any]:
    from provenance.jsonable import to_jsonable

    record = done.record if done else None
    fields = ("stamp_id", "sha256", "producer_name", "model", "model_version", "created")
    return {
        "schema": SCHEMA,
        "input": source.name,
        "output": str(target) if done else None,
        "how": done.how if done else None,
        **{name: to_jsonable(getattr(record, name)) if record else None for name in fields},
        "error": {"code": error.code, "message": str(error)} if error else None,
    }


def _line(done: Done, target: Path) -> None:
    render.say(f"{_what(done, target)}  {done.record.stamp_id}")


def _what(done: Done, target: Path) -> str:
    without = " WITHOUT a readable mark" if done.how == "signed" else ""
    return f"{done.how.capitalize()} {target}{without}"


def _show(done: Done, target: Path) -> None:
    record = done.record
    render.say(_what(done, target))
    render.fields(
        [
            ("producer", record.producer_name),
            ("model", f"{record.model} {record.model_version}".strip()),
            ("created", f"{record.created:%Y-%m-%d %H:%M:%S} UTC"),
            ("stamp", record.stamp_id),
            ("margin", _margin(done.margin) if done.margin else None),
            ("note", UNMARKED if done.how == "signed" else None),
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
