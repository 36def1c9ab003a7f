"""Everything a store holds is shown, each code with a sentence, and nothing that is private."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import ManifestError
from provenance.manifest import (
    ANY_TYPE,
    HistoryEntry,
    ModelAction,
    Parent,
    SignedImage,
    StampStatement,
    Trust,
    codes,
    draw_urn,
    list_history,
    read,
    sdk,
    sign,
)
from provenance.manifest.claims import SOURCE_TYPE_UNKNOWN, TIME_UNUSABLE
from provenance.manifest.code_meanings import SENTENCES, UNCHECKED_TIME, UNKNOWN_CODE
from provenance.signers.pem_file import PemSigner


class Producer(Protocol):
    """What the fixture of that name holds."""

    signer: PemSigner
    trust: Trust


@pytest.fixture(scope="module")
def child(
    signed: SignedImage,
    stranger: Producer,
    edited: StampStatement,
    picture: Callable[..., bytes],
) -> SignedImage:
    """A stranger's edit of the producer's picture."""
    placed = replace(edited, action=ModelAction.PLACED, title="holiday with Ada.png")
    parent = Parent(signed.data, "image/png")
    return sign(picture(seed=2), "image/png", placed, stranger.signer, draw_urn(), parent)


def entries(data: bytes, trust: Trust) -> tuple[HistoryEntry, ...]:
    return list_history(read(data, ANY_TYPE, trust), trust)


def test_every_manifest_with_its_signer_actions_and_codes(
    signed: SignedImage, child: SignedImage, stranger: Producer, statement: StampStatement
) -> None:
    entry, before = entries(child.data, stranger.trust)
    assert [(each.urn, each.active) for each in (entry, before)] == [
        (child.urn, True),
        (signed.urn, False),
    ]
    assert entry.signer is not None
    assert before.signer is not None
    assert (entry.signer.name, entry.signer.anchored) == ("Stranger Ltd", True)
    assert (before.signer.name, before.signer.anchored) == ("Example Ltd", False)
    assert [action.action for action in entry.actions] == [
        "c2pa.opened",
        "c2pa.placed",
        "c2pa.watermarked.bound",
    ]
    assert entry.actions[1].when == statement.created
    assert entry.actions[1].software == "example-diffusion 3"
    assert {each.relationship: each.urn for each in entry.ingredients} == {
        "parentOf": signed.urn,
        "componentOf": None,
    }
    assert all(assertion.created for assertion in entry.assertions)
    found = {status.code: status for status in entry.statuses}
    assert found["claimSignature.validated"].kind == "success"
    assert found["signingCredential.trusted"].says == SENTENCES["signingCredential.trusted"]
    fails = [(each.code, each.recorded) for each in before.statuses if each.kind == "failure"]
    assert fails == [("signingCredential.untrusted", True)]


def test_what_an_action_states_in_vain_is_said(
    producer: Producer, picture: Callable[..., bytes]
) -> None:
    action = {
        "action": "c2pa.created",
        "when": "yesterday",
        "digitalSourceType": "http://foo/bar",
    }
    document = {
        "label": draw_urn(),
        "claim_generator_info": [{"name": "somebody's tool"}],
        "assertions": [
            {"label": "c2pa.actions.v2", "created": True, "data": {"actions": [action]}},
            {"label": "org.example.hearsay", "data": {"text": "x"}},
        ],
    }
    data, _ = sdk.sign(document, picture(), "image/png", producer.signer)
    (entry,) = entries(data, producer.trust)
    assert [(each.when, each.source_type) for each in entry.actions] == [(None, None)]
    unusable = [each.code for each in entry.statuses if each.code.startswith("provenance.action.")]
    assert unusable == [TIME_UNUSABLE, SOURCE_TYPE_UNKNOWN]
    assert {each.label: each.created for each in entry.assertions} == {
        "c2pa.actions.v2": True,
        "org.example.hearsay": False,
    }


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=12), st.integers(0, 12))
def test_damage_raises_our_errors_only(
    child: SignedImage, position: int, junk: bytes, cut: int
) -> None:
    store = child.store
    at = position % len(store)
    broken = store[:at] + junk + store[at + cut :]
    with contextlib.suppress(ManifestError):
        for entry in entries(broken, Trust.none()):
            assert all(status.says for status in entry.statuses)


def test_titles_are_private(child: SignedImage) -> None:
    assert "Ada" not in repr(entries(child.data, Trust.none()))


def test_our_own_objections_are_chain(signed: SignedImage, producer: Producer) -> None:
    signer = read(signed.data, ANY_TYPE, producer.trust).signer
    assert signer is not None
    revoking = replace(producer.trust, revoked=frozenset({signer.sha256}))
    (entry,) = entries(signed.data, revoking)
    (failure,) = [status for status in entry.statuses if status.kind == "failure"]
    assert (failure.code, failure.says) == (codes.REVOKED, SENTENCES[codes.REVOKED])


@pytest.mark.parametrize("code", sorted(codes.BROKEN | codes.BINDING_MISMATCH))
def test_codes_that_decide_have_a_sentence(code: str) -> None:
    assert SENTENCES[code].endswith(".")


@pytest.mark.corpus
def test_every_code_met_in_the_wild_has_a_sentence(corpus: Path) -> None:
    unexplained = set()
    old_times = 0
    for path in sorted((corpus / "c2pa").rglob("*")):
        try:
            found = entries(path.read_bytes(), Trust.none()) if path.is_file() else ()
        except ManifestError:
            continue
        for status in (status for entry in found for status in entry.statuses):
            unexplained |= {status.code} if status.says == UNKNOWN_CODE else set()
            old_times += status.says == UNCHECKED_TIME
    assert not unexplained
    assert old_times
