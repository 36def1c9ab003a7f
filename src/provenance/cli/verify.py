"""``provenance verify``: say where pictures come from, and how certain that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import exits, inputs, json_lines, parallel, render, settings
from provenance.cli.inputs import Input
from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.verify import Verdict, Verifier


@click.command("verify", short_help="Say where pictures come from, and how certain that is.")
@inputs.add_images
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per picture, one per line."
)
@json_lines.add_options
@click.option(
    "--no-registry",
    is_flag=True,
    help="Do not query the registry, for marks or for similar pictures.",
)
@click.option("--no-similar", is_flag=True, help="Do not look for similar pictures.")
@click.option(
    "--all-marks",
    is_flag=True,
    help="Find every mark, as in a collage, whatever the first one proves. It takes longer.",
)
@click.option(
    "--depth",
    type=click.Choice(["manifest", "full"]),
    default="full",
    show_default=True,
    help="Look no further than a manifest that proves an origin by itself, or at everything.",
)
@parallel.add_jobs_option
@inputs.add_manifest_option
@inputs.add_response_option
@settings.add_config_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    as_json: bool,
    output: Path | None,
    resume: bool,
    no_registry: bool,
    no_similar: bool,
    all_marks: bool,
    depth: str,
    jobs: int | None,
    manifest_file: str | None,
    responses: tuple[Path, ...],
    config_file: Path | None,
) -> int:
    """Say where pictures come from: producer, model and time, with the evidence.

    An IMAGE may be a folder or a quoted pattern. The command runs without a config; then it trusts
    no signer and queries no registry.

    Exit status: 0 attributed, 1 no origin established, 3 registry not available, 4 tampered or
    conflict, 5 unusable picture.
    """
    given = inputs.find_inputs(image, from_file)
    before = json_lines.read_earlier(output, given, resume=resume)
    rest = given[len(before.lines) :]
    sidecar = inputs.read_sidecar(manifest_file, given)
    task = _Verification(
        config_file, not no_registry, not no_similar, all_marks, depth, sidecar, responses
    )
    statuses = [exits.map_json(line) for line in before.lines]
    with json_lines.open_results(output, before) as write:
        show = _show if not (as_json or output) else partial(_write, write)
        try:
            for source, answer in parallel.run(
                task,
                rest,
                parallel.count_workers(jobs, rest),
                go_on="; add --resume to go on" * bool(output),
            ):
                examined = answer if isinstance(answer, Examined) else Examined(answer.error)
                statuses.append(show(source, examined, len(given) > 1))
        except ProvenanceError as error:
            # Nothing could be examined at all; programs still get an object for each input.
            for source in rest if as_json and len(statuses) == len(before.lines) else ():
                write(_describe_failure(error, source))
            raise
    return exits.take_worst(statuses)


@dataclass(frozen=True)
class Examined:
    """The answer on one picture: a verdict or an error, and its hash if it could be read."""

    found: Verdict | ProvenanceError
    sha256: str | None = None


@dataclass(frozen=True)
class _Verification:
    """The task that workers get: examine pictures and decide."""

    config_file: Path | None
    registry: bool
    similar: bool
    all_marks: bool
    depth: str
    sidecar: bytes | None
    responses: tuple[Path, ...] = ()

    def open(self) -> Callable[[Input], Examined]:
        """Build the verifier, and return the function that examines one picture."""
        config = settings.load(self.config_file)
        verifier = settings.build_verifier(
            config,
            registry=self.registry,
            similar=self.similar,
            all_marks=self.all_marks,
            depth=self.depth,
            responses=self.responses,
        )
        return partial(_examine, verifier, self.sidecar)


def _examine(verifier: Verifier, sidecar: bytes | None, source: Input) -> Examined:
    try:
        examination = verifier.examine(source.read(verifier.limits), sidecar)
    except ProvenanceError as error:
        return Examined(error)
    try:
        return Examined(verifier.judge(examination), examination.sha256)
    except ProvenanceError as error:
        return Examined(error, examination.sha256)


def _write(write: json_lines.Write, source: Input, examined: Examined, several: bool) -> int:
    """Write the object for programs, and on standard error what went wrong for people."""
    if isinstance(found := examined.found, ProvenanceError):
        write(_describe_failure(found, source, examined.sha256))
        return _complain(found, source, several)
    write(found.to_json_dict(source.name))
    return _report_status(found)


def _show(source: Input, examined: Examined, several: bool) -> int:
    if isinstance(found := examined.found, ProvenanceError):
        return _complain(found, source, several)
    render.print_verdict(found, source.name if several else None)
    return _report_status(found)


def _report_status(verdict: Verdict) -> int:
    """Return a verdict's exit status, and complain if the registry could not be asked."""
    if trouble := exits.find_registry_trouble(verdict):
        code, sentence = trouble
        render.complain(sentence, code)
    return exits.map_verdict(verdict)


def _complain(error: ProvenanceError, source: Input, several: bool) -> int:
    render.complain(inputs.describe_error(source, error, several), error.code)
    return exits.map_error(error)


def _describe_failure(
    error: ProvenanceError, source: Input, sha256: str | None = None
) -> json_lines.Json:
    from provenance.verify import write_failure

    return write_failure(error, source.name, sha256)
