"""Revocations in a log that does not continue the one seen before (ADR 0043).

An older backup was put in place, or somebody rewrote the log. What its key signed is still the
producer's word; what it did not sign is nobody's.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from provenance.directory import Directory
from provenance.manifest import Trust, TrustList
from provenance.registry import open_registry
from provenance.signers import LogKey
from provenance.verify import State, Verdict, Verifier, Word
from tests.integration.organisations import A_NAME, Provider
from tests.integration.studio import Pixels, codes

STRIP = "UPDATE heads SET note = substr(note, 1, instr(note, char(10) || char(10)))"


@dataclass(frozen=True)
class Restored:
    """A producer's registry as an older backup has it, and a verifier that saw a later one."""

    a: Provider
    data: bytes
    file: Path
    seen: Path
    key: Path
    revoke: Callable[..., None]

    def alter(self, statement: str) -> None:
        with sqlite3.connect(self.file) as db:
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                db.execute(f"DROP TRIGGER {name}")
            db.execute(statement)
        db.close()

    def verify(self, *, key: Path | None = None, directory: bool = True) -> Verdict:
        anchors = Trust((TrustList("a", self.a.authority.read_text()),))
        with open_registry(f"sqlite:///{self.file}", log_key=key, read_only=True) as registry:
            return Verifier(
                registry=registry,
                trust=anchors,
                directory=Directory.load([self.a.directory]) if directory else None,
                checkpoint_file=self.seen,
            ).verify(self.data)


@pytest.fixture(scope="module")
def a(tmp_path_factory: pytest.TempPathFactory) -> Provider:
    return Provider.found(tmp_path_factory.mktemp("a"), A_NAME)


@pytest.fixture(scope="module")
def backup(
    a: Provider, photographs: Mapping[str, Pixels], tmp_path_factory: pytest.TempPathFactory
) -> tuple[bytes, Path, Path]:
    """A stamp, the registry's backup after it, and a checkpoint of a later state."""
    folder, file = tmp_path_factory.mktemp("backup"), a.folder / "stamps.db"
    stamped = a.stamp(photographs["coffee"])
    shutil.copy(file, folder / "stamps.db")
    with a.config.open_registry() as registry:
        registry.revoke(a.stamp(photographs["rocket"]).record.stamp_id, "a later entry")
    with open_registry(f"sqlite:///{file}", read_only=True) as registry:
        Verifier(registry=registry, checkpoint_file=folder / "seen.json").verify(stamped.data)
    return stamped.data, folder / "stamps.db", folder / "seen.json"


@pytest.fixture
def restored(a: Provider, backup: tuple[bytes, Path, Path], tmp_path: Path) -> Restored:
    data, kept, checkpoint = backup
    file, seen = tmp_path / "stamps.db", tmp_path / "seen.json"
    shutil.copy(kept, file)
    shutil.copy(checkpoint, seen)
    section = a.config.registry
    assert section is not None
    assert section.log_key is not None

    def revoke(key: Path | None = section.log_key) -> None:
        with open_registry(f"sqlite:///{file}", log_key=key) as registry:
            (record,) = registry.records()
            registry.revoke(record.stamp_id, "made by mistake")

    return Restored(a, data, file, seen, section.log_key, revoke)


def test_what_the_producers_log_key_signed_revokes_in_a_restored_backup(restored: Restored) -> None:
    assert restored.verify().state is State.ATTRIBUTED
    restored.revoke()
    for key, directory in ((None, True), (restored.key, False), (restored.key, True)):
        verdict = restored.verify(key=key, directory=directory)
        assert (verdict.state, verdict.origin) == (State.CLAIMED, None), verdict.explain()
        expected = {"manifest.stamp_revoked", "registry.log_integrity", "revocation.broken_log"}
        assert expected <= codes(verdict)
        assert verdict.freshness.revocation is Word.UNCHECKED
        assert "made by mistake" in verdict.explain()
        top = verdict.explain().partition("\n\n")[0]
        assert "does not continue the one seen before" in top


def test_what_nobody_known_signed_takes_no_proof_away(restored: Restored, tmp_path: Path) -> None:
    """Whoever rewrites the file has no key, or one of their own."""
    own = tmp_path / "own.pem"
    own.write_bytes(LogKey.generate().to_pem())
    restored.alter(STRIP)
    for key in (None, own):
        restored.revoke(key)  # the second time nothing is added, but the head is not A's either
        verdict = restored.verify()
        assert verdict.state is State.ATTRIBUTED, verdict.explain()
        assert {"revocation.refused", "registry.log_integrity"} <= codes(verdict)
        assert "revocation.broken_log" not in codes(verdict)
        assert "ask the producer whether the stamp still counts" in verdict.explain()


def test_a_key_that_nobody_knows_revokes_nothing(restored: Restored) -> None:
    """Without the directory, and without the key, a signature is anybody's."""
    restored.revoke()
    verdict = restored.verify(directory=False)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert "revocation.refused" in codes(verdict)


def test_a_revocation_that_its_own_log_does_not_prove_counts_nowhere(restored: Restored) -> None:
    restored.revoke()
    restored.alter("UPDATE revocations SET reason = 'another'")
    verdict = restored.verify()
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert "revocation.refused" in codes(verdict)
