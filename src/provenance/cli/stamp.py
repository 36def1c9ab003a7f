"""``provenance stamp``: mark, sign and record pictures."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast

import click

from provenance.cli import (
    exits,
    inputs,
    label_options,
    left_out,
    outputs,
    parallel,
    render,
    settings,
)
from provenance.cli.inputs import Input
from provenance.cli.parallel import Verbosity
from provenance.cli.stamp_task import Done, Stamping
from provenance.cli.times import read_past_time
from provenance.errors import NotExaminedError, ProvenanceError

if TYPE_CHECKING:
    from provenance.batch import Failure
    from provenance.watermark import Margin

SCHEMA = "provenance.stamping/1"

UNMARKED = "once its manifest is stripped, nothing leads from this picture to its producer"


class _Said(TypedDict):
    """What the command line says about the pictures."""

    model: str
    model_version: str
    created: datetime | None
    action: str
    parent: Path | None
    parent_manifest: Path | None
    keep_personal: bool
    account: str | None
    best_effort: bool
    strict: bool


class _Options(_Said, label_options.Asked):
    """The options that are passed on as given."""


@click.command("stamp", short_help="Mark, sign and record pictures.")
@inputs.add_images
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE|DIR|-",
    help="Output file, whose suffix decides the format, or folder, which keeps names and formats; "
    "- writes the picture to standard output, in its own format.",
)
@click.option("--model", required=True, help="Model that made the pictures.")
@click.option("--model-version", default="", help="Version of the model.")
@click.option(
    "--created",
    metavar="TIME",
    callback=read_past_time,
    help="Time at which the pictures were made, ISO 8601 (default: now).",
)
@click.option(
    "--action",
    type=click.Choice(["created", "edited", "placed"]),
    default="created",
    help="What the model did: it created the picture (default), edited an existing one, or made "
    "something that was placed into one. A picture that already carries a manifest was edited.",
)
@click.option(
    "--parent",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Picture that was edited or placed into; it and its manifest become the history.",
)
@click.option(
    "--parent-manifest",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Sidecar manifest (.c2pa) of a --parent that has none embedded.",
)
@click.option(
    "--keep-personal",
    is_flag=True,
    help="With --action edited or placed: keep GPS, serial numbers and names of people in the "
    "metadata, which an edit otherwise loses.",
)
@click.option(
    "--account",
    metavar="ID",
    help="Account that the pictures were made for. It is recorded as a sealed pseudonym, which "
    "only the account key opens.",
)
@click.option(
    "--force", is_flag=True, help="Overwrite outputs, and stamp pictures that are stamped already."
)
@click.option(
    "--resume", is_flag=True, help="Finish an interrupted run: stamp only what is missing."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per picture, one per line."
)
@parallel.add_jobs_option
@parallel.add_verbosity_options
@click.option(
    "--best-effort",
    is_flag=True,
    help="Also sign and record pictures that are too small or flat to hold a readable mark.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Refuse a picture when the stamped file can't hold all that it holds, instead of warning.",
)
@label_options.add_options
@settings.add_config_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    output: str,
    force: bool,
    resume: bool,
    as_json: bool,
    jobs: int | None,
    quiet: bool,
    verbose: bool,
    config_file: Path | None,
    **options: Unpack[_Options],
) -> int:
    """Stamp pictures: add an invisible mark and a signed manifest, and record them in the registry.

    An IMAGE may be a folder or a quoted pattern. Every mark is read back before its file is
    written. A file gets its name only once its record is on disk, so an interrupted run leaves
    nothing half done.
    """
    if force and resume:
        raise click.UsageError(
            "The option --resume keeps what is finished and --force overwrites it: give only one."
        )
    if options["action"] == "created" and options["parent"] is not None:
        raise click.UsageError(
            "A picture with a --parent was not created: add --action edited or --action placed."
        )
    if options["keep_personal"] and options["action"] == "created":
        raise click.UsageError(
            "The option --keep-personal belongs to an edit: add --action edited or --action placed."
        )
    if options["parent_manifest"] is not None and options["parent"] is None:
        raise click.UsageError("The option --parent-manifest belongs to a --parent: name that too.")
    piped = output == outputs.STANDARD_OUTPUT
    if piped and (as_json or resume):
        raise click.UsageError(
            "With -o - the picture itself goes to standard output: leave out --json and --resume."
        )
    folder = Path(output) if not piped and outputs.is_folder(output) else None
    given, rest = left_out.part(inputs.find_inputs(image, from_file, without=folder, every=True))
    work = list(zip(given, outputs.choose_targets(output, given), strict=True))
    several = len(given) > 1
    verbosity = parallel.read_verbosity(quiet=quiet, verbose=verbose, several=several)
    labels = label_options.build_labels(settings.require(config_file), options)
    said = cast(_Said, {key: options[key] for key in _Said.__annotations__})  # type: ignore[literal-required]
    task = Stamping(
        config_file, labels, **said, force=force, resume=resume, several=several, piped=piped
    )
    tally = _Tally(as_json, several, verbosity)
    workers = parallel.count_workers(jobs, given)
    for job, answer in parallel.run(
        task,
        work,
        workers,
        classify=_classify,
        go_on="; add --resume to go on",
        quiet=quiet,
    ):
        tally.add(*job, answer)
    return tally.close(rest)


def _classify(answer: Done | Failure) -> str:
    return answer.how if isinstance(answer, Done) else "failed"


class _Tally:
    """Show each answer, and keep its exit status."""

    def __init__(self, as_json: bool, several: bool, verbosity: Verbosity) -> None:
        self.as_json = as_json
        self.several = several
        self.verbosity = verbosity
        self.statuses: list[int] = []

    def add(self, source: Input, target: Path, answer: Done | Failure) -> None:
        error = None if isinstance(answer, Done) else answer.error
        if isinstance(answer, Done) and answer.data is not None:
            sys.stdout.buffer.write(answer.data)
        elif self.as_json:
            done = answer if isinstance(answer, Done) else None
            render.print_json(_to_json(source, target, done, error))
        elif isinstance(answer, Done) and self.verbosity is Verbosity.TEXT:
            _show(answer, target)
        elif isinstance(answer, Done) and self.verbosity is Verbosity.LINE:
            _print_line(answer, target)
        if error is not None:
            render.complain(inputs.describe_error(source, error, self.several), error.code)
        self.statuses.append(exits.DONE if error is None else exits.map_error(error))

    def close(self, rest: Sequence[tuple[Input, NotExaminedError]]) -> int:
        """Say what was left out of folders, and return the exit status."""
        for source, error in rest if self.as_json else ():
            render.print_json(_to_json(source, None, None, error))
        left = left_out.LeftOut(len(rest))
        if self.verbosity:
            left.tell()
        return left.find_status(self.statuses)


def _to_json(
    source: Input, target: Path | None, done: Done | None, error: ProvenanceError | None
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
        "losses": to_jsonable(getattr(done or error, "losses", ())),
        "error": {"code": error.code, "message": str(error)} if error else None,
    }


def _print_line(done: Done, target: Path) -> None:
    render.say(f"{_describe(done, target)}  {done.record.stamp_id}")


def _describe(done: Done, target: Path) -> str:
    without = " WITHOUT a readable mark" if done.how == "signed" else ""
    return f"{done.how.capitalize()} {target}{without}"


def _show(done: Done, target: Path) -> None:
    record = done.record
    render.say(_describe(done, target))
    render.print_fields(
        [
            ("producer", record.producer_name),
            ("model", f"{record.model} {record.model_version}".strip()),
            ("created", f"{record.created:%Y-%m-%d %H:%M:%S} UTC"),
            ("stamp", record.stamp_id),
            ("margin", _describe_margin(done.margin) if done.margin else None),
            ("note", UNMARKED if done.how == "signed" else None),
            ("check", f"provenance verify {shlex.quote(str(target))}"),
        ]
    )


def _describe_margin(margin: Margin) -> str:
    """Say what the mark should survive, and what not."""
    after = {
        "JPEG 50": margin.jpeg_50,
        "half size": margin.half_size,
        "a quarter of the area": margin.quarter_area,
    }
    lost = [name for name, left in after.items() if left < 0]
    told = ", ".join(f"{left:.0f} dB after {name}" for name, left in after.items() if left >= 0)
    return told + (f"; may be lost after {' or '.join(lost)}" if lost else "")
