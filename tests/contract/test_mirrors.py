"""A mirror answers like the registry that it copies, whatever back end that has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance.errors import RegistryUnavailableError, UnknownModelError
from provenance.registry import (
    InclusionProof,
    Registry,
    VerifierKey,
    open_registry,
    prove_revocation,
    prove_stamp,
)
from provenance.registry.base import Access
from provenance.registry.mirror import open_source, synchronise
from provenance.registry.tiles import export
from provenance.signers import LogKey
from provenance.stamp_id import StampId
from tests.contract.test_registries import (
    NOBODY,
    BackEnd,
    back_end,
    pdq,
    postgres_server,
    record,
    store,
)

__all__ = ["back_end", "postgres_server"]  # fixtures

COUNT = 20
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Pair:
    """A registry, and a mirror of what it published."""

    original: Registry
    mirror: Registry
    publish: Callable[[], None]


@pytest.fixture
def pair(back_end: BackEnd, tmp_path: Path) -> Iterator[Pair]:
    key_file = tmp_path / "log.pem"
    key = LogKey.generate()
    key_file.write_bytes(key.to_pem())
    with back_end.open(key_file) as original:
        public = VerifierKey(original.origin, key.public)

        def publish() -> None:
            export(original, tmp_path / "public", public)
            source = open_source("public", tmp_path)
            synchronise(source, tmp_path / "mirror", (public,), clock=lambda: NOW)

        original.model_number(524_289, "example-diffusion", "3", create=True)
        for number in range(COUNT):
            original.append(record(number), store(number), b"sealed")
        original.revoke(record(3).stamp_id, "by mistake", datetime(2026, 2, 1, tzinfo=UTC))
        publish()
        with open_registry(f"mirror:{tmp_path}/mirror") as mirror:
            yield Pair(original, mirror, publish)


IDS = [record(0).stamp_id, record(3).stamp_id, record(COUNT - 1).stamp_id, NOBODY]

QUESTIONS: dict[str, Callable[[Registry, StampId], object]] = {
    "by_id": lambda registry, stamp_id: registry.by_id(stamp_id),
    "by_urn": lambda registry, _: registry.by_urn(record(2).manifest_urn),
    "store": lambda registry, stamp_id: registry.manifest_store(stamp_id),
    "contains": lambda registry, stamp_id: registry.contains(stamp_id),
    "count": lambda registry, stamp_id: registry.count(stamp_id),
    "inclusion": lambda registry, stamp_id: registry.inclusion(stamp_id),
    "revocation": lambda registry, stamp_id: registry.revocation(stamp_id),
    "its inclusion": lambda registry, stamp_id: registry.revocation_inclusion(stamp_id),
    "proof": prove_stamp,
    "its proof": prove_revocation,
    "origin": lambda registry, _: registry.origin,
    "size": lambda registry, _: registry.size,
    "near": lambda registry, _: registry.near(f"{int(pdq(5), 16) ^ 0b111:064x}", 3),
    "all near": lambda registry, _: registry.near("0" * 64, 256),
    "records": lambda registry, _: registry.records(),
    "a page": lambda registry, _: registry.records(limit=2, offset=7),
    "models": lambda registry, _: registry.models(524_289),
    "model": lambda registry, _: registry.model_number(
        524_289, "example-diffusion", "3", create=True
    ),
    "checkpoint": lambda registry, _: registry.checkpoint(),
    "audit": lambda registry, _: registry.audit(),
    "entries": lambda registry, _: [
        (row.index, row.entry) for row in registry.read_entries(15, COUNT + 1)
    ],
    "hashes": lambda registry, _: registry.read_hashes(2, 1, 4),
}


def test_a_mirror_answers_as_its_original(pair: Pair) -> None:
    for question, ask in QUESTIONS.items():
        for stamp_id in IDS:
            answer = ask(pair.mirror, stamp_id)
            assert answer == ask(pair.original, stamp_id), (question, stamp_id)


def test_a_mirror_extends_every_checkpoint_of_its_original(pair: Pair) -> None:
    seen = pair.mirror.checkpoint()
    pair.original.append(record(COUNT), store(COUNT))
    pair.publish()
    assert pair.mirror.check_extends(seen) == pair.original.checkpoint()
    assert pair.mirror.consistency(seen) == pair.original.consistency(seen)
    proof = pair.mirror.inclusion(record(5).stamp_id, seen)
    assert proof == pair.original.inclusion(record(5).stamp_id, seen)
    assert pair.mirror.audit(since=seen).ok


def test_a_mirror_learns_of_a_revocation_when_it_is_synchronised(pair: Pair) -> None:
    """Also one that is open meanwhile."""
    stamp_id = record(7).stamp_id
    said = pair.original.revoke(stamp_id, "stolen key")
    assert pair.mirror.revocation(stamp_id) is None
    pair.publish()
    assert pair.mirror.revocation(stamp_id) == said
    proof = prove_revocation(pair.mirror, stamp_id)
    assert isinstance(proof, InclusionProof)


def test_only_a_copy_says_how_old_it_is(pair: Pair) -> None:
    assert pair.original.freshness is None
    assert pair.mirror.freshness is not None
    assert pair.mirror.freshness.synced == NOW
    assert pair.mirror.freshness.source.endswith("/public")


def test_nothing_is_added_to_a_mirror(pair: Pair) -> None:
    mirror, stamp_id = pair.mirror, record(3).stamp_id
    before = mirror.checkpoint()
    for write in (
        lambda: mirror.append(record(COUNT), store(COUNT)),
        lambda: mirror.revoke(stamp_id, "by mistake"),
        lambda: mirror.model_number(524_289, "new", "1", create=True),
        lambda: mirror.accounts.read(stamp_id, Access("2026-17", "a test")),
        lambda: mirror.accounts.forget(NOW),
    ):
        with pytest.raises(RegistryUnavailableError, match="is a mirror of another"):
            write()
    with pytest.raises(UnknownModelError):
        mirror.model_number(524_289, "new", "1", create=False)
    assert mirror.checkpoint() == before
    assert mirror.accounts.accesses() == []


def test_a_mirror_can_be_published_again(pair: Pair, tmp_path: Path) -> None:
    key = VerifierKey(
        pair.original.origin, LogKey.from_pem((tmp_path / "log.pem").read_bytes()).public
    )
    export(pair.mirror, tmp_path / "again", key)
    names = {
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*")
    }  # the very files
    for name in names:
        first, second = tmp_path / "public" / name, tmp_path / "again" / name
        assert first.is_dir() or first.read_bytes() == second.read_bytes()
