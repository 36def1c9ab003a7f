"""``provenance verify --check``: whether a result is what a detector signed, and about what."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import exits, render
from provenance.cli.inputs import Input
from provenance.errors import ConfigError, ResultError, SignerKeyError, VerificationError

if TYPE_CHECKING:
    from provenance.verify import Result


def add_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--check`` and ``--detector``, with which ``check`` is called instead."""
    path = click.Path(path_type=Path)

    @wraps(command)
    def check_or_go_on(
        checked: Path | None, detector: Path | None, image: tuple[str, ...], **options: Any
    ) -> Any:
        if checked is None and detector is None:
            return command(image=image, **options)
        return check(checked, detector, image)

    with_detector = click.option(
        "--detector",
        type=path,
        metavar="FILE",
        help="With --check: certificate of the detector that has to have signed, PEM.",
    )(check_or_go_on)
    return click.option(
        "--check",
        "checked",
        type=path,
        metavar="RESULT",
        help="Check this signed result of a service instead of examining anything.",
    )(with_detector)


def check(file: Path | None, detector: Path | None, images: tuple[str, ...]) -> int:
    """Print what a result says, and return 0 if it holds, is by the detector and about the file.

    Raises
    ------
    click.UsageError
        There is no result, or there is more than one picture.
    ResultError, ConfigError
        The result, or the certificate, can't be read.
    """
    from provenance.files import read_named
    from provenance.verify import MAX_RESULT_BYTES, read_result

    if file is None:
        raise click.UsageError("The option --detector belongs to --check: add that, or leave it.")
    if len(images) > 1:
        raise click.UsageError("A result is about one picture: give a single IMAGE or none.")
    result = read_result(read_named(file, "result", MAX_RESULT_BYTES, ResultError))
    faults = [*_find_faults(result, detector), *(_compare(result, each) for each in images)]
    wrong = [each for each in faults if each]
    if not wrong:
        _tell(result, named=detector is not None, compared=bool(images))
    for each in wrong:
        render.complain(each, VerificationError.code)
    return exits.CONTRADICTED if wrong else exits.DONE


def _find_faults(result: Result, detector: Path | None) -> list[str]:
    if not result.chain:
        return ["Nobody signed this result, so anybody can have written it."]
    if not result.holds:
        return ["The signature does not hold: the result is not what its signer signed."]
    if detector is not None and result.chain[0] != _load(detector):
        return ["The result is signed with another certificate than the detector's."]
    return []


def _compare(result: Result, image: str) -> str | None:
    if hashlib.sha256(Input(image).read()).hexdigest() == result.sha256:
        return None
    return f"The result is about another file: its SHA-256 is {result.sha256}."


def _load(detector: Path) -> Any:
    from provenance.certificates import load_pem_chain
    from provenance.files import read_named

    try:
        return load_pem_chain(read_named(detector, "certificate", 2**20, ConfigError))[0]
    except SignerKeyError as error:
        raise ConfigError(f"{detector} holds no certificate: name a PEM file.") from error


def _tell(result: Result, *, named: bool, compared: bool) -> None:
    from provenance.certificates import hash_certificate

    signer = result.chain[0]
    render.say("The result is what its signer signed.", "bold")
    render.print_fields(
        [
            ("signer", signer.subject.rfc4514_string()),
            ("certificate", hash_certificate(signer)),
            ("detector", result.detector),
            ("software", result.software),
            ("examined", f"{result.examined:%Y-%m-%d %H:%M:%S} UTC, by the detector's clock"),
            ("file", result.sha256 + (", the one given" if compared else "")),
        ]
    )
    if not named:
        render.note(
            "Anybody can make a certificate in any name: compare it with the detector's, or name "
            "that with --detector."
        )
    render.say()
    render.say_lines(result.text)
