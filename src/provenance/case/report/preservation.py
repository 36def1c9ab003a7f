"""Preservation requests: letters that ask a producer to keep what it knows about one stamp.

Logs are deleted after weeks and legal process takes months, so an investigator sends this letter
first. It asks to keep, never to disclose, and it names nothing but the stamp. If the origin is not
proved, it says so: the mark may be forged, and the reader of the letter may be innocent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from textwrap import fill

from provenance.canonical import to_utc_seconds
from provenance.case.report import sentences
from provenance.case.report.exhibit import Exhibit
from provenance.directory import DirectoryProducer, Listing
from provenance.text import MAX_LINE, clean, quote
from provenance.verify import Manifest

WIDTH = 78  # columns of a letter that e-mail passes on without breaking its lines

_PROVED = (
    "The picture was traced to you: you signed the statement that you stamped it, or that you "
    "stamped a picture that it descends from."
)
_UNPROVED = (
    "The picture carries a mark or a manifest that points to you. It is not proved that this is "
    "yours, or that it belongs on this picture: it may have been forged or copied. This letter is "
    "not an accusation. If your registry has no such stamp, please tell us so; then you need not "
    "keep anything."
)
_KEEP = (
    "the record of this stamp, its signed manifest, and your registry's checkpoints since",
    (
        "the log entries of the request that produced the picture, and of its session: times, "
        "IP addresses, user agents, API keys or tokens used"
    ),
    (
        "the account behind the request: identifiers, pseudonyms, contact and payment data, "
        "dates of its creation and last use"
    ),
    "what was given to the model: prompts, settings, and any picture used as a source",
    (
        "other outputs of the same session, and records of what was already deleted, by whom "
        "and when"
    ),
)
_CLOSING = (
    "Please preserve, unaltered, everything that you hold of this from 30 days before to 30 days "
    "after that time. Please exempt it from automatic deletion until you hear from us or our "
    "request is withdrawn. Beyond the request below, this letter does not ask for disclosure; "
    "that will follow by legal process. "
    "Please do not inform the account's holder."
)
_ASK = (
    "Please answer the request in the file {file}, which goes with this letter: “provenance "
    "respond {file} -o response.json” writes the answer. It asks for what you signed "
    "yourself about this stamp: its record, its manifest, the proof that your log holds it, and "
    "whether you revoked it; or that you have no such stamp. It asks nothing about any person."
)
_HOW = (
    "Your registry finds the stamp by its id (provenance registry show). You need no copy of the "
    "picture for any of this, and none is attached. Please do not ask for one."
)


@dataclass(frozen=True)
class Request:
    """One letter; ``producer`` and ``contact`` are None where no directory says who that is.

    ``file`` is the request that goes with it.
    """

    stamp_id: str
    number: int
    created: datetime
    proved: bool
    producer: str | None
    contact: str | None
    text: str
    file: str


def write_requests(exhibit: Exhibit) -> tuple[Request, ...]:
    """Write a letter for the proved stamp, or else one for each stamp that the evidence names."""
    stamps = enumerate(_list_stamps(exhibit), start=1)
    return tuple(_write_letter(exhibit, stamp, name_request(n)) for n, stamp in stamps)


def name_request(n: int) -> str:
    """Name the file of the request that goes with a letter, counted from 1."""
    return f"request-{n}.json"


@dataclass(frozen=True)
class _Stamp:
    """A stamp to ask about; ``proved_name`` is the proved producer's."""

    stamp_id: str
    number: int
    created: datetime | None
    proved_name: str | None = None


def _list_stamps(exhibit: Exhibit) -> Iterator[_Stamp]:
    verdict = exhibit.verdict
    if verdict.proof is not None:
        for proof in (verdict.proof, *verdict.beside):
            yield from _list_proved(proof.manifest)
        return
    contradicting = (proof.manifest for proof in verdict.proofs)
    named = {
        manifest.payload.hex(): (manifest.number, manifest.created)
        for manifest in contradicting
        if manifest.payload is not None and manifest.number is not None
    }
    for mark in verdict.evidence.marks:
        if mark.version in verdict.thresholds.payload_versions:
            named.setdefault(mark.stamp_id, (mark.producer, mark.minute))
    for stamp_id, (number, created) in named.items():
        yield _Stamp(stamp_id, number, created)


def _list_proved(manifest: Manifest) -> Iterator[_Stamp]:
    """Yield whom a proof names; a third party's manifest has no stamp of ours."""
    if manifest.payload is None or manifest.number is None:
        return
    created = manifest.created or manifest.stamped_minute
    yield _Stamp(manifest.payload.hex(), manifest.number, created, manifest.producer_name)


def _write_letter(exhibit: Exhibit, stamp: _Stamp, file: str) -> Request:
    stamp_id, number = stamp.stamp_id, stamp.number
    entry = (exhibit.producers or {}).get(number)
    name = stamp.proved_name or (entry.name if entry else None)
    name = clean(name) if name else None
    created = stamp.created or exhibit.examined_at
    proved = stamp.proved_name is not None
    text = "\n".join(
        (
            *_write_head(exhibit, stamp_id, number, name, entry),
            "",
            fill(_PROVED if proved else _UNPROVED, WIDTH),
            "",
            *_write_stamp(exhibit, stamp_id, number, created),
            "",
            "Please preserve:",
            "",
            *(fill(f"- {each};", WIDTH, subsequent_indent="  ") for each in _KEEP[:-1]),
            fill(f"- {_KEEP[-1]}.", WIDTH, subsequent_indent="  "),
            "",
            fill(_CLOSING, WIDTH),
            "",
            fill(_ASK.format(file=file), WIDTH, break_on_hyphens=False),
            "",
            fill(_HOW, WIDTH),
            "",
            "[name, office, legal basis, signature]",
            "",
        )
    )
    contact = entry.contact if entry else None
    return Request(stamp_id, number, created, proved, name, contact, text, file)


def _write_head(
    exhibit: Exhibit,
    stamp_id: str,
    number: int,
    name: str | None,
    entry: DirectoryProducer | None,
) -> Iterator[str]:
    yield f"To:       {name or f'the holder of producer number {number}'}"
    listing = (exhibit.listings or {}).get(number)
    if entry is not None:
        yield f"Contact:  {clean(entry.contact)}"
    elif listing is None:
        yield f"Contact:  {sentences.NO_CONTACT}"
    else:
        yield fill(_describe_listing(listing), WIDTH, subsequent_indent=" " * 10)
    yield "From:     [name, office, address, telephone for verification]"
    yield f"Date:     {exhibit.examined_at:%Y-%m-%d}"
    yield f"Case:     {clean(exhibit.case)}"
    yield f"Subject:  Request to preserve records of stamp {stamp_id}"


def _describe_listing(listing: Listing) -> str:
    """Tell who lists the number, so that nobody takes the contact for a confirmed one."""
    return "Contact:  " + sentences.UNPROVED_CONTACT.format(
        directory=clean(str(listing), MAX_LINE),
        name=quote(listing.entry.name),
        contact=clean(listing.entry.contact),
    )


def _write_stamp(exhibit: Exhibit, stamp_id: str, number: int, created: datetime) -> Iterator[str]:
    origin = exhibit.verdict.origin
    record = next((r for r in exhibit.records if r.stamp_id == stamp_id), None)
    yield f"  stamp id         {stamp_id}"
    yield f"  producer number  {number}"
    if origin is not None and origin.stamp_id == stamp_id and origin.model:
        model = clean(f"{origin.model} {origin.model_version or ''}".strip())
        yield f"  model            {model}"
    yield f"  time of stamp    {to_utc_seconds(created)}"
    if record is not None:
        yield f"  recorded         {to_utc_seconds(record.recorded)}"
        yield f"  manifest         {record.manifest_urn}"
        yield f"  file you issued  SHA-256 {record.sha256}"
    yield f"  file examined    SHA-256 {exhibit.input.sha256}"
