"""Revoked signers, and registries that somebody tampered with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from provenance import imaging, manifest, watermark
from provenance.directory import Directory
from provenance.manifest import Trust, sdk
from provenance.registry import open_registry
from provenance.stamp import Producer, StampedImage, Stamper
from provenance.verify import State, Verifier
from tests.integration.studio import (
    LONG_AGO,
    MODEL,
    Pixels,
    Studio,
    codes,
    jpeg,
    plain_manifest,
    trust,
    with_manifest_of,
)

# --- revocation, and the registry's honesty -------------------------------------------------------


@pytest.fixture
def revoked(a: Studio, b: Studio, stamped: StampedImage) -> Directory:
    revoked_at = stamped.record.recorded + timedelta(hours=1)
    return Directory([replace(a.entry, revoked_at=revoked_at, reason="key stolen"), b.entry])


@pytest.fixture
def verifier_at(a: Studio, revoked: Directory, tmp_path: Path) -> Callable[[datetime], Verifier]:
    """Make verifiers of a given time that keep the same checkpoint."""
    return lambda now: Verifier(
        registry=a.registry,
        trust=trust(a),
        directory=revoked,
        checkpoint_file=tmp_path / "checkpoint.json",
        clock=lambda: now,
    )


def test_a_revoked_producers_stamps_are_claimed(
    a: Studio, revoked: Directory, stamped: StampedImage, pixels: Pixels
) -> None:
    verifier = Verifier(registry=a.registry, trust=trust(a), directory=revoked)
    for data in (stamped.data, jpeg(pixels)):
        assert verifier.verify(data).state is State.CLAIMED


def test_a_stolen_key_can_not_date_its_stamps_back(
    a: Studio, revoked: Directory, other: Pixels
) -> None:
    """To before the revocation, or to before the number was the producer's at all."""
    since, day = LONG_AGO + timedelta(days=365), timedelta(days=1)
    directory = Directory([replace(p, valid_from=since) for p in revoked.producers])
    verifier = Verifier(registry=a.registry, trust=trust(a), directory=directory)
    for created in (since + day, since - day):
        forged = a.stamper.stamp(other, model=MODEL, format="JPEG", created=created)
        for data in (forged.data, jpeg(imaging.decode(forged.data).rgb, 95)):
            verdict = verifier.verify(data)
            assert (verdict.state, verdict.origin) == (State.CLAIMED, None), verdict.explain()


@pytest.mark.parametrize("number", [None, 900_000], ids=["no stamp", "another number"])
def test_a_stolen_key_is_revoked_whatever_it_signs(
    number: int | None, a: Studio, revoked: Directory, stamped: StampedImage, other: Pixels
) -> None:
    urn = "urn:c2pa:11111111-2222-4333-8444-999999999999"
    verifier = Verifier(trust=trust(a), directory=revoked)
    if number is None:
        data, _ = sdk.sign(plain_manifest(urn), jpeg(other), "image/jpeg", a.signer)
    else:
        producer = Producer("Another", number)
        thief = Stamper(producer=producer, signer=a.signer, registry=a.registry)
        data = thief.stamp(other, model=MODEL, format="JPEG").data
    verdict = verifier.verify(data)
    assert (verdict.state, verdict.origin) == (State.CLAIMED, None), verdict.explain()
    assert "manifest.revoked" in codes(verdict)


def test_a_number_speaks_only_while_its_entry_holds(
    a: Studio, stamped: StampedImage, pixels: Pixels
) -> None:
    created, minute = stamped.record.created, timedelta(minutes=1)
    for entry, state in (
        (replace(a.entry, valid_from=created + minute), State.CLAIMED),
        (replace(a.entry, valid_to=created - minute), State.CLAIMED),
        (replace(a.entry, valid_to=created + minute), State.ATTRIBUTED),
    ):
        directory = Directory([entry])
        verifier = Verifier(registry=a.registry, trust=trust(a), directory=directory)
        verdict = verifier.verify(jpeg(pixels))
        assert verdict.state is state, verdict.explain()
        assert ("stamp.number_lapsed" in codes(verdict)) == (state is State.CLAIMED)
    verdict = verifier.verify(stamped.data)
    assert verdict.state is State.ATTRIBUTED


def test_unless_an_earlier_checkpoint_proves_that_they_are_older(
    verifier_at: Callable[[datetime], Verifier], stamped: StampedImage, pixels: Pixels
) -> None:
    seen = stamped.record.recorded + timedelta(minutes=5)
    verifier_at(seen).verify(jpeg(pixels))
    for data, match in ((jpeg(pixels), "derived"), (stamped.data, "exact")):
        verdict = verifier_at(seen + timedelta(days=30)).verify(data)
        assert verdict.state is State.ATTRIBUTED, verdict.explain()
        assert verdict.origin is not None
        assert (verdict.origin.match, verdict.origin.time_basis) == (match, "log")
        assert "the registry's log proves that this was signed before" in verdict.explain()


def test_a_stolen_key_can_not_borrow_the_age_of_an_older_stamp(
    a: Studio,
    verifier_at: Callable[[datetime], Verifier],
    stamped: StampedImage,
    other: Pixels,
) -> None:
    """The thief signs another picture with URN, statement and mark of a recorded one."""
    seen = stamped.record.recorded + timedelta(minutes=5)
    verifier_at(seen).verify(stamped.data)
    statement = manifest.read(stamped.data, "image/jpeg", Trust.none()).statement
    assert statement is not None
    mark = watermark.detect(imaging.decode(stamped.data).rgb)
    assert mark is not None
    marked = jpeg(watermark.embed(other, mark.payload, lock=mark.lock), 95)
    urn = stamped.record.manifest_urn
    forged = manifest.sign(marked, "image/jpeg", statement, a.signer, urn)
    verdict = verifier_at(seen + timedelta(days=30)).verify(forged.data)
    assert (verdict.state, verdict.origin) == (State.CONFLICT, None), verdict.explain()
    assert "manifest.revoked" in codes(verdict)


@pytest.fixture
def copied(a: Studio, stamped: StampedImage, tmp_path: Path) -> Path:
    """A copy of A's registry for somebody to tamper with."""
    file = tmp_path / "copy.db"
    with sqlite3.connect(a.registry_file) as source, sqlite3.connect(file) as target:
        source.backup(target)
        for (name,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            target.execute(f"DROP TRIGGER {name}")
        target.commit()
    source.close()
    target.close()
    return file


def alter(file: Path, statement: str) -> None:
    with sqlite3.connect(file) as db:
        db.executescript(statement)
    db.close()


@pytest.mark.parametrize(
    "change",
    [
        "producer_name = 'Somebody Else'",
        "created = '2020-01-01T00:00:00.000000Z'",
        "manifest_urn = 'urn:c2pa:another'",
    ],
)
def test_an_altered_record_does_not_change_what_was_signed(
    change: str, a: Studio, directory: Directory, pixels: Pixels, copied: Path
) -> None:
    alter(copied, f"UPDATE records SET {change}")
    with open_registry(f"sqlite:///{copied}", create=False) as registry:
        verifier = Verifier(registry=registry, trust=trust(a), directory=directory)
        verdict = verifier.verify(jpeg(pixels))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert (verdict.origin.producer, verdict.origin.recorded) == ("Producer A Ltd.", None)
    assert "record.refused" in codes(verdict)


@pytest.fixture
def copied_verifier(
    a: Studio, directory: Directory, copied: Path
) -> Iterator[Callable[..., Verifier]]:
    """Make a verifier on the tampered copy after some statements of SQL."""
    with ExitStack() as stack:

        def make(*statements: str) -> Verifier:
            for statement in statements:
                alter(copied, statement)
            registry = stack.enter_context(open_registry(f"sqlite:///{copied}", create=False))
            return Verifier(registry=registry, trust=trust(a), directory=directory)

        yield make


def test_a_removed_record_leaves_the_signed_manifest_to_decide(
    copied_verifier: Callable[..., Verifier], stamped: StampedImage, pixels: Pixels
) -> None:
    verifier = copied_verifier("DELETE FROM stores", "DELETE FROM records")
    verdict = verifier.verify(jpeg(pixels))
    assert verdict.state is State.CLAIMED
    assert "record.none" in codes(verdict)
    for data, match in (
        (stamped.data, "bound"),
        (with_manifest_of(stamped.data, jpeg(pixels)), "derived"),
    ):
        verdict = verifier.verify(data)
        assert verdict.origin is not None
        assert (verdict.origin.match, verdict.origin.recorded) == (match, None)


def test_an_inserted_record_is_refused(
    copied_verifier: Callable[..., Verifier], stamped: StampedImage, original: Pixels
) -> None:
    """A's own record and manifest, once more under an id that A never gave."""
    forged_id = stamped.record.stamp_id[:-8] + "12345678"
    verifier = copied_verifier(
        "CREATE TEMP TABLE t AS SELECT * FROM records LIMIT 1;"
        f"UPDATE t SET leaf_index = 999, stamp_id = '{forged_id}';"
        "INSERT INTO records SELECT * FROM t;"
        "INSERT INTO stores SELECT 999, store FROM stores LIMIT 1;"
    )
    forged = watermark.embed(original, bytes.fromhex(forged_id))
    verdict = verifier.verify(jpeg(forged, 95))
    assert (verdict.state, verdict.origin) == (State.CLAIMED, None), verdict.explain()
    assert {"record.refused", "stamp.not_repeated"} <= codes(verdict)


def test_of_two_records_of_one_id_the_earliest_wins_and_the_other_is_reported(
    copied_verifier: Callable[..., Verifier], stamped: StampedImage, pixels: Pixels
) -> None:
    """Somebody rebuilt the table without its constraint and added a second."""
    verifier = copied_verifier(
        "CREATE TABLE copied AS SELECT * FROM records;"
        "INSERT INTO copied SELECT * FROM records WHERE "
        f"stamp_id = '{stamped.record.stamp_id}';"
        "UPDATE copied SET leaf_index = 999, producer_name = 'Forger', "
        "created = '2020-01-01T00:00:00.000000Z' WHERE rowid = (SELECT max(rowid) FROM copied);"
        "DROP TABLE records;"
        "ALTER TABLE copied RENAME TO records;"
        "CREATE INDEX latest_first ON records (stamp_id, leaf_index DESC);"
    )
    verdict = verifier.verify(jpeg(pixels))
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert verdict.origin.recorded == stamped.record.recorded
    assert "record.repeated" in codes(verdict)
    assert "more than one record of this mark" in verdict.explain()


def test_a_registry_that_is_gone_is_a_finding_and_no_error(
    a: Studio, directory: Directory, stamped: StampedImage, pixels: Pixels, copied: Path
) -> None:
    registry = open_registry(f"sqlite:///{copied}", create=False)
    registry.close()
    copied.unlink()
    verifier = Verifier(registry=registry, trust=trust(a), directory=directory)
    assert verifier.verify(stamped.data).state is State.ATTRIBUTED
    verdict = verifier.verify(jpeg(pixels))
    assert verdict.state is State.CLAIMED
    assert "registry.unavailable" in codes(verdict)


# --- a single revoked stamp ----------------------------------------------------------------------


def revoke(file: Path, stamped: StampedImage, since: datetime | None = None) -> None:
    with open_registry(f"sqlite:///{file}", create=False) as registry:
        registry.revoke(stamped.record.stamp_id, "made by mistake", since)


def test_a_revoked_stamp_is_claimed_even_byte_for_byte(
    copied: Path,
    copied_verifier: Callable[..., Verifier],
    stamped: StampedImage,
    pixels: Pixels,
) -> None:
    revoke(copied, stamped)
    verifier = copied_verifier()
    for data, code in ((jpeg(pixels), "stamp"), (stamped.data, "manifest")):
        verdict = verifier.verify(data)
        assert (verdict.state, verdict.origin) == (State.CLAIMED, None), verdict.explain()
        assert f"{code}.stamp_revoked" in codes(verdict)
        assert 'The registry gives this reason: "made by mistake".' in verdict.explain()


@pytest.mark.parametrize(
    "change", ["DELETE FROM nodes WHERE level = 0", "UPDATE revocations SET reason = 'another'"]
)
def test_a_revocation_that_the_log_does_not_prove_takes_no_proof_away(
    change: str,
    copied: Path,
    copied_verifier: Callable[..., Verifier],
    stamped: StampedImage,
) -> None:
    revoke(copied, stamped)
    verdict = copied_verifier(change).verify(stamped.data)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert {"revocation.refused", "record.refused"} & codes(verdict)


def test_a_time_before_since_when_it_is_revoked_saves_a_stamp(
    a: Studio, directory: Directory, copied: Path, stamped: StampedImage, tmp_path: Path
) -> None:
    seen = stamped.record.recorded + timedelta(seconds=1)

    def verify(now: datetime) -> State:
        with open_registry(f"sqlite:///{copied}", create=False) as registry:
            return (
                Verifier(
                    registry=registry,
                    trust=trust(a),
                    directory=directory,
                    checkpoint_file=tmp_path / "seen.json",
                    clock=lambda: now,
                )
                .verify(stamped.data)
                .state
            )

    assert verify(seen) is State.ATTRIBUTED
    revoke(copied, stamped, since=stamped.record.recorded)
    assert verify(seen + timedelta(days=1)) is State.CLAIMED


def test_an_older_stamp_than_that_stays_attributed(
    a: Studio, directory: Directory, copied: Path, stamped: StampedImage, tmp_path: Path
) -> None:
    proved = stamped.record.recorded - timedelta(hours=1)  # by the clock of this verifier
    keep = tmp_path / "seen.json"
    for now, since in ((proved, stamped.record.recorded), (proved + timedelta(days=1), None)):
        with open_registry(f"sqlite:///{copied}", create=False) as registry:
            verifier = Verifier(
                registry=registry,
                trust=trust(a),
                directory=directory,
                checkpoint_file=keep,
                clock=lambda now=now: now,  # type: ignore[misc]
            )
            verdict = verifier.verify(stamped.data)
            assert verdict.state is State.ATTRIBUTED, verdict.explain()
        if since is not None:
            revoke(copied, stamped, since)
    assert "proves that the stamp is older" in verdict.explain()
