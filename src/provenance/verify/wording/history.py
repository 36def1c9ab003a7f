"""The past of a picture in words: what manifests say of it, and on whose word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provenance.manifest import SummaryItem
from provenance.text import format_time, quote
from provenance.verify.evidence import Manifest
from provenance.verify.wording import sentences


def tell_history(summary: Iterable[SummaryItem], proved: Manifest | None) -> Iterator[str]:
    """Write one sentence for each statement; leave out what the proved origin has stated."""
    told = (item for item in summary if not _is_origin(item, proved))
    yield from dict.fromkeys(map(_tell, told))


def _is_origin(item: SummaryItem, proved: Manifest | None) -> bool:
    if proved is None or not item.stated or item.part or item.urn != proved.urn:
        return False
    same = (item.source_type, item.model or "", item.model_version or "")
    return same == (proved.source_type, proved.model, proved.model_version)


def _tell(item: SummaryItem) -> str:
    model = " ".join(filter(None, (item.model, item.model_version)))
    signer = quote(item.signer) if item.signer else sentences.UNNAMED
    if not item.trusted:
        word = sentences.CLAIMED_BY
    else:
        word = sentences.STATED_BY if item.stated else sentences.PASSED_ON_BY
    return sentences.HISTORY.format(
        what=sentences.PLACED if item.part else sentences.PAST,
        signal=sentences.SIGNALS[item.signal],
        model=f" with {quote(model)}" if model else "",
        time=f" at {format_time(item.time)}" if item.time else "",
        word=word.format(signer=signer),
    )
