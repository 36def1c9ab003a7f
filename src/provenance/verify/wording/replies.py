"""Responses of producers in words: what each proves, or why it proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from provenance.language import Message, Said, join, say_count
from provenance.stamp_id import Payload
from provenance.text import format_age, format_number, format_time, quote
from provenance.verify.evidence import Evidence, Reply
from provenance.verify.freshness import Freshness, Word
from provenance.verify.wording import reply_sentences as sentences
from provenance.verify.wording.finding import Finding
from provenance.verify.wording.sentences import UNNAMED


def tell_freshness(fresh: Freshness, now: datetime) -> Iterator[Said]:
    """Say of when a proof speaks, and that what happened since is unknown."""
    if fresh.revocation is Word.UNCHECKED:
        yield sentences.REVOCATION_UNCHECKED
    if fresh.revocation is Word.RESPONSE and fresh.as_of is not None:
        yield sentences.REVOCATION_ANSWERED.format(
            time=format_time(fresh.as_of), age=format_age(now - fresh.as_of)
        )
    if fresh.revocation is Word.MIRROR and fresh.as_of is not None:
        yield sentences.REVOCATION_MIRRORED.format(
            time=format_time(fresh.as_of), age=format_age(now - fresh.as_of)
        )
    issued = fresh.directory.issued if fresh.directory else None
    if issued is not None:
        yield sentences.DIRECTORY_AGE.format(time=format_time(issued), age=format_age(now - issued))


def describe_replies(evidence: Evidence) -> Iterator[Finding]:
    """Describe each response about a stamp that was found here, and count the others."""
    for reply in evidence.replies:
        yield _describe_fault(reply) if reply.fault else _describe(reply, evidence.examined_at)
    if count := evidence.other_replies:
        text = say_count(*sentences.OTHER_RESPONSES, count)
        yield Finding("registry", text, codes=("response.other_stamp",))


def _name(reply: Reply, holder: Message) -> Said:
    """Name who answered, or only the number where the name is somebody else's as well."""
    if reply.producer_name:
        return quote(reply.producer_name)
    return holder.format(number=Payload.unpack(reply.stamp_id.payload).producer)


def _describe(reply: Reply, now: datetime) -> Finding:
    kind = sentences.REVOKED if reply.lookup.revocation else reply.outcome.value
    place: Said | str = ""
    if reply.size:
        place = sentences.PLACE.format(
            index=format_number((reply.index or 0) + 1), size=format_number(reply.size)
        )
    said = sentences.RESPONSE[kind].format(
        who=_name(reply, sentences.HOLDER_FIRST),
        stamp=reply.stamp_id,
        time=format_time(reply.as_of),
        age=format_age(now - reply.as_of),
        place=place,
        reason=quote(reply.reason or ""),
    )
    signed = sentences.ANSWERED_BY.format(
        signer=quote(reply.signer), digest=reply.signer_sha256, listed_by=reply.listed_by
    )
    return Finding("registry", join((said, signed)), codes=(f"response.{kind}",))


def _describe_fault(reply: Reply) -> Finding:
    if reply.fault is None:
        raise ValueError("this response has no fault")
    why = sentences.FAULT[reply.fault].format(
        who=_name(reply, sentences.HOLDER),
        signer=quote(reply.signer) if reply.signer else UNNAMED,
        digest=reply.signer_sha256,
        time=format_time(reply.as_of),
    )
    text = sentences.NOT_USED.format(stamp=reply.stamp_id, why=why)
    return Finding("registry", text, codes=(f"response.{reply.fault}",))
