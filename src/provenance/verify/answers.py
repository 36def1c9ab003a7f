"""What registries, responses and directories say of stamps, reduced to evidence."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.examine import Examination, LookupStatus, Similar
from provenance.response import Checked, Outcome, Response
from provenance.stamp_id import StampId
from provenance.verify.evidence import NOT_LOOKED_UP, Age, Lookup, Manifest, Mark, Reply
from provenance.verify.logs import find_revocation


def list_directories(examination: Examination) -> Iterator[Age]:
    """Yield the age of each directory in use that came as a file."""
    directory = examination.sources.directory
    for each in directory.editions if directory else ():
        if each.file:
            yield Age(each.file, each.sha256, each.signer, each.issued, each.valid_until)


def list_replies(
    examination: Examination,
    manifest: Manifest | None,
    marks: tuple[Mark, ...] = (),
    similar: tuple[Similar, ...] = (),
) -> tuple[Reply, ...]:
    """Describe the responses about the stamps that were found, or that pictures look like."""
    own = (manifest.payload,) if manifest is not None and manifest.payload else ()
    found = dict.fromkeys(
        (
            *(mark.stamp_id for mark in marks),
            *map(StampId.from_payload, own),
            *(each.stamp_id for each in similar),
        )
    )
    answers = (each for stamp_id in found for each in examination.answers(stamp_id))
    return tuple(map(describe_reply, answers))


def count_others(examination: Examination, replies: tuple[Reply, ...]) -> int:
    """Count the responses about other stamps; one that was given twice is described once."""
    known = {each.stamp_id for each in replies}
    return sum(each.stamp_id not in known for each in examination.sources.responses)


def describe_answer(stamp_id: StampId, examination: Examination) -> Lookup:
    """Reduce what the registry answers about a stamp."""
    answer = examination.records.look_up(stamp_id)
    row = answer.row
    return Lookup(
        status=answer.status,
        urn=row.manifest_urn if row else None,
        sha256=row.sha256 if row else None,
        recorded=row.recorded if row else None,
        created=row.created if row else None,
        others=answer.others,
        revocation=find_revocation(stamp_id, examination),
    )


def describe_reply(answer: Checked) -> Reply:
    """Reduce a checked response to what a verdict may rest on."""
    response = answer.response
    held = response.held
    return Reply(
        stamp_id=response.stamp_id,
        outcome=response.outcome,
        as_of=response.as_of,
        fault=answer.fault,
        producer_name=answer.name,
        listed_by=str(answer.listing) if answer.listing else "",
        signer=answer.signer,
        signer_sha256=answer.signer_sha256,
        lookup=NOT_LOOKED_UP if answer.fault else _describe_held(response),
        index=held.inclusion.index if held else None,
        size=held.inclusion.checkpoint.size if held else None,
        reason=response.reason,
    )


def _describe_held(response: Response) -> Lookup:
    if response.held is None:
        known = response.outcome is Outcome.NONE
        return Lookup(LookupStatus.NONE if known else LookupStatus.NOT_ASKED)
    row, gone = response.held.record, response.withdrawn
    return Lookup(
        LookupStatus.FOUND,
        row.manifest_urn,
        row.recorded,
        row.created,
        sha256=row.sha256,
        revocation=gone.revocation if gone else None,
    )
