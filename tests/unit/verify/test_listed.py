"""What a hit on a list is worth: each basis, and the sentence that says so."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from provenance.hashlists import STAMP, ListMatch, ListUse
from provenance.stamp_id import StampId
from provenance.verify import Basis, RequireUnlisted, State, Verdict, decide
from provenance.verify.wording.lists import LISTED, NO_TRAIN, WORD
from tests.unit.verify.conftest import evidence_of, payload_of

OWN = StampId.from_payload(payload_of("A"))
OTHER = StampId("f" * 24)


def found(
    *words: str, kind: str = STAMP, stamp_id: StampId | None = OWN, use: ListUse = ListUse.KNOWN
) -> Verdict:
    """A verdict on a case of the table, whose stamp, file or look stands on a list."""
    match = ListMatch("known.json", 7, ("17",), kind, use, stamp_id)
    return decide(replace(evidence_of(*words), listed=(match,)))


def basis(verdict: Verdict) -> Basis:
    assert verdict.listed is not None
    (hit,) = verdict.listed
    return hit.basis


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("A",), Basis.SAME_CONTENT),  # the file itself is what was signed
        (("-", "A", "A", "near"), Basis.SAME_CONTENT),
        (("-", "A", "A", "far"), Basis.OTHER_CONTENT),
        (("-", "A", "A", "inconclusive"), Basis.MARK),
        (("-", "A", "none"), Basis.MARK),
        (("A changed",), Basis.MARK),
        (("X untrusted", "A", "none"), Basis.MARK),
        (("-", "A", "B", "near"), Basis.MARK),  # another producer signed it
        (("A revoked", "-"), Basis.MARK),
    ],
)
def test_a_listed_stamp_is_the_content_only_where_it_is_proved(
    words: tuple[str, ...], expected: Basis
) -> None:
    verdict = found(*words)
    assert basis(verdict) is expected, verdict.explain()
    if verdict.state is not State.ATTRIBUTED:
        assert expected is not Basis.SAME_CONTENT


def test_a_digest_and_a_look_need_no_mark() -> None:
    assert basis(found("-", kind="sha256", stamp_id=None)) is Basis.SAME_FILE
    assert basis(found("-", kind="pdq", stamp_id=None)) is Basis.ALIKE


def test_another_stamp_proves_nothing_of_this_one() -> None:
    assert basis(found("A", stamp_id=OTHER)) is Basis.MARK


@pytest.mark.parametrize("expected", Basis)
def test_each_basis_has_its_sentence(expected: Basis) -> None:
    verdicts = {
        Basis.SAME_FILE: found("-", kind="sha256", stamp_id=None),
        Basis.SAME_CONTENT: found("-", "A", "A", "near"),
        Basis.ALIKE: found("-", kind="pdq", stamp_id=None, use=ListUse.NO_TRAIN),
        Basis.MARK: found("-", "A", "none"),
        Basis.OTHER_CONTENT: found("-", "A", "A", "far"),
    }
    verdict = verdicts[expected]
    last = re.split(r"[.}] ", LISTED[expected])[-1]
    told = [each for each in verdict.findings if each.layer == "list"]
    assert [last in each.finding for each in told] == [True]
    assert WORD in told[0].finding
    assert 'the list "known.json"' in told[0].finding
    assert 'case "17"' in told[0].finding
    assert (NO_TRAIN in told[0].finding) == (expected is Basis.ALIKE)
    for other, elsewhere in verdicts.items():
        says = any(last in each.finding for each in elsewhere.findings)
        assert says == (other is expected)


def test_a_hit_changes_no_verdict_on_the_origin() -> None:
    for words in (("A",), ("-", "A", "A", "near"), ("-", "A", "A", "far"), ("-",)):
        with_list, without = found(*words), decide(evidence_of(*words))
        assert (with_list.state, with_list.origin) == (without.state, without.origin)


def test_no_list_is_not_no_hit() -> None:
    verdict = decide(evidence_of("A"))
    assert verdict.listed is None
    with pytest.raises(Exception, match="No hash list was asked"):
        verdict.require(RequireUnlisted())
    asked = decide(replace(evidence_of("A"), listed=()))
    asked.require(RequireUnlisted())
    assert asked.to_json_dict()["lists"] == []
