"""``provenance verify``: say where pictures come from, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import exits, inputs, json_lines, parallel, render, settings
from provenance.cli.inputs import Source
from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.verify import Verdict, Verifier


@click.command("verify", short_help="Say where pictures come from, and how sure that is.")
@inputs.images
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per picture, a line each."
)
@json_lines.options
@click.option(
    "--no-registry", is_flag=True, help="Do not ask the registry, by mark or by likeness."
)
@click.option("--no-similar", is_flag=True, help="Do not look for similar pictures.")
@parallel.jobs_option
@inputs.manifest_option
@settings.config_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    as_json: bool,
    output: Path | None,
    resume: bool,
    no_registry: bool,
    no_similar: bool,
    jobs: int | None,
    manifest_file: str | None,
    config_file: Path | None,
) -> int:
    """Say where pictures come from: producer, model and time, with the evidence.

    An IMAGE may be a folder or a quoted pattern. Works with no config at all; then nobody is
    trusted and no registry is asked. Exit status: 0 attributed, 1 no origin established, 4 tampered
    or conflict, 5 unusable picture.
    """
    given = inputs.sources(image, from_file)
    before = json_lines.earlier(output, given, resume=resume)
    rest = given[len(before.lines) :]
    beside = inputs.manifest_beside(manifest_file, given)
    task = _Verification(config_file, not no_registry, not no_similar, beside)
    statuses = [exits.of_json(line) for line in before.lines]
    with json_lines.opened(output, before) as write:
        show = _show if not (as_json or output) else partial(_write, write)
        try:
            for source, answer in parallel.run(
                task, rest, parallel.workers(jobs, rest), go_on="; --resume goes on" * bool(output)
            ):
                examined = answer if isinstance(answer, Examined) else Examined(answer.error)
                statuses.append(show(source, examined, len(given) > 1))
        except ProvenanceError as error:
            # Nothing could be examined at all; programs get their object for each input even so.
            for source in rest if as_json and len(statuses) == len(before.lines) else ():
                write(_failure(error, source))
            raise
    return exits.worst(statuses)


@dataclass(frozen=True)
class Examined:
    """What came of one picture: a verdict or an error, and its hash if it could be read."""

    found: Verdict | ProvenanceError
    sha256: str | None = None


@dataclass(frozen=True)
class _Verification:
    """What the workers are told to do."""

    config_file: Path | None
    registry: bool
    similar: bool
    beside: bytes | None

    def open(self) -> Callable[[Source], Examined]:
        """Build the verifier."""
        config = settings.load(self.config_file)
        verifier = settings.verifier(config, registry=self.registry, similar=self.similar)
        return partial(_examined, verifier, self.beside)


def _examined(verifier: Verifier, beside: bytes | None, source: Source) -> Examined:
    from provenance.verify import decide, gather_evidence

    try:
        examination = verifier.examine(source.read(verifier.limits), beside)
    except ProvenanceError as error:
        return Examined(error)
    try:
        return Examined(decide(gather_evidence(examination)), examination.sha256)
    except ProvenanceError as error:
        return Examined(error, examination.sha256)


def _write(write: json_lines.Write, source: Source, examined: Examined, several: bool) -> int:
    """Write the object for programs; people hear on standard error of what went wrong."""
    if isinstance(found := examined.found, ProvenanceError):
        write(_failure(found, source, examined.sha256))
        return _complained(found, source, several)
    write(found.to_json_dict(source.name))
    return _status(found)


def _show(source: Source, examined: Examined, several: bool) -> int:
    if isinstance(found := examined.found, ProvenanceError):
        return _complained(found, source, several)
    render.verdict(found, source.name if several else None)
    return _status(found)


def _status(verdict: Verdict) -> int:
    """Return a verdict's exit status, and say so if the registry could not be asked."""
    if trouble := exits.registry_trouble(verdict):
        code, sentence = trouble
        render.complain(sentence, code)
    return exits.of_verdict(verdict)


def _complained(error: ProvenanceError, source: Source, several: bool) -> int:
    render.complain(inputs.about(source, error, several), error.code)
    return exits.status_of(error)


def _failure(error: ProvenanceError, source: Source, sha256: str | None = None) -> json_lines.Json:
    from provenance.verify import write_failure

    return write_failure(error, source.name, sha256)
