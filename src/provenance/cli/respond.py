"""``provenance respond``: answer a request, or a stamp id, from the registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import outputs, render, settings
from provenance.errors import ConfigError, RequestError
from provenance.text import quote

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.response import Request, Responder, Response
    from provenance.signers import Signer
    from provenance.stamp_id import StampId


@click.command("respond", short_help="Answer a request, or a stamp id, from the registry.")
@click.argument("subject", metavar="REQUEST|STAMP_ID")
@outputs.add_output_option("Response to write (JSON).")
@click.option(
    "--account",
    is_flag=True,
    help="With STAMP_ID: also tell the account, on your own word. Needs --case and --purpose.",
)
@click.option("--case", metavar="ID", help="With --account: case number, which is logged.")
@click.option(
    "--purpose", metavar="TEXT", help="With --account: purpose, such as a court order; logged."
)
@click.option("--refuse", metavar="REASON", help="Refuse to answer, for this reason.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@settings.add_config_option
def command(
    subject: str,
    output: Path,
    account: bool,
    case: str | None,
    purpose: str | None,
    refuse: str | None,
    force: bool,
    config_file: Path | None,
) -> None:
    """Write the signed answer about one stamp to FILE: found, no such stamp, or refused.

    A stamp that is found comes with its record, its manifest, the proof that the log holds it, and
    its revocation as of now. The account is told only to requests that are signed by somebody whom
    the authorities in "requesters" of [response] certify, with case and purpose; the registry logs
    that first. With a STAMP_ID and --account you answer for a court order on paper yourself.

    Exit status: 0 when FILE was written, whatever the answer is.
    """
    from provenance.files import write_atomic
    from provenance.response import write_response

    config = settings.require(config_file)
    outputs.check(output, overwrite=force)
    signer = _open_signer(config)
    request = _read(subject)
    if account != (case is not None and purpose is not None) or (case is None) != (purpose is None):
        raise click.UsageError("The options --account, --case and --purpose go together.")
    if account and not _is_stamp(subject):
        raise click.UsageError(
            "The option --account is for a STAMP_ID: a request says itself what it asks for."
        )
    response = _answer(config, request, subject, refuse, (case, purpose))
    told = response.disclosed is not None
    write_atomic(output, write_response(response, signer), overwrite=force, private=told)
    render.say(f"Wrote {output}: stamp {response.stamp_id}, {_tell(response)}")
    _note_others_number(config, response.stamp_id)


def _open_signer(config: Config) -> Signer:
    signer = config.open_responder()
    if signer is None:
        raise ConfigError(
            f"{config.path} names no key for responses: set signer in [response], and publish it "
            "with 'provenance directory export'."
        )
    return signer


def _is_stamp(subject: str) -> bool:
    from provenance.stamp_id import StampId

    return StampId.parse(subject.lower()) is not None


def _read(subject: str) -> Request:
    """Read the request, or make one of a stamp id."""
    from datetime import UTC, datetime

    from provenance.files import read_named
    from provenance.response import MAX_REQUEST_BYTES, Request, read_request
    from provenance.stamp_id import StampId

    if stamp_id := StampId.parse(subject.lower()):
        return Request(stamp_id, datetime.now(UTC))
    data = read_named(Path(subject), "request", MAX_REQUEST_BYTES, RequestError)
    return read_request(data, subject)


def _answer(
    config: Config,
    request: Request,
    subject: str,
    refuse: str | None,
    order: tuple[str | None, str | None],
) -> Response:
    from provenance.response import Part

    asks = request.part is Part.ACCOUNT or None not in order
    responder: Responder = config.responder(accounts=asks)
    with responder.registry:
        if refuse is not None:
            return responder.refuse(request.stamp_id, request.sha256, refuse)
        if _is_stamp(subject):
            return responder.answer_order(request.stamp_id, *order)
        return responder.answer(request)


def _tell(response: Response) -> str:
    """Say in a few words what was answered."""
    from provenance.response import Outcome

    if response.outcome is Outcome.NONE:
        return "no such stamp"
    if response.outcome is Outcome.REFUSED:
        return f"refused: {quote(response.reason or '')}"
    said = "found, revoked" if response.withdrawn else "found"
    account = response.account
    if account is None:
        return said
    if account.refused:
        return f"{said}; account not told: {account.refused}"
    told = response.disclosed.pseudonym if response.disclosed else None
    return f"{said}; {'account told, and logged' if told else 'no account is recorded; logged'}"


def _note_others_number(config: Config, stamp_id: StampId) -> None:
    from provenance.stamp_id import Payload

    number = Payload.unpack(stamp_id.payload).producer
    if config.producer is not None and config.producer.number != number:
        render.note(
            f"The stamp bears producer number {number}, and yours is {config.producer.number}: "
            "your answer counts only where a directory lists that number for you."
        )
