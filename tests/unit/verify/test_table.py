"""docs/verdicts.md is the specification of `decide`: every row must come out as it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product, takewhile
from pathlib import Path

import pytest

from provenance.verify import Evidence, State, Verdict, decide
from provenance.verify.reasons import Reason, Worth
from provenance.verify.wording.notes import NOTES

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "verdicts.md"
CASES = "| manifest in the file | mark |"
GRID = "| mark | record | fingerprint | `-` |"
NAMES = {"A": "Producer A", "B": "Producer B", "T": "Third Party"}
UNUSABLE = ("inconclusive", "not compared")

Build = Callable[..., Evidence]


def rows(header: str) -> list[tuple[str, ...]]:
    """Read a table of the document, the line of its header first."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(header))
    table = takewhile(lambda line: line.startswith("|"), [lines[start], *lines[start + 2 :]])
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table]


def grid() -> list[tuple[str, ...]]:
    """Write out the grid: manifest, mark, record, fingerprint, and what comes out."""
    (*_, first), *lines = ((row[:3], row[3:]) for row in rows(GRID))
    manifests = [cell.strip("`") for cell in first]
    return [
        (manifest, mark, record, print_, outcome)
        for (marks, record, prints), outcomes in lines
        for manifest, outcome in zip(manifests, outcomes, strict=True)
        for mark in marks.split(", ")
        for print_ in (UNUSABLE if prints == "unusable" else (prints,))
    ]


_, *ROWS = rows(CASES)
COMBINATIONS = grid()
WORDS = [sorted({row[column] for row in ROWS}) for column in range(5)]


@pytest.mark.parametrize("row", ROWS, ids=[" | ".join(row[:5]) for row in ROWS])
def test_row(row: tuple[str, ...], build: Build) -> None:
    *words, state, origin, match = row
    verdict = decide(build(*words))
    assert verdict.state == state
    if not origin:
        assert verdict.origin is None
        return
    assert verdict.origin is not None
    assert (verdict.origin.producer, verdict.origin.match) == (NAMES[origin], match)


@pytest.mark.parametrize("case", COMBINATIONS, ids=" | ".join)
def test_every_combination(case: tuple[str, ...], build: Build) -> None:
    *words, outcome = case
    verdict = decide(build(*words))
    origin = verdict.origin
    if origin is None:
        assert verdict.state == outcome
    else:
        who, match = outcome.split()
        assert (origin.producer, origin.match) == (NAMES[who], match)


def test_the_grid_has_every_combination() -> None:
    """The manifest absent, untrusted, trusted, broken, of other content, with every mark, record
    and fingerprint."""
    manifests = ("-", "X untrusted", "A", "T", "X broken", "B moved")
    marks = [(who, who + kind) for who in ("A", "U") for kind in ("", " private")]
    wanted = {(manifest, "-", "-", "-") for manifest in manifests}
    for manifest, (who, mark) in product(manifests, marks):
        wanted.add((manifest, mark, "none", "-"))
        for record, print_ in product(
            ("", " other bits", " revoked", " withdrawn"), ("near", "far", *UNUSABLE)
        ):
            wanted.add((manifest, mark, who + record, print_))
    assert {case[:4] for case in COMBINATIONS} == wanted
    assert len(COMBINATIONS) == len(wanted)


def test_pictures_that_look_alike_only_turn_none_into_similar(build: Build) -> None:
    for *words, _ in COMBINATIONS:
        alone, with_likeness = decide(build(*words)), decide(build(*words, "yes"))
        expected = State.SIMILAR if alone.state is State.NONE else alone.state
        assert with_likeness.state is expected, words
        assert with_likeness.origin == alone.origin, words


def test_no_case_is_listed_twice() -> None:
    cases = [row[:5] for row in ROWS]
    assert len(set(cases)) == len(cases)


def test_every_state_has_rows() -> None:
    assert {row[5] for row in ROWS} == set(State)


STRIDE = 13


def choose_combinations() -> list[tuple[str, ...]]:
    """List every manifest with single marks, records, fingerprints and look-ups of the table.

    It is every thirteenth of all, in which every two words meet. All of them take four minutes.
    """
    manifests, marks, records, prints, likes = WORDS
    single = [[w for w in words if "+" not in w] for words in (marks, records, prints)]
    lists = [manifests, *single, likes]
    chosen = list(product(*lists))[::STRIDE]
    for one, other in combinations(range(len(lists)), 2):
        met = {(words[one], words[other]) for words in chosen}
        assert len(met) == len(lists[one]) * len(lists[other])
    return chosen


Decided = list[tuple[tuple[str, ...], Verdict]]


@pytest.fixture(scope="module")
def decided(build: Build) -> Decided:
    """Every combination with what is decided."""
    return [(words, decide(build(*words))) for words in choose_combinations()]


def test_rules_hold_for_every_combination(decided: Decided) -> None:
    for words, verdict in decided:
        assert (verdict.origin is not None) == (verdict.state is State.ATTRIBUTED), words
        assert bool(verdict.proofs) or verdict.state is not State.ATTRIBUTED, words
        assert not (verdict.proofs and verdict.state in (State.CLAIMED, State.TAMPERED)), words
        if verdict.origin is not None and verdict.proof is not None:
            assert verdict.proof.manifest.authentic, words
            assert verdict.origin.producer != "Anybody", words


def test_what_proves_nothing_never_changes_a_proof(build: Build, decided: Decided) -> None:
    """Rule 2: add anything that is no proof to a proved picture, and the origin stays."""
    proved = build("-", "A", "A", "near")
    origin = decide(proved).origin
    for words, verdict in decided:
        if any(reason.worth is Worth.PROVES for reason in verdict.reasons):
            continue
        both = replace(verdict.evidence, marks=(*proved.marks, *verdict.evidence.marks))
        assert decide(both).origin == origin, words


def test_every_code_is_documented(decided: Decided) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert all(f"`{reason}`" in text for reason in Reason)
    assert all(f"`{code}`" in text for code in NOTES)
    families = ("manifest.", "stamp.")
    for _, verdict in decided:
        for finding in verdict.findings:
            own = finding.codes[0]
            assert own.startswith(families) or f"`{own}`" in text, own
