"""``provenance request``: write the question to a producer about one stamp."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import inputs, outputs, render, settings
from provenance.errors import RequestError

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.directory import Listing
    from provenance.signers import Signer
    from provenance.stamp_id import StampId

MAX_REPORT_BYTES = 64 * 2**20
"""Bytes of a case folder's report: those with many records have a few megabytes."""


@click.command("request", short_help="Write the question to a producer about one stamp.")
@click.argument("subject", metavar="CASE_DIR|IMAGE|STAMP_ID")
@outputs.add_output_option("Request to write (JSON).")
@click.option("--stamp", metavar="STAMP_ID", help="Stamp to ask about, if there are several.")
@click.option(
    "--account",
    is_flag=True,
    help="Also ask for the pseudonym of the account. Needs a key, --case and --purpose.",
)
@click.option("--case", metavar="ID", help="Case number (default: the case folder's).")
@click.option("--legal-basis", metavar="TEXT", help="Legal basis, such as an order of a court.")
@click.option("--purpose", metavar="TEXT", help="Purpose; the producer logs it with an account.")
@click.option("--requester", metavar="TEXT", help="Name and office of whoever asks.")
@click.option(
    "--recipient",
    metavar="NAME",
    help="Producer who is asked; nobody else may tell the account (default: the directory's).",
)
@click.option("--unsigned", is_flag=True, help="Do not sign, although there is an examiner's key.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@settings.add_config_option
def command(
    subject: str,
    output: Path,
    stamp: str | None,
    account: bool,
    case: str | None,
    legal_basis: str | None,
    purpose: str | None,
    requester: str | None,
    recipient: str | None,
    unsigned: bool,
    force: bool,
    config_file: Path | None,
) -> None:
    """Write a request about one stamp to FILE, for its producer to answer with "respond".

    The stamp is named by its id, by a case folder, or by a picture, which is searched for its mark.
    The request holds no picture, no file name and no fingerprint. It is signed by the examiner's
    key that the config names. Without a key it asks for the public part: record, manifest, proofs
    and revocation. Nothing is sent: give FILE to the producer.
    """
    from provenance.files import write_atomic
    from provenance.response import Part, Request, write_request

    config = settings.load(config_file)
    outputs.check(output, overwrite=force)
    stamps, known_case = _find_stamps(subject, config)
    chosen = _choose(stamps, stamp)
    request = Request(
        stamp_id=chosen,
        issued=datetime.now(UTC),
        part=Part.ACCOUNT if account else Part.PUBLIC,
        recipient=recipient or _find_recipient(chosen, config),
        case=case or known_case,
        legal_basis=legal_basis,
        purpose=purpose,
        requester=requester,
    )
    signer = _open_signer(config, unsigned=unsigned)
    write_atomic(output, write_request(request, signer), overwrite=force)
    asks = "the account and the public part" if account else "the public part"
    render.say(f"Wrote {output}: asks for {asks} of stamp {request.stamp_id}")
    render.note(_tell_holder(request.stamp_id, config))
    if signer is None:
        render.note("The request is not signed, so it can't ask for an account.")


def _open_signer(config: Config | None, *, unsigned: bool) -> Signer | None:
    return None if config is None or unsigned else config.open_examiner()


def _find_stamps(subject: str, config: Config | None) -> tuple[list[StampId], str | None]:
    """Return the stamps that a subject names, and its case number if it has one.

    Raises
    ------
    RequestError
        The case folder names no stamp, or can't be read; or the picture carries none.
    """
    from provenance.stamp_id import StampId

    if stamp_id := StampId.parse(subject.lower()):
        return [stamp_id], None
    if Path(subject).is_dir():
        return _read_case(Path(subject))
    verdict = settings.build_verifier(config, registry=False, all_marks=True).verify(
        subject if subject != inputs.STANDARD_INPUT else inputs.Input(subject).read()
    )
    manifests = (verdict.weighed.manifest, *(mark.manifest for mark in verdict.weighed.marks))
    signed = (each.payload for each in manifests if each is not None and each.payload)
    marks = (mark.stamp_id for mark in verdict.evidence.marks)
    found = list(dict.fromkeys((*marks, *map(StampId.from_payload, signed))))
    if not found:
        raise RequestError(
            f"The picture {subject} carries no stamp that a producer could be asked about."
        )
    return found, None


def _read_case(folder: Path) -> tuple[list[StampId], str | None]:
    """Read the stamps and the case number in the report of a case folder."""
    from provenance.files import read_named
    from provenance.stamp_id import StampId

    data = read_named(folder / "report.json", "report", MAX_REPORT_BYTES, RequestError)
    try:
        report = json.loads(data)
        letters = [StampId.parse(each["stamp_id"]) for each in report["letters"]]
        case = report["case"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise RequestError(f"{folder} is not a case folder: its report can't be read.") from error
    found = [each for each in letters if each is not None]
    if not found:
        raise RequestError(f"The case folder {folder} names no stamp to ask about.")
    return found, case if isinstance(case, str) else None


def _choose(stamps: list[StampId], named: str | None) -> StampId:
    if named is None and len(stamps) == 1:
        return stamps[0]
    if named is not None and named.lower() in stamps:
        return stamps[stamps.index(named.lower())]  # type: ignore[arg-type]
    listed = ", ".join(stamps)
    raise RequestError(f"Name one of these stamps with --stamp: {listed}.")


def _find_recipient(stamp_id: StampId, config: Config | None) -> str | None:
    """Return whom the directory lists for a stamp's number, if that is one only."""
    names = {each.entry.name for each in _find_listings(stamp_id, config)}
    return names.pop() if len(names) == 1 else None


def _find_listings(stamp_id: StampId, config: Config | None) -> tuple[Listing, ...]:
    from provenance.stamp_id import Payload

    directory = config.load_directory() if config else None
    number = Payload.unpack(stamp_id.payload).producer
    return tuple(directory.find_listings(number)) if directory else ()


def _tell_holder(stamp_id: StampId, config: Config | None) -> str:
    """Say whom to send it to, as far as a directory knows, and that this is not proved."""
    from provenance.stamp_id import Payload
    from provenance.text import quote

    number = Payload.unpack(stamp_id.payload).producer
    listings = _find_listings(stamp_id, config)
    if not listings:
        return f"Send it to the holder of producer number {number}; no directory at hand lists it."
    listed = "; ".join(
        f"{quote(each.entry.name)}, contact {quote(each.entry.contact)}" for each in listings
    )
    return f"Producer number {number} is listed for {listed}. Confirm whom you write to."
