"""``provenance verify``: say where pictures come from, and how certain that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import (
    exits,
    expectations,
    inputs,
    json_lines,
    parallel,
    render,
    result_check,
    settings,
)
from provenance.cli.examined import Examined, Tally, examine_parts
from provenance.cli.expectations import Expectations
from provenance.cli.inputs import Input
from provenance.cli.parallel import Verbosity
from provenance.errors import NotExaminedError, ProvenanceError, VerificationError
from provenance.language import Language, open_language

if TYPE_CHECKING:
    from provenance.batch import Failure
    from provenance.verify import Switches, Verdict, Verifier


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
@click.option(
    "--language",
    metavar="CODE",
    default="en",
    help="Language of what is said: en, de, fr or es; JSON stays English.",
)
@result_check.add_options
@expectations.add_options
@parallel.add_jobs_option
@parallel.add_verbosity_options
@inputs.add_manifest_option
@inputs.add_response_option
@inputs.add_ask_option
@inputs.add_list_option
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
    language: str,
    jobs: int | None,
    manifest_file: str | None,
    responses: tuple[Path, ...],
    ask: bool,
    lists: tuple[Path, ...],
    config_file: Path | None,
    quiet: bool,
    verbose: bool,
    **expected: Any,
) -> int:
    """Say where pictures come from: producer, model and time, with the evidence.

    An IMAGE may be a folder or a quoted pattern, and a ZIP or PDF: then each picture in it is
    examined. The command runs without a config; then it trusts no signer and queries no registry.

    Of several pictures each gets one line, and with -v all that is said of a single one.

    With --check the command checks the signed result of an examination that a service made before,
    and that it is about the IMAGE, if one is given: status 0 if so and 4 if not.

    Exit status: 0 attributed, 1 no origin established, 3 registry not available, 4 tampered,
    conflict or not as expected, 5 unusable picture.
    """
    given = inputs.find_inputs(image, from_file, every=True)
    before = json_lines.read_earlier(output, given, resume=resume)
    rest = given[before.done :]
    sidecar = inputs.read_sidecar(manifest_file, given)
    switches: Switches = {"similar": not no_similar, "all_marks": all_marks, "depth": depth}
    task = _Verification(config_file, not no_registry, switches, sidecar, responses, lists, ask)
    wanted = Expectations.take(expected)
    several = len(given) > 1
    tally = Tally(before.lines)
    verbosity = parallel.read_verbosity(quiet=quiet, verbose=verbose, several=several)
    with json_lines.open_results(output, before) as write:
        show: Callable[[Input, Examined], int] = (
            partial(_write, write, wanted, several)
            if as_json or output
            else partial(_show, open_language(language), verbosity, wanted, several)
        )
        try:
            for source, answer in parallel.run(
                task,
                rest,
                parallel.count_workers(jobs, rest),
                allowance=settings.allow_workers(config_file),
                classify=_classify,
                go_on="; add --resume to go on" * bool(output),
                quiet=quiet,
                sum_up=not as_json,
            ):
                examined = _as_examined(answer)
                statuses = [show(source, each) for each in examined.parts or (examined,)]
                tally.add(examined, statuses)
        except ProvenanceError as error:
            # Nothing could be examined at all; programs still get an object for each input.
            for source in rest if as_json and not tally.begun else ():
                write(_describe_failure(error, source))
            raise
    if not quiet:
        tally.left_out.tell("no pictures, hidden, or archives in archives")
    return tally.status


@dataclass(frozen=True)
class _Verification:
    """The task that workers get: examine pictures and decide."""

    config_file: Path | None
    registry: bool
    switches: Switches
    sidecar: bytes | None
    responses: tuple[Path, ...] = ()
    lists: tuple[Path, ...] = ()
    ask: bool = False

    def open(self) -> Callable[[Input], Examined]:
        """Build the verifier, and return the function that examines one picture."""
        from provenance.hashlists import load

        config = settings.load(self.config_file)
        verifier = settings.build_verifier(
            config,
            registry=self.registry,
            responses=self.responses,
            ask=self.ask,
            lists=map(load, self.lists),
            **self.switches,
        )
        return partial(_examine, verifier, self.sidecar)


def _examine(verifier: Verifier, sidecar: bytes | None, source: Input) -> Examined:
    from provenance.documents import is_document

    try:
        source.check_chosen(documents=True)
        data = source.read(verifier.limits)
        if is_document(data):
            return examine_parts(verifier, data)
        examination = verifier.examine(data, sidecar)
    except ProvenanceError as error:
        return Examined(error)
    try:
        return Examined(verifier.judge(examination), examination.sha256)
    except ProvenanceError as error:
        return Examined(error, examination.sha256)


def _as_examined(answer: Examined | Failure) -> Examined:
    return answer if isinstance(answer, Examined) else Examined(answer.error)


def _classify(answer: Examined | Failure) -> str:
    return _as_examined(answer).kind


def _write(
    write: json_lines.Write,
    wanted: Expectations,
    several: bool,
    source: Input,
    examined: Examined,
) -> int:
    """Write the object for programs, and on standard error what went wrong for people."""
    place = examined.describe_place()
    if isinstance(found := examined.found, ProvenanceError):
        write({**_describe_failure(found, source, examined.sha256), **place})
        return _complain(found, examined.name(source), several)
    unmet = wanted.find_unmet(found)
    more = {"unmet": str(unmet) if unmet else None} if wanted.given else {}
    digest = {"sha256": examined.sha256} if place else {}
    write({**found.to_json_dict(source.name), **digest, **more, **place})
    return _report_status(found, unmet, examined.name(source), several)


def _show(
    language: Language,
    verbosity: Verbosity,
    wanted: Expectations,
    several: bool,
    source: Input,
    examined: Examined,
) -> int:
    several = several or examined.place is not None
    source = examined.name(source)
    if isinstance(found := examined.found, ProvenanceError):
        return _complain(found, source, several)
    if verbosity:
        name = source.name if several else None
        render.print_verdict(found, name, whole=verbosity is Verbosity.TEXT, language=language)
    return _report_status(found, wanted.find_unmet(found), source, several)


def _report_status(
    verdict: Verdict, unmet: VerificationError | None, source: Input, several: bool
) -> int:
    """Return a verdict's exit status, and complain of what was not asked or not met."""
    if trouble := exits.find_registry_trouble(verdict):
        code, sentence = trouble
        render.complain(sentence, code)
    status = exits.map_verdict(verdict)
    return (
        status if unmet is None else exits.take_worst((status, _complain(unmet, source, several)))
    )


def _complain(error: ProvenanceError, source: Input, several: bool) -> int:
    if not isinstance(error, NotExaminedError):  # which the closing line counts
        render.complain(inputs.describe_error(source, error, several), error.code)
    return exits.map_error(error)


def _describe_failure(
    error: ProvenanceError, source: Input, sha256: str | None = None
) -> json_lines.Json:
    from provenance.verify import write_failure

    return write_failure(error, source.name, sha256)
