"""Entries that bind somebody else's number or keys: they hide no proof and name nobody else.

Numbers are drawn and keys are public, so that anybody can list them in a directory of their own.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from provenance import imaging, manifest
from provenance.case.references import find_producers
from provenance.cli.main import run
from provenance.directory import BoundKey, Directory, KeyUse, export
from provenance.manifest import Trust
from provenance.registry import open_registry
from provenance.registry.mirror import open_source, synchronise
from provenance.response import Outcome, Response, read_response, write_response
from provenance.signers import LogPublicKey
from provenance.stamp import StampedImage
from provenance.verify import State, Verdict, Verifier, Word
from tests.integration.organisations import A_NAME, B_NAME, Provider
from tests.integration.studio import Pixels, codes, jpeg


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
    """The picture as it was passed on, without its manifest."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(stamped.data)) as image:
        image.save(file, "JPEG", quality=80)
    return file.getvalue()


@pytest.fixture(scope="module")
def thieves(a: Provider, b: Provider) -> dict[str, Path]:
    """Entries that B signs for itself: A's number, with keys of A's among its own."""
    (theirs,) = Directory.load([a.directory]).producers
    (own,) = Directory.load([b.directory]).producers
    response_key = tuple(key for key in theirs.keys if key.use is KeyUse.RESPONSE)
    made = {
        "response": [*response_key, *(key for key in own.keys if key.use is KeyUse.LOG)],
        "both": theirs.keys,
        "own": own.keys,
    }
    files = {}
    for kind, keys in made.items():
        files[kind] = b.folder / f"as-a-{kind}.json"
        entry = replace(own, number=a.number, keys=tuple(keys))
        files[kind].write_bytes(export([entry], b.signer, datetime.now(UTC)))
    return files


def examine(data: bytes, responses: list[bytes], *directories: Path) -> Verdict:
    verifier = Verifier(
        directory=Directory.load(directories),
        responses=[read_response(each) for each in responses],
    )
    return verifier.verify(data)


@pytest.mark.parametrize("kind", ["response", "both"])
def test_an_entry_with_anothers_keys_hides_no_proof(
    kind: str, a: Provider, stamped: StampedImage, copy: bytes, thieves: dict[str, Path]
) -> None:
    found = a.respond(stamped.record.stamp_id)
    for files in ((thieves[kind], a.directory), (a.directory, thieves[kind])):
        verdict = examine(copy, [found], *files)
        assert verdict.state is State.ATTRIBUTED, verdict.explain()
        assert verdict.origin is not None
        assert verdict.origin.producer == A_NAME


@pytest.mark.parametrize("kind", ["response", "both"])
def test_an_entry_with_anothers_keys_hides_no_revocation(
    kind: str, a: Provider, photographs: Mapping[str, Pixels], thieves: dict[str, Path]
) -> None:
    stamped = a.stamp(photographs["rocket"])
    with a.config.open_registry() as registry:
        registry.revoke(stamped.record.stamp_id, "made by mistake")
    revoked = a.respond(stamped.record.stamp_id)
    verdict = examine(stamped.data, [revoked], thieves[kind], a.directory)
    assert verdict.state is State.CLAIMED, verdict.explain()
    assert "manifest.stamp_revoked" in codes(verdict)


def test_nobody_answers_by_a_key_that_two_producers_list(
    a: Provider, stamped: StampedImage, copy: bytes, thieves: dict[str, Path]
) -> None:
    said = Response(
        stamped.record.stamp_id, Outcome.REFUSED, datetime.now(UTC), reason="ask a court"
    )
    refused = write_response(said, a.config.open_responder())
    assert "response.refused" in codes(examine(copy, [refused], a.directory))
    for files in ((thieves["both"], a.directory), (a.directory, thieves["both"])):
        verdict = examine(copy, [refused], *files)
        assert "response.key_shared" in codes(verdict)
        assert B_NAME not in verdict.explain()


@dataclass(frozen=True)
class Resigned:
    """A's stamp, signed once more by B: the file, and B's answer about it."""

    data: bytes
    answer: bytes


@pytest.fixture(scope="module")
def resigned(b: Provider, stamped: StampedImage, copy: bytes) -> Resigned:
    """B reads A's stamp in the picture, signs the same 96 bits and fingerprint, and records it."""
    statement = manifest.read(stamped.data, "image/jpeg", Trust.none()).statement
    assert statement is not None
    urn = "urn:c2pa:11111111-2222-4333-8444-999999999999"
    signed = manifest.sign(copy, "image/jpeg", statement, b.signer, urn)
    with b.config.open_registry() as registry:
        registry.append(replace(stamped.record, manifest_urn=urn), signed.store)
    return Resigned(signed.data, b.respond(stamped.record.stamp_id))


def test_who_signs_anothers_stamp_under_its_drawn_number_proves_nothing(
    a: Provider,
    stamped: StampedImage,
    copy: bytes,
    resigned: Resigned,
    thieves: dict[str, Path],
) -> None:
    """Two that list one drawn number for themselves are equals: neither is named."""
    found = a.respond(stamped.record.stamp_id)
    files = thieves["own"], a.directory
    for responses in ([resigned.answer, found], [found, resigned.answer]):
        verdict = examine(copy, responses, *files)
        assert (verdict.state, verdict.origin) == (State.CONFLICT, None), verdict.explain()
        assert find_producers(verdict, Directory.load(files)) == {}  # nobody gets a letter as its
    verdict = examine(resigned.data, [found], *files)
    assert (verdict.state, verdict.origin) == (State.CONFLICT, None), verdict.explain()
    for data, given in ((copy, [found, resigned.answer]), (copy, [found]), (stamped.data, [])):
        verdict = examine(data, given, a.directory)
        assert verdict.origin is not None
        assert verdict.origin.producer == A_NAME


def test_a_mirror_of_anothers_log_can_not_revoke(
    a: Provider,
    b: Provider,
    photographs: Mapping[str, Pixels],
    tmp_path: Path,
) -> None:
    """B copies A's stamp into its own log, revokes it there, and publishes that log."""
    stamped = a.stamp(photographs["chelsea"])
    answer = a.respond(stamped.record.stamp_id)
    store = read_response(answer).held
    assert store is not None
    with b.config.open_registry() as registry:
        registry.append(stamped.record, store.store)
        registry.revoke(stamped.record.stamp_id, "says B")
    config = str(b.folder / "provenance.toml")
    assert run(["registry", "export", str(tmp_path / "public"), "--config", config]) == 0
    keys = (LogPublicKey.from_spki(each.spki) for each in bound_log_keys(b))
    source = open_source("public", tmp_path)
    synchronise(source, tmp_path / "mirror", (), [key for key in keys if key])
    directory = Directory.load([a.directory, b.directory])
    stripped = jpeg(imaging.decode(stamped.data).rgb)
    with open_registry(f"mirror:{tmp_path}/mirror") as mirror:
        for responses in ([], [read_response(answer)]):
            verifier = Verifier(registry=mirror, directory=directory, responses=responses)
            for data in (stripped, stamped.data):
                verdict = verifier.verify(data)
                assert verdict.state is State.ATTRIBUTED, verdict.explain()
                assert "registry.other_log" in codes(verdict)
                word = Word.RESPONSE if responses else Word.UNCHECKED
                assert verdict.freshness.revocation is word


def bound_log_keys(provider: Provider) -> list[BoundKey]:
    (entry,) = Directory.load([provider.directory]).producers
    return [key for key in entry.keys if key.use is KeyUse.LOG]


def test_a_response_speaks_in_nobodys_name_but_its_own(
    a: Provider, photographs: Mapping[str, Pixels], tmp_path: Path
) -> None:
    """A stranger lists itself under A's name, and answers about a stamp of its own."""
    stranger = Provider.found(tmp_path / "stranger", A_NAME)
    stamped = stranger.stamp(photographs["rocket"])
    answer = stranger.respond(stamped.record.stamp_id)
    alone = examine(stamped.data, [answer], stranger.directory)
    assert f'"{A_NAME}" answered' in alone.explain()
    verdict = examine(stamped.data, [answer], stranger.directory, a.directory)
    assert verdict.origin is None
    assert f"The holder of producer number {stranger.number} answered" in verdict.explain()
    assert [reply.producer_name for reply in verdict.evidence.replies] == [""]
