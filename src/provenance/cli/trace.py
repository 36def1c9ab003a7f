"""``provenance trace``: write the case folder on one picture, or check a case folder."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import exits, inputs, render, settings
from provenance.errors import ConfigError, SignerKeyError, TimestampError, UnreadableInputError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from provenance.case import Fault, Source, Tracer
    from provenance.config import Config

_OF_TRACE = ("case", "output", "purpose", "manifest_file", "responses", "with_names")


@click.command("trace", short_help="Write the case folder on one picture, or check one.")
@click.argument("image", metavar="[IMAGE]", required=False)
@click.option("--case", metavar="ID", help="Case that the report belongs to; the report quotes it.")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="New folder for the report and all that belongs to it.",
)
@inputs.add_manifest_option
@inputs.add_response_option
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
def command(image: str | None, checked: Path | None, **options: Any) -> int:
    """Trace IMAGE to its origin and write a case folder.

    The folder holds the report as JSON, HTML and PDF, the custody log, letters that ask for records
    to be preserved, and the examiner's signature over all of it. It holds digests but never the
    picture, and file names only with --with-names. Nothing leaves this machine except a digest for
    the time-stamp authority, if the config names one.

    Exit statuses are those of verify. With --check the status is 0 if nothing was changed and 4
    otherwise.
    """
    if checked is not None:
        if image is not None or any(options[name] for name in _OF_TRACE):
            raise click.UsageError(
                "The option --check takes a case folder: leave out the picture and its options."
            )
        return _check(checked, options["examiner"], options["config_file"])
    if options["examiner"] is not None:
        raise click.UsageError(
            "The option --examiner belongs to --check: add that, or leave it out."
        )
    if image is None or not options["case"] or options["output"] is None:
        raise click.UsageError("Give a picture with --case ID and -o DIR, or --check DIR.")
    return _trace(image, options)


def _trace(image: str, options: dict[str, Any]) -> int:
    from provenance.case import refuse_existing, write

    folder: Path = options["output"]
    refuse_existing(folder)
    config = settings.load(options["config_file"])
    source = _open_source(image, options["manifest_file"], names=options["with_names"])
    purpose: str | None = options["purpose"]
    if purpose is not None and not purpose.strip():
        raise click.UsageError(
            "The option --purpose needs words: the registry logs them with the access."
        )
    responses: tuple[Path, ...] = options["responses"]
    tracer = _build_tracer(config, responses, accounts=purpose is not None)
    case = tracer.trace(source, options["case"], _write_command(image, options, config), purpose)
    write(case, folder)
    render.print_verdict(case.verdict)
    render.say()
    render.say(f"Case folder: {folder}")
    _show(case.files)
    if trouble := exits.find_registry_trouble(case.verdict):
        code, sentence = trouble
        render.complain(sentence, code)
    return exits.map_verdict(case.verdict)


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
_REQUEST = "the request that goes with the letter, for 'provenance respond'"


def _show(files: Iterable[str]) -> None:
    letters = {name: _REQUEST if name.endswith(".json") else _LETTER for name in files}
    render.print_fields([(name, _SAYS.get(name, letters[name])) for name in files])
    if "report.pdf" not in files:
        from provenance.case import WITHOUT_PDF

        render.note(WITHOUT_PDF)
    if "SHA256SUMS.sig" not in files:
        render.note("The folder is not signed: name your key as examiner_key in [trace].")


def _build_tracer(config: Config | None, responses: Iterable[Path], *, accounts: bool) -> Tracer:
    if config is not None:
        settings.warn_of_unrooted(config)
        return config.tracer(accounts=accounts, responses=responses)
    from provenance.case import Tracer

    return Tracer(settings.build_verifier(None, all_marks=True, responses=responses))


def _open_source(image: str, manifest: str | None, *, names: bool) -> Source:
    from provenance.case import Source

    if Path(image).is_dir():
        raise UnreadableInputError(
            f"{image} is a folder, and a case is about one picture: name a file in it."
        )
    given = inputs.Input(image)
    again = None if given.is_standard_input else given.read
    sidecar = inputs.read_sidecar(manifest, [given])
    return Source(given.read, again, image if names else None, sidecar)


def _write_command(image: str, options: dict[str, Any], config: Config | None) -> str:
    """Write the command that repeats this, without names of files unless they are wanted."""
    manifest = options["manifest_file"]
    shown = {
        "IMAGE": image,
        "DIR": f"{options['output']}",
        "MANIFEST": f"{manifest}",
        "CONFIG": f"{config and config.path}",
    }
    if not options["with_names"]:
        shown = {name: name for name in shown}
    words = ["provenance", "trace", shown["IMAGE"], "--case", options["case"], "-o", shown["DIR"]]
    words += ["--manifest", shown["MANIFEST"]] if manifest else []
    for response in options["responses"]:
        words += ["--response", f"{response}" if options["with_names"] else "RESPONSE"]
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
