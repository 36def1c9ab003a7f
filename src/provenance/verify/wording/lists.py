"""What hash lists hold of a picture, as findings: one for each list and basis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from provenance.hashlists import ListUse
from provenance.language import join, message
from provenance.text import format_percent, join_names, quote
from provenance.verify.listed import Basis, Listed
from provenance.verify.reasons import Thresholds
from provenance.verify.wording import rates
from provenance.verify.wording.finding import Finding

LISTED = {
    Basis.SAME_FILE: message(
        "This very file is on the list {list}{cases}, by its digest. Other files with an equal "
        "digest exist only where somebody made them so, and for SHA-256 nobody can."
    ),
    Basis.SAME_CONTENT: message(
        "{picture} is on the list {list}{cases}: the list names its stamp, and the picture shows "
        "what was signed with that stamp. It may have been changed since."
    ),
    Basis.ALIKE: message(
        "The picture looks like one on the list {list}{cases}: {distance} of 256 bits differ, and "
        "up to 31 count as alike. {rate} This is a lead: a person has to compare the two."
    ),
    Basis.MARK: message(
        "{picture} carries a mark that the list {list} names{cases}, and nothing here proves that "
        "the mark belongs on this picture: anybody can copy a mark. This is a lead, and not the "
        "same content. Record or response of the producer can prove it."
    ),
    Basis.OTHER_CONTENT: message(
        "{picture} carries a mark that the list {list} names{cases}, but does not show what was "
        "signed with that stamp: the mark was moved here, or the picture was edited beyond "
        "recognition. So this is not a hit."
    ),
}
WORD = message("What stands on a list is the word of whoever made it.")
NO_TRAIN = message("The list asks that no model be trained with its pictures.")
WHOLE = message("The picture")
PART = message("A part of the picture, about {share} of its area,")
CASES = message(", case {cases}")


def describe_listed(listed: Iterable[Listed] | None, thresholds: Thresholds) -> Iterator[Finding]:
    """Describe the hits, strongest first; hits of one kind on one list are one finding."""
    ordered = sorted(listed or (), key=_order)
    for (_, name, _), group in groupby(ordered, key=_order):
        yield _describe(name, list(group), thresholds)


def _order(each: Listed) -> tuple[int, str, str]:
    return tuple(Basis).index(each.basis), each.match.list, each.match.use.value


def _describe(name: str, hits: list[Listed], thresholds: Thresholds) -> Finding:
    first = hits[0]
    basis, use = first.basis, first.match.use
    cases = sorted({case for each in hits for case in each.match.cases})
    share = first.region.coverage if first.region else 1.0
    part = share < thresholds.whole_from
    text = LISTED[basis].format(
        list=quote(name),
        cases=CASES.format(cases=join_names([quote(case) for case in cases])) if cases else "",
        picture=PART.format(share=format_percent(share)) if part else WHOLE,
        distance=min(each.match.distance for each in hits),
        rate=rates.ALIKE,
    )
    asked = NO_TRAIN if use is ListUse.NO_TRAIN else ""
    codes = (f"list.{basis}", *(("list.no_train",) if asked else ()))
    return Finding("list", join((text, asked, WORD)), codes=codes, region=first.region)
