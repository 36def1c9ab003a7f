"""Letters: each asks a producer to keep what it knows about one stamp, and to answer a request.

Logs are deleted after weeks and legal process takes months, so an investigator sends this letter
first. It asks to keep, never to disclose, and it names nothing but the stamp. If the origin is not
proved, it says so: the mark may be forged, and the reader of the letter may be innocent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from provenance.case.report import letter_sentences as sentences
from provenance.case.report.exhibit import Case, Exhibit
from provenance.case.report.letter_form import indented, paragraph, rows
from provenance.directory import DirectoryProducer, Listing
from provenance.language import Said, join_lines
from provenance.records import StampRecord
from provenance.text import DATE, MAX_LINE, SECOND, clean, format_time, quote
from provenance.verify import Manifest


@dataclass(frozen=True)
class Letter:
    """One letter; ``producer`` and ``contact`` are None where no directory says who that is.

    ``part`` says that what is proved is about parts of pictures only.

    ``file`` is the request that goes with it, and ``exhibits`` are the numbers of those that it is
    about. The text is English, and can be said in other languages.
    """

    stamp_id: str
    number: int
    created: datetime
    proved: bool
    producer: str | None
    contact: str | None
    exhibits: tuple[str, ...]
    text: Said
    file: str
    part: bool = False


def write_requests(case: Case) -> tuple[Letter, ...]:
    """Write a letter for each stamp that is proved or, where none is, that the evidence names."""
    stamps = enumerate(_list_stamps(case), start=1)
    return tuple(_write_letter(case, stamp, name_request(n)) for n, stamp in stamps)


def name_request(n: int) -> str:
    """Name the file of the request that goes with a letter, counted from 1."""
    return f"request-{n}.json"


@dataclass(frozen=True)
class _Stamp:
    """A stamp to ask about, with the exhibits it was found in; ``proved_name``: the producer's.

    ``part`` says that it is proved for a part of a picture only.
    """

    stamp_id: str
    number: int
    created: datetime | None
    exhibits: tuple[Exhibit, ...]
    proved_name: str | None = None
    part: bool = False

    @property
    def rank(self) -> tuple[bool, bool]:
        """What is proved first, and of that what is proved for a whole picture."""
        return self.proved_name is not None, not self.part


def _list_stamps(case: Case) -> list[_Stamp]:
    """List each stamp once, with all exhibits that lead to it; a proof in one of them counts."""
    found: dict[str, _Stamp] = {}
    for exhibit in case.exhibits:
        for each in _list_stamps_of(exhibit):
            known = found.get(each.stamp_id, each)
            best = each if each.rank > known.rank else known
            before = known.exhibits if known is not each else ()
            found[each.stamp_id] = replace(best, exhibits=(*before, exhibit))
    return list(found.values())


def _list_stamps_of(exhibit: Exhibit) -> Iterator[_Stamp]:
    verdict = exhibit.verdict
    if verdict.proof is not None:
        for proof in (verdict.proof, *verdict.beside):
            part = verdict.is_about_part(proof)
            yield from _list_proved(proof.manifest, exhibit, part=part)
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
        yield _Stamp(stamp_id, number, created, (exhibit,))


def _list_proved(manifest: Manifest, exhibit: Exhibit, *, part: bool) -> Iterator[_Stamp]:
    """Yield whom a proof names; a third party's manifest has no stamp of ours."""
    if manifest.payload is None or manifest.number is None:
        return
    created = manifest.created or manifest.stamped_minute
    name = manifest.producer_name
    yield _Stamp(manifest.payload.hex(), manifest.number, created, (exhibit,), name, part)


def _write_letter(case: Case, stamp: _Stamp, file: str) -> Letter:
    entries = ((each.producers or {}).get(stamp.number) for each in stamp.exhibits)
    entry = next(filter(None, entries), None)
    name = stamp.proved_name or (entry.name if entry else None)
    name = clean(name) if name else None
    created = stamp.created or case.examined_at
    proved = stamp.proved_name is not None
    text = join_lines(
        (
            rows(_write_head(case, stamp, name, entry)),
            "",
            paragraph(_say_standing(stamp)),
            "",
            rows(_write_stamp(stamp, created), indent=2),
            "",
            paragraph(sentences.PLEASE_PRESERVE),
            "",
            *(indented("- ", each) for each in sentences.KEEP),
            "",
            paragraph(sentences.CLOSING),
            "",
            paragraph(sentences.ASK.format(file=file)),
            "",
            paragraph(sentences.HOW),
            "",
            sentences.SIGNATURE,
            "",
        )
    )
    contact = entry.contact if entry else None
    numbers = tuple(each.number for each in stamp.exhibits)
    return Letter(
        stamp.stamp_id,
        stamp.number,
        created,
        proved,
        name,
        contact,
        numbers,
        text,
        file,
        part=stamp.part,
    )


def _say_standing(stamp: _Stamp) -> Said:
    """Say whether the stamp is proved, and of how much of a picture."""
    if stamp.proved_name is None:
        return sentences.UNPROVED
    return sentences.PROVED_PART if stamp.part else sentences.PROVED


def _write_head(
    case: Case, stamp: _Stamp, name: str | None, entry: DirectoryProducer | None
) -> Iterator[tuple[str, str]]:
    listings = ((each.listings or {}).get(stamp.number) for each in stamp.exhibits)
    listing = next(filter(None, listings), None)
    yield sentences.TO, name or sentences.HOLDER.format(number=stamp.number)
    if entry is not None:
        yield sentences.CONTACT, clean(entry.contact)
    else:
        yield sentences.CONTACT, _describe_listing(listing) if listing else sentences.NO_CONTACT
    yield sentences.FROM, sentences.SENDER
    yield sentences.DATE, format_time(case.examined_at, DATE)
    yield sentences.CASE, clean(case.name)
    yield sentences.SUBJECT, sentences.PRESERVE_RECORDS.format(stamp=stamp.stamp_id)


def _describe_listing(listing: Listing) -> Said:
    """Tell who lists the number, so that nobody takes the contact for a confirmed one."""
    return sentences.UNPROVED_CONTACT.format(
        directory=str(listing),  # can be said in each language
        name=quote(listing.entry.name),
        contact=clean(listing.entry.contact, MAX_LINE),
    )


def _write_stamp(stamp: _Stamp, created: datetime) -> Iterator[tuple[str, str]]:
    yield sentences.STAMP_ID, stamp.stamp_id
    yield sentences.PRODUCER_NUMBER, str(stamp.number)
    origins = (each.verdict.origin for each in stamp.exhibits)
    for origin in origins:
        if origin is not None and origin.stamp_id == stamp.stamp_id and origin.model:
            yield sentences.MODEL, clean(f"{origin.model} {origin.model_version or ''}".strip())
            break
    yield sentences.TIME_OF_STAMP, format_time(created, SECOND)
    records = (record for each in stamp.exhibits for record in each.records)
    record = next((each for each in records if each.stamp_id == stamp.stamp_id), None)
    if record is not None:
        yield from _write_record(record)
    for each in stamp.exhibits:
        yield sentences.FILE_EXAMINED, f"SHA-256 {each.input.sha256}"


def _write_record(record: StampRecord) -> Iterator[tuple[str, str]]:
    yield sentences.RECORDED, format_time(record.recorded, SECOND)
    yield sentences.MANIFEST, record.manifest_urn
    yield sentences.FILE_ISSUED, f"SHA-256 {record.sha256}"
