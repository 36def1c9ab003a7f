"""The history of a picture: who states what of it, and what that amounts to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pytest

from provenance.manifest import (
    HistoryEntry,
    Parent,
    Signal,
    StampStatement,
    Trust,
    draw_urn,
    list_history,
    read,
    sign,
    summarise,
)
from provenance.signers.pem_file import PemSigner
from tests import manifests
from tests.manifests import COMPOSITE, CREATED, GENERATED, Assertion, actions

Picture = Callable[..., bytes]
OPENED = {"action": "c2pa.opened"}
CAPTURED = {
    "action": "c2pa.created",
    "digitalSourceType": GENERATED.replace("trainedAlgorithmicMedia", "digitalCapture"),
}


class Producer(Protocol):
    """What the fixture of that name holds."""

    signer: PemSigner
    trust: Trust


@pytest.fixture
def png(picture: Picture) -> bytes:
    return picture("PNG")


def history_of(data: bytes, trust: Trust) -> tuple[HistoryEntry, ...]:
    return list_history(read(data, "image/png", trust), trust)


def test_what_the_parent_states_is_part_of_it(
    producer: Producer, stranger: Producer, edited: StampStatement, png: bytes, picture: Picture
) -> None:
    """Another's edit of a generated picture: both state something, each on its own word."""
    parent = manifests.sign_by_hand(producer.signer, png, actions(CREATED))
    data = sign(
        picture("PNG", seed=1),
        "image/png",
        edited,
        stranger.signer,
        draw_urn(),
        Parent(parent, "image/png"),
    ).data
    first, second = summarise(history_of(data, producer.trust))
    assert (first.signal, first.model, first.model_version) == (Signal.GENERATED, "lab-net", "9")
    assert (first.signer, first.trusted, first.stated) == ("Example Ltd", True, True)
    assert (second.signal, second.model) == (Signal.EDITED_WITH_AI, "example-diffusion")
    assert (second.signer, second.trusted) == ("Stranger Ltd", False)


def test_our_stamp_stays_visible_in_the_past_of_a_picture(
    producer: Producer, statement: StampStatement, edited: StampStatement, picture: Picture
) -> None:
    stamped = sign(picture(), "image/png", statement, producer.signer, draw_urn()).data
    again = sign(
        picture(seed=1),
        "image/png",
        edited,
        producer.signer,
        draw_urn(),
        Parent(stamped, "image/png"),
    ).data
    entries = history_of(again, producer.trust)
    assert [entry.stamp_id for entry in entries] == [edited.stamp_id, statement.stamp_id]
    assert all(entry.trusted for entry in entries)


@pytest.mark.parametrize(
    ("stated", "model"),
    [
        (actions(CREATED), "lab-net"),
        (actions({**CREATED, "softwareAgent": "DALL-E"}), "DALL-E"),
        (
            actions(
                {k: v for k, v in CREATED.items() if k != "softwareAgent"}
                | {"softwareAgentIndex": 1},
                softwareAgents=[{"name": "other"}, {"name": "gen-net", "version": "7"}],
            ),
            "gen-net",
        ),
        (
            actions(
                {k: v for k, v in CREATED.items() if k != "softwareAgent"}
                | {"softwareAgentIndex": 2},
                softwareAgents=[{"name": "other"}],
            ),
            None,
        ),
    ],
)
def test_the_model_wherever_it_is_named(
    producer: Producer, png: bytes, stated: Assertion, model: str | None
) -> None:
    data = manifests.sign_by_hand(producer.signer, png, stated)
    assert read(data, "image/png", producer.trust).model == model
    (item,) = summarise(history_of(data, producer.trust))
    assert (item.signal, item.model) == (Signal.GENERATED, model)


def test_hearsay_is_not_the_signers_statement(producer: Producer, png: bytes) -> None:
    data = manifests.sign_by_hand(producer.signer, png, actions(CREATED, created=False))
    reading = read(data, "image/png", producer.trust)
    assert (reading.model, reading.created, reading.source_type) == (None, None, None)
    (item,) = summarise(history_of(data, producer.trust))
    assert (item.signal, item.stated, item.trusted) == (Signal.GENERATED, False, True)


def test_the_signer_states_one_thing_and_passes_on_another(producer: Producer, png: bytes) -> None:
    data = manifests.sign_by_hand(
        producer.signer, png, actions(CREATED), actions(CAPTURED, created=False)
    )
    assert read(data, "image/png", producer.trust).source_type == GENERATED
    found = summarise(history_of(data, producer.trust))
    assert [(item.signal, item.stated) for item in found] == [
        (Signal.GENERATED, True),
        (Signal.CAPTURED, False),
    ]


@pytest.mark.parametrize(("relationship", "part"), [("parentOf", False), ("componentOf", True)])
def test_the_source_type_of_an_ingredient(
    producer: Producer, png: bytes, relationship: str, part: bool
) -> None:
    ingredient = Assertion(
        "c2pa.ingredient.v3",
        {"dc:format": "image/png", "relationship": relationship, "digitalSourceType": GENERATED},
    )
    data = manifests.sign_by_hand(producer.signer, png, ingredient, actions(OPENED))
    (item,) = summarise(history_of(data, producer.trust))
    assert (item.signal, item.model, item.part) == (Signal.GENERATED, None, part)


def test_composite_is_no_generation(producer: Producer, png: bytes) -> None:
    edited = {"action": "c2pa.edited", "digitalSourceType": COMPOSITE}
    created = {"action": "c2pa.created", "digitalSourceType": COMPOSITE}
    for stated, signal in (
        (edited, Signal.POSSIBLY_EDITED_WITH_AI),
        (created, Signal.COMPOSITE),
    ):
        data = manifests.sign_by_hand(producer.signer, png, actions(stated))
        (item,) = summarise(history_of(data, producer.trust))
        assert item.signal is signal


def test_a_broken_parent_is_not_trusted(
    producer: Producer, edited: StampStatement, png: bytes, picture: Picture
) -> None:
    parent = manifests.sign_by_hand(producer.signer, png, actions(CREATED))
    broken = parent.replace(b"lab-net", b"lab-bet")
    data = sign(
        picture("PNG", seed=1),
        "image/png",
        edited,
        producer.signer,
        draw_urn(),
        Parent(broken, "image/png"),
    ).data
    entries = history_of(data, producer.trust)
    assert [entry.trusted for entry in entries] == [True, False]
