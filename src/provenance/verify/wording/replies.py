"""Responses of producers in words: what each proves, or why it proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from provenance.text import format_age, format_time, quote
from provenance.verify.evidence import Evidence, Reply
from provenance.verify.freshness import Freshness, Word
from provenance.verify.wording import reply_sentences as sentences
from provenance.verify.wording.finding import Finding


def tell_freshness(fresh: Freshness, now: datetime) -> Iterator[str]:
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
        text = sentences.OTHER_RESPONSES.format(
            count="One response" if count == 1 else f"{count} responses",
            verb="is" if count == 1 else "are",
            was="was" if count == 1 else "were",
        )
        yield Finding("registry", text, codes=("response.other_stamp",))


def _describe(reply: Reply, now: datetime) -> Finding:
    kind = sentences.REVOKED if reply.lookup.revocation else reply.outcome.value
    said = sentences.RESPONSE[kind].format(
        who=quote(reply.producer_name),
        stamp=reply.stamp_id,
        time=format_time(reply.as_of),
        age=format_age(now - reply.as_of),
        place=f"{(reply.index or 0) + 1:,} of {reply.size:,}" if reply.size else "",
        reason=quote(reply.reason or ""),
    )
    signed = sentences.ANSWERED_BY.format(
        signer=quote(reply.signer), digest=reply.signer_sha256, listed_by=reply.listed_by
    )
    return Finding("registry", f"{said} {signed}", codes=(f"response.{kind}",))


def _describe_fault(reply: Reply) -> Finding:
    if reply.fault is None:
        raise ValueError("this response has no fault")
    why = sentences.FAULT[reply.fault].format(
        who=quote(reply.producer_name),
        signer=quote(reply.signer) if reply.signer else "an unnamed certificate",
        digest=reply.signer_sha256,
        time=format_time(reply.as_of),
    )
    text = sentences.NOT_USED.format(stamp=reply.stamp_id, why=why)
    return Finding("registry", text, codes=(f"response.{reply.fault}",))
