"""Whose history it is: a genuine statement about one picture, put where it belongs to no other.

A signer is said to have stated something of a picture only where something proved ties the two.
"""

from __future__ import annotations

import pytest

from provenance import imaging, watermark
from provenance.directory import Directory
from provenance.manifest import sdk
from provenance.manifest.assertions import PARENT_ID
from provenance.signers import Signer
from provenance.stamp import Producer, StampedImage
from provenance.verify import State, Verdict, Verifier
from tests.integration.studio import Pixels, Studio, jpeg, open_studio, trust, with_manifest_of

STATED = '"Producer A" stated and signed'
CLAIMED = 'says a manifest in the name of "Producer A", which is not proved'


@pytest.fixture(scope="module")
def outsider(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return open_studio(tmp_path_factory.mktemp("outsider"), Producer("Outsider", 900_000))


def made_from(stamped: StampedImage, picture: Pixels, signer: Signer) -> bytes:
    """Sign a picture, and name one that A stamped as what it was made from."""
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [PARENT_ID]}}
    actions = {"label": "c2pa.actions.v2", "created": True, "data": {"actions": [opened]}}
    definition: dict[str, object] = {
        "label": "urn:c2pa:11111111-2222-4333-8444-777777777777",
        "claim_generator_info": [{"name": "tool", "version": "1"}],
        "ingredients": [{"label": PARENT_ID, "title": "x", "relationship": "parentOf"}],
        "assertions": [actions],
    }
    parent = stamped.data, "image/jpeg", None
    return sdk.sign(definition, jpeg(picture), "image/jpeg", signer, parent=parent)[0]


def links(verdict: Verdict) -> list[str]:
    return [each["link"] for each in verdict.to_json_dict()["summary"]]


def assert_not_stated(verdict: Verdict) -> None:
    assert STATED not in verdict.explain(), verdict.explain()
    assert set(links(verdict)) == {"unproved"}


def test_a_stranger_names_a_genuine_picture_as_the_parent_of_another(
    verifier: Verifier, outsider: Studio, stamped: StampedImage, other: Pixels
) -> None:
    verdict = verifier.verify(made_from(stamped, other, outsider.signer))
    assert verdict.state is State.CLAIMED
    assert_not_stated(verdict)
    assert CLAIMED in verdict.explain()


def test_a_trusted_signer_names_it_and_the_link_is_that_signers_word(
    verifier: Verifier, b: Studio, stamped: StampedImage, other: Pixels
) -> None:
    verdict = verifier.verify(made_from(stamped, other, b.signer))
    assert verdict.state is State.ATTRIBUTED
    assert f'{STATED}; that this is about the picture is the word of "Producer B" alone.' in (
        verdict.explain()
    )
    assert links(verdict) == ["stated"]


def test_a_manifest_moved_to_another_picture(
    verifier: Verifier, stamped: StampedImage, other: Pixels
) -> None:
    verdict = verifier.verify(with_manifest_of(stamped.data, jpeg(other)))
    assert verdict.state is State.TAMPERED
    assert_not_stated(verdict)


@pytest.mark.parametrize(("locked", "state"), [(True, State.CONFLICT), (False, State.CLAIMED)])
def test_a_mark_moved_to_another_picture(
    locked: bool, state: State, verifier: Verifier, stamped: StampedImage, other: Pixels
) -> None:
    found = watermark.detect(imaging.decode(stamped.data).rgb)
    assert found is not None
    lock = found.lock if locked else None
    verdict = verifier.verify(jpeg(watermark.embed(other, found.payload, lock=lock), 95))
    assert verdict.state is state
    assert_not_stated(verdict)


def test_a_sidecar_laid_beside_another_picture_tells_no_history(
    verifier: Verifier, a: Studio, stamped: StampedImage, other: Pixels
) -> None:
    store = a.registry.manifest_store(stamped.record.stamp_id)
    verdict = verifier.verify(jpeg(other), store)
    assert verdict.state is State.NONE
    assert_not_stated(verdict)
    assert "History" not in verdict.explain()


def test_of_the_picture_itself_and_of_a_copy_it_is_the_producers(
    verifier: Verifier, stamped: StampedImage, pixels: Pixels
) -> None:
    for data in (stamped.data, jpeg(pixels)):
        assert links(verifier.verify(data)) == ["proved"]


def test_a_parent_whose_mark_is_in_the_picture_needs_nobodys_word(
    a: Studio, b: Studio, directory: Directory, stamped: StampedImage, pixels: Pixels
) -> None:
    verifier = Verifier(registry=a.registry, trust=trust(a, b), directory=directory)
    verdict = verifier.verify(made_from(stamped, pixels, b.signer))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert links(verdict) == ["proved"]
    assert f"as {STATED}." in verdict.explain()
