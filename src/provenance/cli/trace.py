"""``provenance trace``: write the case folder on pictures, or check a case folder."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import exits, inputs, render, settings
from provenance.errors import ConfigError, SignerKeyError, TimestampError, UnreadableInputError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from provenance.case import CaseFile, Fault, Source, Tracer
    from provenance.config import Config
    from provenance.language import Language
    from provenance.watermark import Corners

_OF_TRACE = (
    *("case", "output", "exhibits", "sources", "reviewer", "language", "ntp"),
    *("purpose", "manifest_file", "responses", "with_names", "thorough", "corners"),
)


@click.command("trace", short_help="Write the case folder on pictures, or check one.")
@click.argument("images", metavar="[IMAGE]...", nargs=-1)
@click.option("--case", metavar="ID", help="Case that the report belongs to; the report quotes it.")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="New folder for the report and all that belongs to it.",
)
@click.option(
    "--exhibit",
    "exhibits",
    metavar="NO",
    multiple=True,
    help="Number of the exhibit, one for each IMAGE in order (default: 1, 2 ...).",
)
@click.option(
    "--source",
    "sources",
    metavar="TEXT",
    multiple=True,
    help="Where the picture comes from: one for all, or one for each IMAGE in order.",
)
@click.option("--reviewer", metavar="NAME", help="Who reviews the report.")
@click.option(
    "--language",
    metavar="CODE",
    help="Language of report and letters: en, de, fr or es (default: the config's, or en).",
)
@click.option(
    "--ntp",
    metavar="SERVER",
    help="Compare this machine's clock with an NTP server, which then sees your address. Without "
    "it the time-stamp authority that the config names is compared, and else nobody is asked.",
)
@inputs.add_manifest_option
@inputs.add_response_option
@click.option(
    "--thorough",
    is_flag=True,
    help="Go on where the usual search finds no mark: pictures photographed at a tilt, bent or "
    "strongly stretched. It takes seconds for each.",
)
@click.option(
    "--corners",
    metavar="X1,Y1,...",
    help="Where the photograph IMAGE shows the picture: x and y, in pixels, of its upper left, "
    "upper right, lower right and lower left corner.",
)
@click.option("--with-names", is_flag=True, help="Let the report hold file names and paths.")
@click.option(
    "--purpose",
    metavar="TEXT",
    help="Also read the pseudonym of the account that a proved stamp was made for. The registry "
    "logs this access with purpose and case.",
)
@click.option(
    "--check",
    "checked",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Check this case folder instead: is it still as its examiner signed it?",
)
@click.option(
    "--examiner",
    metavar="CERT",
    type=click.Path(path_type=Path),
    help="With --check: certificate of the examiner (default: the config's).",
)
@settings.add_config_option
def command(images: tuple[str, ...], checked: Path | None, **options: Any) -> int:
    """Trace each IMAGE to its origin and write a case folder.

    The folder holds the report as JSON, HTML and PDF, the custody log, letters that ask for records
    to be preserved, and the examiner's signature over all of it. It holds digests but never the
    picture, and file names only with --with-names. Nothing leaves this machine except a digest for
    the time-stamp authority, if the config names one, and a question to an NTP server that you
    name.

    Exit statuses are those of verify; of several pictures the worst counts. With --check the status
    is 0 if nothing was changed and 4 otherwise.
    """
    if checked is not None:
        if images or any(options[name] for name in _OF_TRACE):
            raise click.UsageError(
                "The option --check takes a case folder: leave out the picture and its options."
            )
        return _check(checked, options["examiner"], options["config_file"])
    if options["examiner"] is not None:
        raise click.UsageError(
            "The option --examiner belongs to --check: add that, or leave it out."
        )
    if not images or not options["case"] or options["output"] is None:
        raise click.UsageError("Give pictures with --case ID and -o DIR, or --check DIR.")
    return _trace(images, options)


def _trace(images: tuple[str, ...], options: dict[str, Any]) -> int:
    from provenance.case import refuse_existing, write

    folder: Path = options["output"]
    refuse_existing(folder)
    if options["corners"] and len(images) > 1:
        raise click.UsageError("The option --corners is about one photograph: name one IMAGE.")
    config = settings.load(options["config_file"])
    sources = _open_sources(images, options)
    purpose: str | None = options["purpose"]
    if purpose is not None and not purpose.strip():
        raise click.UsageError(
            "The option --purpose needs words: the registry logs them with the access."
        )
    tracer = _build_tracer(config, options)
    case = tracer.trace(sources, options["case"], _write_command(images, options, config), purpose)
    write(case, folder)
    _report(sources, case, tracer.language)
    render.say(f"Case folder: {folder}")
    _show(case.files)
    if trouble := next(filter(None, map(exits.find_registry_trouble, case.verdicts)), None):
        code, sentence = trouble
        render.complain(sentence, code)
    return exits.take_worst(map(exits.map_verdict, case.verdicts))


def _report(sources: Sequence[Source], case: CaseFile, language: Language) -> None:
    """Print each verdict; of several exhibits each under its number."""
    for number, (source, verdict) in enumerate(zip(sources, case.verdicts, strict=True), start=1):
        if len(sources) > 1:
            render.say(f"Exhibit {source.number or number}")
        render.print_verdict(verdict, language=language)
        render.say()


def _check(folder: Path, examiner: Path | None, config_file: Path | None) -> int:
    from provenance.case import check

    faults = check(folder, _load_certificates(examiner, config_file))
    for fault in faults:
        render.say(f"{fault}")
    if faults:
        render.complain(*_describe_faults(folder, faults))
        return exits.CONTRADICTED
    render.say(f"{folder} is unchanged: every file is as its examiner signed it.")
    return _check_time(folder, config_file)


def _describe_faults(folder: Path, faults: Sequence[Fault]) -> tuple[str, str]:
    """Say in a sentence what faults there are, with a code."""
    if not any(fault.unsigned for fault in faults):
        return f"The case folder {folder} is not what its examiner signed.", "case.changed"
    if all(fault.unsigned for fault in faults):
        sentence = (
            f"The case folder {folder} is not signed. Its files fit its own list of digests, but "
            "anybody can have made both."
        )
        return sentence, "case.unsigned"
    return f"The case folder {folder} is not signed, and it was changed.", "case.changed"


def _check_time(folder: Path, config_file: Path | None) -> int:
    """Print since when the folder has been as it is, if a time-stamp authority says so."""
    from provenance.case import read_time_stamp

    config = settings.load(config_file)
    anchors = config.load_trust().tsa_certificates if config else ()
    if config is not None:
        settings.warn_of_unrooted(config)
    try:
        stamp = read_time_stamp(folder, anchors)
    except ConfigError as error:  # the folder is unchanged all the same
        render.note(f"The time stamp was not read. {error}")
        return exits.DONE
    except TimestampError as error:
        render.complain(str(error), error.code)
        return exits.CONTRADICTED
    if stamp is not None:
        whose = "an authority you trust" if stamp.trusted else "an authority you do not list"
        render.say(f"Time stamp: {stamp.time:%Y-%m-%d %H:%M:%S} UTC, by {whose} (tsa_anchors).")
    return exits.DONE


_SAYS = {
    "report.json": "the whole report, for programs",
    "report.html": "the report, to read",
    "report.pdf": "the same, to print and to file",
    "examiner.pem": "the examiner's certificate",
    "custody.jsonl": "every step, chained",
    "SHA256SUMS": "digests of all files; check with: provenance trace --check",
    "SHA256SUMS.sig": "the examiner's signature over them",
    "SHA256SUMS.tsr": "the authority's time stamp of that signature",
    "SHA256SUMS.tsr.sig": "the examiner's signature over the time stamp",
}
_LETTER = "letter to send: asks the producer to keep its records and to answer the request"
_IN_ENGLISH = "the same letter in English"
_REQUEST = "the request that goes with the letter, for 'provenance respond'"


def _describe(name: str) -> str:
    if name in _SAYS:
        return _SAYS[name]
    if name.startswith("request-"):
        return _REQUEST
    return _IN_ENGLISH if name.endswith(".en.txt") else _LETTER


def _show(files: Iterable[str]) -> None:
    render.print_fields([(name, _describe(name)) for name in files])
    if "report.pdf" not in files:
        from provenance.case import WITHOUT_PDF

        render.note(WITHOUT_PDF)
    if "SHA256SUMS.sig" not in files:
        render.note("The folder is not signed: name your key as examiner_key in [trace].")


def _build_tracer(config: Config | None, options: dict[str, Any]) -> Tracer:
    from provenance.case import People, Tracer, ask_ntp
    from provenance.language import ENGLISH, open_language
    from provenance.watermark import Search

    responses: tuple[Path, ...] = options["responses"]
    search = Search(thorough=options["thorough"], corners=_read_corners(options))
    language, reviewer, ntp = (options[name] for name in ("language", "reviewer", "ntp"))
    if config is not None:
        settings.warn_of_unrooted(config)
        accounts = options["purpose"] is not None
        tracer = config.tracer(
            accounts=accounts,
            responses=responses,
            language=language,
            reviewer=reviewer,
            search=search,
        )
    else:
        tracer = Tracer(
            settings.build_verifier(None, all_marks=True, responses=responses, search=search),
            people=People(reviewer=reviewer),
            language=open_language(language) if language else ENGLISH,
        )
    return replace(tracer, reference=ask_ntp(ntp)) if ntp else tracer


def _read_corners(options: dict[str, Any]) -> Corners | None:
    """Read the corners of the picture in the photograph, if they were given."""
    from provenance.watermark import read_corners

    given: str | None = options["corners"]
    return None if given is None else read_corners(given)


def _open_sources(images: tuple[str, ...], options: dict[str, Any]) -> tuple[Source, ...]:
    """Open the pictures, each with its exhibit's number and where it comes from."""
    if images.count(inputs.STANDARD_INPUT) > 1:
        raise click.UsageError("Standard input can be read only once: give '-' at most once.")
    given = [inputs.Input(image) for image in images]
    sidecar = inputs.read_sidecar(options["manifest_file"], given)
    numbers = _share(options["exhibits"], images, "exhibit") or (None,) * len(images)
    acquired: tuple[str | None, ...] = options["sources"] or (None,)
    if len(acquired) == 1:
        acquired *= len(images)
    acquired = _share(acquired, images, "source")
    named = images if options["with_names"] else (None,) * len(images)
    return tuple(
        _open_source(one, name, sidecar, number, where)
        for one, name, number, where in zip(given, named, numbers, acquired, strict=True)
    )


def _share(
    values: tuple[str | None, ...], images: tuple[str, ...], option: str
) -> tuple[str | None, ...]:
    if values and len(values) != len(images):
        raise click.UsageError(
            f"The option --{option} is given {len(values)} times for {len(images)} pictures: give "
            "it once for each, in their order."
        )
    return values


def _open_source(
    given: inputs.Input,
    name: str | None,
    sidecar: bytes | None,
    number: str | None,
    acquired: str | None,
) -> Source:
    from provenance.case import Source

    if Path(given.name).is_dir():
        raise UnreadableInputError(
            f"{given.name} is a folder, and a case is about pictures: name the files in it."
        )
    again = None if given.is_standard_input else given.read
    return Source(given.read, again, name, sidecar, number, acquired)


def _write_command(images: Sequence[str], options: dict[str, Any], config: Config | None) -> str:
    """Write the command that repeats this, without names of files unless they are wanted."""
    manifest = options["manifest_file"]
    shown = {
        "DIR": f"{options['output']}",
        "MANIFEST": f"{manifest}",
        "CONFIG": f"{config and config.path}",
    }
    if not options["with_names"]:
        shown = {name: name for name in shown}
    pictures = images if options["with_names"] else ["IMAGE"] * len(images)
    words = ["provenance", "trace", *pictures, "--case", options["case"], "-o", shown["DIR"]]
    for option, name in (("--exhibit", "exhibits"), ("--source", "sources")):
        words += [word for value in options[name] for word in (option, value)]
    for option in ("reviewer", "language", "ntp"):
        words += [f"--{option}", options[option]] if options[option] else []
    words += ["--manifest", shown["MANIFEST"]] if manifest else []
    for response in options["responses"]:
        words += ["--response", f"{response}" if options["with_names"] else "RESPONSE"]
    words += ["--thorough"] if options["thorough"] else []
    words += ["--corners", options["corners"]] if options["corners"] else []
    words += ["--with-names"] if options["with_names"] else []
    words += ["--purpose", options["purpose"]] if options["purpose"] else []
    words += ["--config", shown["CONFIG"]] if config is not None else []
    return shlex.join(words)


def _load_certificates(examiner: Path | None, config_file: Path | None) -> tuple[Certificate, ...]:
    if examiner is None:
        config = settings.load(config_file)
        if config is None:
            raise ConfigError(
                "There is nothing to check the signature with: take the examiner's certificate "
                "from the examiner, and name it with --examiner."
            )
        return config.load_examiners()
    from provenance.certificates import load_pem_chain

    try:
        return load_pem_chain(examiner.read_bytes())[:1]
    except OSError as error:
        raise ConfigError(f"{examiner} can't be read: {error.strerror}.") from error
    except SignerKeyError as error:
        raise ConfigError(
            f"{examiner} holds no certificate: name a PEM file with --examiner."
        ) from error
