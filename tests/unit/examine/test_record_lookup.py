"""The verifier keeps the last checkpoint it saw, and reports a log that does not extend it."""

from __future__ import annotations

import itertools
import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provenance.errors import ConfigError, LogIntegrityError, RegistryUnavailableError
from provenance.examine import CheckpointKeeper, LookupStatus, RecordLookup
from provenance.records import StampRecord
from provenance.registry import Freshness, Registry, open_registry
from provenance.stamp_id import StampId

START = datetime(2026, 11, 1, tzinfo=UTC)
STORE = b"a manifest store"


def record(number: int) -> StampRecord:
    return StampRecord(
        stamp_id=StampId(f"{number:024x}"),
        manifest_urn=f"urn:c2pa:{number}",
        producer=7,
        producer_name="Example AI",
        model="m",
        model_version="",
        model_number=1,
        created=START,
        recorded=START,
        sha256="0" * 64,
        format="PNG",
        pdq=f"{number:064x}",
        pdq_quality=100,
        lattice="",
    )


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with open_registry("sqlite:///stamps.db", create=True, base=tmp_path) as registry:
        registry.append(record(0), STORE)
        yield registry


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(days=1)
        return self.now


def test_a_growing_log_is_fine(registry: Registry, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.json"
    CheckpointKeeper(file, Clock()).check(registry)
    registry.append(record(1), STORE)
    later = CheckpointKeeper(file, Clock())
    later.check(registry)
    assert later.known is not None
    assert later.known.checkpoint.size == 1


@pytest.mark.parametrize("kept_in", ["memory", "file"])
def test_another_past_is_reported_every_time(
    kept_in: str, registry: Registry, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoint.json" if kept_in == "file" else None
    keeper = CheckpointKeeper(file, Clock())
    registry.append(record(1), STORE)
    keeper.check(registry)
    with open_registry("sqlite:///other.db", create=True, base=tmp_path) as rewritten:
        rewritten.append(record(5), STORE)
        if file:
            keeper = CheckpointKeeper(file, Clock())
        for _ in range(2):
            with pytest.raises(LogIntegrityError):
                keeper.check(rewritten)
    keeper.check(registry)


def test_only_what_was_known_before_proves_a_time(registry: Registry, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.json"
    first = CheckpointKeeper(file, Clock())
    first.check(registry)
    assert first.proved_at(0, registry.origin) is None
    registry.append(record(1), STORE)
    second = CheckpointKeeper(file, Clock())
    second.check(registry)
    assert second.proved_at(0, registry.origin) == START + timedelta(days=1)
    assert second.proved_at(1, registry.origin) is None
    assert second.proved_at(0, "another log") is None


def test_a_newer_checkpoint_keeps_what_older_ones_proved(
    registry: Registry, tmp_path: Path
) -> None:
    file, clock = tmp_path / "checkpoint.json", Clock()
    for number in range(1, 4):
        CheckpointKeeper(file, clock).check(registry)  # a day later each time
        registry.append(record(number), STORE)
    keeper = CheckpointKeeper(file, clock)
    proved = [keeper.proved_at(index, registry.origin) for index in range(4)]
    assert proved == [START + timedelta(days=day) for day in (1, 2, 3)] + [None]


def test_an_earlier_checkpoint_proves_no_time_of_another_past(
    registry: Registry, tmp_path: Path
) -> None:
    """Whoever rewrites a log can put a new record where an old one stood."""
    file = tmp_path / "checkpoint.json"
    registry.append(record(1), STORE)
    CheckpointKeeper(file, Clock()).check(registry)
    lookup = RecordLookup(registry, CheckpointKeeper(file, Clock()))
    assert lookup.look_up(record(0).stamp_id).proved_at is not None
    kept = json.loads(file.read_text())
    with open_registry("sqlite:///rewritten.db", create=True, base=tmp_path) as rewritten:
        rewritten.append(record(5), STORE)
        origin = kept["checkpoint"].partition("\n")[0]
        kept["checkpoint"] = kept["checkpoint"].replace(origin, rewritten.origin)
        file.write_text(json.dumps(kept))
        lookup = RecordLookup(rewritten, CheckpointKeeper(file, Clock()))
        answer = lookup.look_up(record(5).stamp_id)
    assert [note.code for note in lookup.notes] == ["registry.log_integrity"]
    assert (answer.status, answer.proved_at) == (LookupStatus.FOUND, None)


def test_times_are_kept_a_day_apart(registry: Registry, tmp_path: Path) -> None:
    file, hours = tmp_path / "checkpoint.json", itertools.count()
    for number in range(1, 100):
        keeper = CheckpointKeeper(file, lambda: START + timedelta(hours=next(hours)))
        keeper.check(registry)
        registry.append(record(number), STORE)
    kept = json.loads(file.read_text())["earlier"]
    assert [size for size, _ in kept] == [1, 25, 49, 73, 97]
    keeper = CheckpointKeeper(file, Clock())
    assert keeper.proved_at(0, registry.origin) == START
    assert keeper.proved_at(30, registry.origin) == START + timedelta(hours=48)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"seen": "2026-01-01", "checkpoint": "x"}',
        '{"earlier": 3}',
        '{"seen": 1}',
        "\xff",
    ],
)
def test_a_damaged_file_does_not_pass_for_none(content: str, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.json"
    file.write_text(content, encoding="latin-1")
    with pytest.raises(ConfigError, match="does not hold a checkpoint"):
        CheckpointKeeper(file, Clock())


def test_a_file_that_cannot_be_written_is_said(
    registry: Registry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "provenance"):
        CheckpointKeeper(tmp_path / "no folder" / "checkpoint.json", Clock()).check(registry)
    assert "could not be kept" in caplog.text


# --- the registry during an examination -----------------------------------------------------------


def lookup(registry: Registry | None) -> RecordLookup:
    return RecordLookup(registry, CheckpointKeeper(None, Clock()))


def test_answers(registry: Registry) -> None:
    asked = lookup(registry)
    found = asked.look_up(record(0).stamp_id)
    assert (found.status, found.row, found.store) == (LookupStatus.FOUND, record(0), STORE)
    assert asked.look_up(StampId("f" * 24)).status is LookupStatus.NONE
    assert [similar.distance for similar in asked.find_near([f"{1:064x}", f"{0:064x}"])] == [0]
    assert asked.notes == []


def test_a_record_too_plain_for_its_hash_is_never_alike(registry: Registry) -> None:
    registry.append(replace(record(1), pdq_quality=49), STORE)
    near = lookup(registry).find_near([record(1).pdq])
    assert [similar.stamp_id for similar in near] == [record(0).stamp_id]


def test_the_head_is_that_of_the_check(registry: Registry) -> None:
    assert lookup(registry).head == registry.checkpoint().text
    assert lookup(None).head is None


def test_a_report_names_only_what_the_log_holds(registry: Registry, tmp_path: Path) -> None:
    asked = lookup(registry)
    assert asked.find_proved(record(0).stamp_id) == record(0)
    assert asked.find_proved(StampId("f" * 24)) is None
    registry.close()
    altered(tmp_path / "stamps.db", "UPDATE records SET model = 'another'")
    assert lookup(registry).find_proved(record(0).stamp_id) is None
    assert asked.notes == []


def test_no_registry_is_not_asked() -> None:
    assert lookup(None).look_up(StampId("0" * 24)).status is LookupStatus.NOT_ASKED
    assert lookup(None).find_near(["0" * 64]) == ()


def altered(path: Path, statement: str) -> None:
    import sqlite3

    with sqlite3.connect(path) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute(statement)
    db.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET created = '2020-01-01T00:00:00.000000Z'",
        "UPDATE records SET model = 'another'",
        "UPDATE records SET created = 'never'",
    ],
)
def test_an_altered_record_is_refused_and_its_store_still_given(
    statement: str, registry: Registry, tmp_path: Path
) -> None:
    registry.close()
    altered(tmp_path / "stamps.db", statement)
    found = lookup(registry).look_up(record(0).stamp_id)
    assert (found.status, found.row, found.store) == (LookupStatus.REFUSED, None, STORE)


def test_an_altered_store_is_refused(registry: Registry, tmp_path: Path) -> None:
    registry.close()
    altered(tmp_path / "stamps.db", "UPDATE stores SET store = x'00'")
    assert lookup(registry).look_up(record(0).stamp_id).status is LookupStatus.REFUSED


def test_a_registry_that_went_away_is_noted_once(registry: Registry, tmp_path: Path) -> None:
    with open_registry("sqlite:///gone.db", create=True, base=tmp_path) as gone:
        gone.append(record(0), STORE)
    (tmp_path / "gone.db").unlink()
    asked = lookup(gone)
    assert asked.look_up(record(0).stamp_id).status is LookupStatus.NOT_ASKED
    assert asked.find_near(["0" * 64]) == ()
    assert asked.find_proved(record(0).stamp_id) is None
    assert asked.head == f"could not be asked [{RegistryUnavailableError.code}]"
    assert [note.code for note in asked.notes] == [RegistryUnavailableError.code]


def test_a_copy_from_a_folder_does_not_tell_where_that_lies() -> None:
    """A verdict goes to others, and the path of a disk is not theirs to know."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert Freshness("/srv/private/ada-images", now).name == "ada-images"
    assert Freshness("https://log.example.com/ada", now).name == "https://log.example.com/ada"


# --- several processes that share the file --------------------------------------------------------


@pytest.fixture
def shared(registry: Registry, tmp_path: Path) -> Iterator[tuple[CheckpointKeeper, Registry, Path]]:
    """One that saw the log at one record, its backup from then, and the file that others moved."""
    file = tmp_path / "checkpoint.json"
    idle = CheckpointKeeper(file, Clock())
    idle.check(registry)
    names = (tmp_path / "stamps.db", tmp_path / "backup.db")
    with closing(sqlite3.connect(names[0])) as old, closing(sqlite3.connect(names[1])) as new:
        old.backup(new)
    for number in range(1, 4):
        registry.append(record(number), STORE)
    CheckpointKeeper(file, Clock()).follow(registry)
    with open_registry("sqlite:///backup.db", base=tmp_path) as backup:
        yield idle, backup, file


def test_a_process_that_slept_does_not_let_an_older_backup_go_on(
    shared: tuple[CheckpointKeeper, Registry, Path],
) -> None:
    idle, backup, file = shared
    before = file.read_bytes()
    with pytest.raises(LogIntegrityError):
        idle.guard(backup)
    backup.append(record(9), STORE)
    with pytest.raises(LogIntegrityError):
        idle.check(backup)
    idle.follow(backup)
    assert file.read_bytes() == before


def test_it_goes_on_from_what_others_kept(
    shared: tuple[CheckpointKeeper, Registry, Path], registry: Registry
) -> None:
    idle, _, file = shared
    registry.append(record(4), STORE)
    idle.check(registry)
    assert json.loads(file.read_text())["checkpoint"] == registry.checkpoint().text
    assert json.loads(file.read_text())["earlier"]


def test_a_file_that_was_damaged_meanwhile_is_no_reason_to_forget(
    shared: tuple[CheckpointKeeper, Registry, Path],
    registry: Registry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    idle, backup, file = shared
    idle.check(registry)
    file.write_text("{}")
    with caplog.at_level(logging.WARNING), pytest.raises(LogIntegrityError):
        idle.guard(backup)
    assert "does not hold a checkpoint" in caplog.text
