"""Who is said to have made what a picture was made from: no name goes further than its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance.directory import Directory, export
from provenance.stamp import StampedImage
from provenance.verify import State, Verdict
from tests.integration.organisations import (
    A_NAME,
    B_NAME,
    Provider,
    Vetting,
    open_authority,
    set_up_verifier,
)
from tests.integration.studio import MODEL, Pixels

STATED = f'as "{A_NAME}" stated and signed'
NOT_PROVED = f'says a manifest in the name of "{A_NAME}", which is not proved'
OWN_WORD = "a name that is the signer's own word"


@pytest.fixture(scope="module")
def a(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return Provider.found(tmp_path_factory.mktemp("a"), A_NAME)


@pytest.fixture(scope="module")
def b(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return Provider.found(tmp_path_factory.mktemp("b"), B_NAME)


@pytest.fixture(scope="module")
def vetting(tmp_path_factory: pytest.TempPathFactory) -> Vetting:
    return Vetting.found(tmp_path_factory.mktemp("vetting"), "Certifiers")


def restamp(b: Provider, stamped: StampedImage) -> bytes:
    """B works on a picture, and keeps its manifest as the parent."""
    return b.config.stamper().stamp(stamped.data, model=MODEL, format="JPEG", force=True).data


@pytest.fixture(scope="module")
def of_a(a: Provider, b: Provider, photographs: Mapping[str, Pixels]) -> bytes:
    return restamp(b, a.stamp(photographs["coffee"]))


@pytest.fixture(scope="module")
def of_another(vetting: Vetting, b: Provider, photographs: Mapping[str, Pixels]) -> bytes:
    """The parent is signed by somebody else, whom an authority certified under A's name."""
    return restamp(b, vetting.stamp_as(A_NAME, photographs["coffee"]))


def examine(folder: Path, data: bytes, **trust: list[Path]) -> Verdict:
    verdict = set_up_verifier(folder, **trust).verifier().verify(data)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert verdict.origin.producer == B_NAME
    return verdict


def trusted(verdict: Verdict) -> dict[str, bool]:
    """What JSON says of the parent's signer: in the history and its summary."""
    found = verdict.to_json_dict()
    (history,) = [each["trusted"] for each in found["history"] if not each["active"]]
    (said,) = {each["trusted"] for each in found["summary"] if each["signer"] == A_NAME}
    return {"history": history, "summary": said}


def test_a_parents_name_that_is_listed_for_another_is_not_said_to_have_stated(
    a: Provider, b: Provider, vetting: Vetting, of_another: bytes, tmp_path: Path
) -> None:
    anchors = [vetting.authority]
    verdict = examine(tmp_path, of_another, anchors=anchors, directories=[b.directory])
    assert STATED in verdict.explain()  # nobody else has the name
    assert trusted(verdict) == {"history": True, "summary": True}
    signer, office = open_authority(tmp_path / "office", "Directory Office")
    file = tmp_path / "office.json"
    file.write_bytes(export([a.entry], signer, datetime.now(UTC)))
    verdict = examine(
        tmp_path,
        of_another,
        anchors=anchors,
        directory_anchors=[office],
        directories=[file, b.directory],
    )
    assert STATED not in verdict.explain()
    assert NOT_PROVED in verdict.explain()
    assert trusted(verdict) == {"history": False, "summary": False}


def test_a_parents_name_by_its_own_word_alone_says_so(
    a: Provider, b: Provider, of_a: bytes, tmp_path: Path
) -> None:
    verdict = examine(tmp_path, of_a, directories=[a.directory, b.directory])
    assert f"{STATED}, {OWN_WORD}" in verdict.explain()
    signer, office = open_authority(tmp_path / "office", "Directory Office")
    file = tmp_path / "office.json"
    file.write_bytes(export([a.entry, b.entry], signer, datetime.now(UTC)))
    verdict = examine(
        tmp_path, of_a, directory_anchors=[office], directories=[file, a.directory, b.directory]
    )
    assert STATED in verdict.explain()
    assert OWN_WORD not in verdict.explain()


def test_a_parent_whose_signer_was_revoked_is_not_said_to_have_stated(
    a: Provider, b: Provider, of_a: bytes, tmp_path: Path
) -> None:
    """A thief of A's key signed it, for all that is known."""
    (entry,) = Directory.load([a.directory]).producers
    gone = a.publish("revoked.json", replace(entry, revoked_at=datetime.now(UTC), reason="stolen"))
    verdict = examine(tmp_path, of_a, directories=[gone, b.directory])
    assert STATED not in verdict.explain()
    assert NOT_PROVED in verdict.explain()
    assert trusted(verdict) == {"history": False, "summary": False}
