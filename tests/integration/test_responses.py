"""Proof that travels: what a producer answered about a stamp, checked alone and offline.

Each organisation has a folder of its own, and hands files to the others.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from provenance.directory import Directory, KeyUse, export
from provenance.envelope import seal
from provenance.registry import Checkpoint
from provenance.response import Fault, Outcome, Response, read_response, write_response
from provenance.signers import LogKey, Signer
from provenance.stamp import StampedImage
from provenance.stamp_id import StampId
from provenance.verify import Match, State, Verdict, Verifier, Word
from tests.integration.organisations import A_NAME, B_NAME, Provider
from tests.integration.studio import Pixels, codes

NEVER = StampId("1" + "0" * 23)


@pytest.fixture(scope="module")
def a(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return Provider.found(tmp_path_factory.mktemp("a"), A_NAME)


@pytest.fixture(scope="module")
def b(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return Provider.found(tmp_path_factory.mktemp("b"), B_NAME)


@pytest.fixture(scope="module")
def stamped(a: Provider, photographs: Mapping[str, Pixels]) -> StampedImage:
    return a.stamp(photographs["coffee"])


@pytest.fixture(scope="module")
def copy(stamped: StampedImage) -> bytes:
    """The picture as it was passed on: cropped, compressed, without its manifest."""
    with Image.open(io.BytesIO(stamped.data)) as image:
        width, height = image.size
        file = io.BytesIO()
        part = image.crop((24, 16, width - 16, height - 24))
        Image.fromarray(np.asarray(part)).save(file, "JPEG", quality=80)
    return file.getvalue()


@pytest.fixture(scope="module")
def found(a: Provider, stamped: StampedImage) -> bytes:
    """What A answers about the stamp."""
    return a.respond(stamped.record.stamp_id)


def examine(
    data: bytes,
    responses: Sequence[bytes],
    directories: Sequence[Provider | Directory],
    later: timedelta = timedelta(),
) -> Verdict:
    """Examine as the police do: with directory files and responses, and nothing else."""
    files = [each.directory for each in directories if isinstance(each, Provider)]
    given = [each for each in directories if isinstance(each, Directory)]
    verifier = Verifier(
        directory=given[0] if given else Directory.load(files),
        responses=[read_response(each) for each in responses],
        clock=lambda: datetime.now(UTC) + later,
    )
    return verifier.verify(data)


def opened(data: bytes) -> Response:
    return read_response(data)


def forged(response: Response, signer: Signer | None) -> bytes:
    return write_response(response, signer)


# --- what responses prove -------------------------------------------------------------------------


def test_a_response_turns_a_claim_into_proof(
    a: Provider, b: Provider, copy: bytes, found: bytes
) -> None:
    before = examine(copy, [], [a, b])
    assert (before.state, before.origin) == (State.CLAIMED, None)
    assert "stamp.unrecorded" in codes(before)
    assert "provenance request " in before.explain()
    verdict = examine(copy, [found], [a, b], later=timedelta(days=12))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert (verdict.origin.producer, verdict.origin.match) == (A_NAME, Match.DERIVED)
    assert verdict.origin.recorded is not None
    assert {"response.found", "stamp.proved"} <= codes(verdict)
    text = verdict.explain()
    assert "The producer's response holds a manifest signed by" in text
    assert "knows of no revocation of this stamp as of" in text
    assert "12 days before this examination" in text
    assert verdict.freshness.revocation is Word.RESPONSE
    fresh = verdict.to_json_dict()["freshness"]
    assert (fresh["revocation"], fresh["responses"][0]["fault"]) == ("response", None)


def test_a_file_is_exact_where_a_response_states_its_digest(
    a: Provider, stamped: StampedImage, found: bytes
) -> None:
    alone = examine(stamped.data, [], [a])
    assert alone.origin is not None
    assert alone.origin.match is Match.BOUND
    assert alone.freshness.revocation is Word.UNCHECKED
    assert "Whether this stamp was revoked was not checked" in alone.explain()
    verdict = examine(stamped.data, [found], [a])
    assert verdict.origin is not None
    assert verdict.origin.match is Match.EXACT


def test_a_revoked_stamp_is_claimed_also_where_the_saved_manifest_would_prove(
    a: Provider, photographs: Mapping[str, Pixels]
) -> None:
    """Rule 7; and an old response does not help once a newer one is at hand."""
    stamped = a.stamp(photographs["astronaut"])
    old = a.respond(stamped.record.stamp_id)
    with a.config.open_registry() as registry:
        registry.revoke(stamped.record.stamp_id, "made by mistake")
    new = a.respond(stamped.record.stamp_id)
    assert examine(stamped.data, [], [a]).state is State.ATTRIBUTED
    assert examine(stamped.data, [old], [a]).state is State.ATTRIBUTED
    for responses in ([new], [old, new], [new, old]):
        verdict = examine(stamped.data, responses, [a])
        assert verdict.state is State.CLAIMED, verdict.explain()
        assert {"response.revoked", "manifest.stamp_revoked"} <= codes(verdict)
    assert "response.superseded" in codes(verdict)
    assert "made by mistake" in verdict.explain()


def test_a_later_answer_that_hides_the_revocation_is_contradicted(
    a: Provider, photographs: Mapping[str, Pixels]
) -> None:
    stamped = a.stamp(photographs["rocket"])
    old = opened(a.respond(stamped.record.stamp_id))
    with a.config.open_registry() as registry:
        registry.revoke(stamped.record.stamp_id, "made by mistake")
    new = a.respond(stamped.record.stamp_id)
    later = replace(old, as_of=datetime.now(UTC) + timedelta(minutes=5))
    denied = forged(later, a.config.open_responder())
    verdict = examine(stamped.data, [new, denied], [a])
    assert verdict.state is State.CLAIMED
    assert "response.contradicted" in codes(verdict)


def test_no_such_stamp_is_a_signed_statement_and_no_proof(
    a: Provider, photographs: Mapping[str, Pixels]
) -> None:
    stamped = a.stamp(photographs["coffee"])
    with Provider.found(a.folder / "elsewhere", A_NAME).config.open_registry() as empty:
        head = empty.checkpoint()
    none = Response(
        stamped.record.stamp_id,
        Outcome.NONE,
        datetime.now(UTC),
        checkpoint=signed_by_log_of(a, head),
    )
    data = forged(none, a.config.open_responder())
    verdict = examine(stamped.data, [data], [a])
    assert verdict.state is State.ATTRIBUTED  # what is signed stays signed
    assert "response.none" in codes(verdict)
    text = verdict.explain()
    assert "the producer's signed statement" in text
    assert "Its log can't prove that something is not in it" in text


def test_no_such_stamp_is_belied_by_the_log(
    a: Provider, stamped: StampedImage, found: bytes, copy: bytes
) -> None:
    held = opened(found).held
    assert held is not None
    denied = Response(
        stamped.record.stamp_id,
        Outcome.NONE,
        datetime.now(UTC),
        checkpoint=held.inclusion.checkpoint,
    )
    verdict = examine(copy, [found, forged(denied, a.config.open_responder())], [a])
    assert verdict.state is State.ATTRIBUTED
    assert "response.contradicted" in codes(verdict)


def test_a_refusal_says_nothing(a: Provider, stamped: StampedImage, copy: bytes) -> None:
    with a.config.open_registry() as registry:
        from provenance.response import Responder

        said = Responder(registry).refuse(stamped.record.stamp_id, None, "ask a court")
    verdict = examine(copy, [forged(said, a.config.open_responder())], [a])
    assert verdict.state is State.CLAIMED
    assert "response.refused" in codes(verdict)
    assert "ask a court" in verdict.explain()


def test_responses_about_other_stamps_are_counted(
    a: Provider, copy: bytes, photographs: Mapping[str, Pixels]
) -> None:
    other = a.respond(a.stamp(photographs["rocket"]).record.stamp_id)
    verdict = examine(copy, [other], [a])
    assert verdict.state is State.CLAIMED
    assert "response.other_stamp" in codes(verdict)
    assert verdict.evidence.other_replies == 1


def test_a_response_that_is_given_twice_is_one(a: Provider, copy: bytes, found: bytes) -> None:
    evidence = examine(copy, [found, found], [a]).evidence
    assert (len(evidence.replies), evidence.other_replies) == (1, 0)


def test_a_response_leads_to_a_picture_without_its_mark(
    a: Provider, stamped: StampedImage, found: bytes, photographs: Mapping[str, Pixels]
) -> None:
    file = io.BytesIO()
    Image.fromarray(photographs["coffee"]).save(file, "JPEG", quality=80)
    assert examine(file.getvalue(), [], [a]).state is State.NONE
    verdict = examine(file.getvalue(), [found], [a])
    assert verdict.state is State.SIMILAR
    assert A_NAME not in verdict.explain().split("\n")[0]


# --- attacks --------------------------------------------------------------------------------------


def signed_by_log_of(provider: Provider, head: Checkpoint) -> Checkpoint:
    key = LogKey.from_pem((provider.folder / "keys" / "log.pem").read_bytes())
    return replace(head, signatures=()).sign(key)


def with_keys(provider: Provider, **changes: datetime) -> Directory:
    """A directory in which one key of the provider has another validity."""
    (entry,) = Directory.load([provider.directory]).producers
    use, (name, value) = KeyUse(changes.pop("use")), next(iter(changes.items()))  # type: ignore[arg-type]
    keys = [replace(k, **{name: value}) if k.use is use else k for k in entry.keys]  # type: ignore[arg-type]
    return Directory([replace(entry, keys=tuple(keys))])


def doctored(a: Provider, found: bytes, stamped: StampedImage) -> dict[str, bytes]:
    """Responses that a stranger or a dishonest producer could hand in, by their fault."""
    response, signer = opened(found), a.config.open_responder()
    held = response.held
    assert held is not None
    other = LogKey.generate()
    strange = replace(held.inclusion.checkpoint, signatures=()).sign(other)
    file = json.loads(found)
    file["payload"]["as_of"] = "2030-01-01T00:00:00.000000Z"
    return {
        Fault.UNSIGNED: seal(response.sealed.payload, None, {"disclosed": None}),  # type: ignore[union-attr]
        Fault.SIGNATURE: json.dumps(file).encode(),
        Fault.KEY: forged(response, a.signer),
        Fault.FUTURE: forged(replace(response, as_of=datetime(2100, 1, 1, tzinfo=UTC)), signer),
        Fault.LOG_KEY: forged(
            replace(
                response, held=replace(held, inclusion=replace(held.inclusion, checkpoint=strange))
            ),
            signer,
        ),
        Fault.LOG: forged(
            replace(response, held=replace(held, record=replace(held.record, model="other"))),
            signer,
        ),
    }


FAULTS = [Fault.UNSIGNED, Fault.SIGNATURE, Fault.KEY, Fault.FUTURE, Fault.LOG_KEY, Fault.LOG]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_doctored_response_proves_nothing_and_says_why(
    fault: Fault, a: Provider, b: Provider, found: bytes, stamped: StampedImage, copy: bytes
) -> None:
    verdict = examine(copy, [doctored(a, found, stamped)[fault]], [a, b])
    assert (verdict.state, verdict.origin) == (State.CLAIMED, None), verdict.explain()
    assert f"response.{fault}" in codes(verdict)
    assert "was not used: " in verdict.explain()
    beside_a_good_one = examine(copy, [doctored(a, found, stamped)[fault], found], [a, b])
    assert beside_a_good_one.state is State.ATTRIBUTED


@pytest.mark.parametrize(
    ("use", "change", "fault"),
    [
        ("response", {"valid_to": datetime(2026, 1, 1, tzinfo=UTC)}, Fault.KEY_LAPSED),
        ("response", {"valid_from": datetime(2100, 1, 1, tzinfo=UTC)}, Fault.KEY_LAPSED),
        ("log", {"valid_to": datetime(2026, 1, 1, tzinfo=UTC)}, Fault.LOG_KEY_LAPSED),
    ],
)
def test_a_key_counts_only_while_it_is_valid(
    use: str, change: dict[str, datetime], fault: Fault, a: Provider, found: bytes, copy: bytes
) -> None:
    verdict = examine(copy, [found], [with_keys(a, use=use, **change)])  # type: ignore[arg-type]
    assert verdict.state is State.CLAIMED
    assert f"response.{fault}" in codes(verdict)


def test_without_the_directory_nobody_knows_who_may_answer(copy: bytes, found: bytes) -> None:
    verdict = Verifier(responses=[read_response(found)]).verify(copy)
    assert verdict.state is State.CLAIMED
    assert "response.number_unknown" in codes(verdict)


def test_b_can_not_answer_about_a(
    a: Provider, b: Provider, stamped: StampedImage, copy: bytes, found: bytes
) -> None:
    """B copies A's record into its own registry, revokes it, and answers with its own keys."""
    held = opened(found).held
    assert held is not None
    with b.config.open_registry() as registry:
        registry.append(held.record, held.store)
        registry.revoke(stamped.record.stamp_id, "says B")
    answer = b.respond(stamped.record.stamp_id)
    verdict = examine(copy, [answer, found], [a, b])
    assert verdict.state is State.ATTRIBUTED
    assert "response.key" in codes(verdict)
    assert examine(stamped.data, [answer], [a, b]).state is State.ATTRIBUTED
    alone = examine(copy, [answer], [a, b])
    assert (alone.state, alone.origin) == (State.CLAIMED, None)
    assert "O=Babel Pictures" in alone.explain()


def test_b_can_not_revoke_by_listing_itself_under_as_number(
    a: Provider, b: Provider, stamped: StampedImage, copy: bytes, found: bytes, tmp_path: Path
) -> None:
    """An entry speaks only of what its own certificate signed."""
    (own,) = Directory.load([b.directory]).producers
    claimed = tmp_path / "as-a.json"
    claimed.write_bytes(export([replace(own, number=a.number)], b.signer, datetime.now(UTC)))
    answer = b.respond(stamped.record.stamp_id)
    directory = Directory.load([a.directory, claimed])
    verdict = examine(stamped.data, [answer], [directory])
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert "response.signer" in codes(verdict)
    assert examine(copy, [answer], [directory]).origin is None
    assert examine(copy, [answer, found], [directory]).state is State.ATTRIBUTED


def test_a_response_with_another_stamps_record_is_refused(
    a: Provider, stamped: StampedImage, found: bytes, photographs: Mapping[str, Pixels]
) -> None:
    from provenance.errors import ResponseError

    other = opened(a.respond(a.stamp(photographs["rocket"]).record.stamp_id))
    swapped = forged(replace(other, stamp_id=stamped.record.stamp_id), a.config.open_responder())
    with pytest.raises(ResponseError, match="of another stamp"):
        read_response(swapped)
    file, second = json.loads(found), json.loads(forged(other, a.config.open_responder()))
    file["payload"]["record"]["manifest"] = second["payload"]["record"]["manifest"]
    with pytest.raises(ResponseError, match="about another manifest"):
        read_response(json.dumps(file).encode())


def test_two_pasts_of_one_log_are_found_out(
    a: Provider, stamped: StampedImage, found: bytes, copy: bytes
) -> None:
    response = opened(found)
    held = response.held
    assert held is not None
    head = held.inclusion.checkpoint
    lie = Response(
        stamped.record.stamp_id,
        Outcome.NONE,
        response.as_of,
        checkpoint=signed_by_log_of(a, replace(head, root=bytes(32))),
    )
    verdict = examine(copy, [found, forged(lie, a.config.open_responder())], [a])
    assert verdict.state is State.CLAIMED
    assert "response.forked" in codes(verdict)


def test_a_producer_that_was_revoked_can_not_answer(a: Provider, found: bytes, copy: bytes) -> None:
    (entry,) = Directory.load([a.directory]).producers
    gone = replace(entry, revoked_at=datetime(2026, 1, 1, tzinfo=UTC), reason="key stolen")
    verdict = examine(copy, [found], [Directory([gone])])
    assert verdict.state is State.CLAIMED
    assert "response.producer_revoked" in codes(verdict)
