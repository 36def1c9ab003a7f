"""What every registry back end must do; a new one joins through `back_end`."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provenance.errors import (
    ConfigError,
    DuplicateStampError,
    LogIntegrityError,
    RecordNotFoundError,
    RegistryError,
    RegistryUnavailableError,
    SignerKeyError,
    UnknownModelError,
)
from provenance.records import StampRecord
from provenance.registry import ClaimKey, Registry, open_registry
from provenance.registry.base import NEAR_LIMIT, Access
from provenance.registry.checkpoint import Checkpoint
from provenance.registry.leaf import encode_leaf
from provenance.registry.log import EMPTY_ROOT, hash_leaf
from provenance.signers import LogKey
from provenance.stamp_id import LARGEST_MODEL, StampId
from tests.postgres import Server, run_server

# Python 3.12 and later warn of what these tests are about.
FORK_AMONG_THREADS = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


@dataclass(frozen=True)
class BackEnd:
    """A place for one registry; whoever opens it again meets what was written."""

    uri: str
    folder: Path

    def open(
        self, log_key: Path | None = None, *, create: bool = True, read_only: bool = False
    ) -> Registry:
        create = create and not read_only
        return open_registry(self.uri, log_key, create=create, read_only=read_only)


def sqlite(request: pytest.FixtureRequest, folder: Path) -> BackEnd:
    return BackEnd(f"sqlite:///{folder}/stamps.db", folder)


def postgres(request: pytest.FixtureRequest, folder: Path) -> BackEnd:
    server: Server = request.getfixturevalue("postgres_server")
    return BackEnd(server.uri(server.make_database()), folder)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    with run_server() as server:
        yield server


@pytest.fixture(params=[sqlite, postgres])
def back_end(request: pytest.FixtureRequest, tmp_path: Path) -> BackEnd:
    make: Callable[[pytest.FixtureRequest, Path], BackEnd] = request.param
    return make(request, tmp_path)


@pytest.fixture
def registry(back_end: BackEnd) -> Iterator[Registry]:
    with back_end.open() as opened:
        yield opened


@pytest.fixture
def log_key(tmp_path: Path) -> Path:
    path = tmp_path / "log-key.pem"
    path.write_bytes(LogKey.generate().to_pem())
    return path


NOBODY = StampId("f" * 24)
"""A stamp that no test records."""


def pdq(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def record(number: int) -> StampRecord:
    return StampRecord(
        stamp_id=StampId(f"{number:024x}"),
        manifest_urn=f"urn:c2pa:{number}",
        producer=524_289,
        producer_name='Example "KI" ÄI',
        model="example-diffusion",
        model_version="3",
        model_number=1,
        created=datetime(2026, 1, 31, 12, 0, 0, number % 1_000_000, tzinfo=UTC),
        recorded=datetime(2026, 1, 31, 12, 0, 1, tzinfo=UTC),
        sha256=pdq(number + 10**9),
        format="PNG",
        pdq=pdq(number),
        pdq_quality=100,
        lattice="",
        parent=None if number % 2 else "urn:c2pa:parent",
    )


def store(number: int) -> bytes:
    return f"store {number}".encode() * 3


def fill(registry: Registry, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        registry.append(record(number), store(number))


# --- records -------------------------------------------------------------------------------------


def test_an_empty_registry(registry: Registry) -> None:
    assert registry.size == 0
    assert registry.records() == []
    assert registry.by_id(NOBODY) is None
    assert registry.manifest_store(NOBODY) is None
    assert registry.inclusion(NOBODY) is None
    assert not registry.contains(NOBODY)
    assert registry.near("0" * 64, 256) == []
    assert registry.models(1) == []
    assert registry.audit().ok
    assert registry.checkpoint() == Checkpoint(registry.origin, 0, EMPTY_ROOT)


def test_what_was_appended_is_there_for_whoever_opens_it_next(back_end: BackEnd) -> None:
    with back_end.open() as first:
        entry = first.append(record(1), store(1))
    assert entry.index == 0
    assert entry.tree_size == 1
    assert entry.root == entry.leaf_hash == hash_leaf(encode_leaf(record(1), store(1)))
    for opened in (back_end.open(create=False), back_end.open(read_only=True)):
        with opened:
            assert opened.by_id(record(1).stamp_id) == record(1)
            assert opened.manifest_store(record(1).stamp_id) == store(1)
            assert opened.contains(record(1).stamp_id)
            assert opened.origin == first.origin


def test_another_process_sees_it_at_once(back_end: BackEnd) -> None:
    with back_end.open() as first, back_end.open() as second:
        first.append(record(1), store(1))
        assert second.by_id(record(1).stamp_id) == record(1)
        second.append(record(2), store(2))
        assert first.records() == [record(1), record(2)]


def test_times_come_back_in_utc_whatever_they_came_in(registry: Registry) -> None:
    local = replace(record(1), created=datetime.fromisoformat("2026-01-31T13:00:00+01:00"))
    registry.append(local, b"")
    found = registry.by_id(local.stamp_id)
    assert found is not None
    assert found == local
    assert found.created.tzinfo is UTC


def test_a_used_id_is_refused_and_changes_nothing(registry: Registry) -> None:
    fill(registry, 3)
    before = registry.checkpoint()
    with pytest.raises(DuplicateStampError, match="draw another"):
        registry.append(replace(record(9), stamp_id=record(1).stamp_id), store(9))
    assert registry.checkpoint() == before
    assert registry.by_id(record(1).stamp_id) == record(1)
    assert registry.count(record(1).stamp_id) == 1
    registry.append(record(3), store(3))
    assert registry.audit().ok


def test_many_are_added_at_once_or_none(registry: Registry) -> None:
    entries = registry.append_all((record(number), b"store") for number in range(20))
    assert [entry.index for entry in entries] == list(range(20))
    assert registry.records(limit=20) == [record(number) for number in range(20)]
    assert registry.checkpoint().root == entries[-1].root
    before = registry.checkpoint()
    with pytest.raises(DuplicateStampError, match="draw another"):
        registry.append_all((record(number), b"store") for number in (20, 21, 5))
    assert registry.checkpoint().size == before.size == 20
    assert registry.append_all([]) == []
    assert registry.append(record(20), b"store").index == 20
    assert registry.audit().ok


def test_a_record_that_can_not_be_one_is_refused(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="pdq"):
        registry.append(replace(record(1), pdq="x"), b"")
    assert registry.size == 0


def test_records_come_in_order_and_by_the_page(registry: Registry) -> None:
    fill(registry, 7)
    assert registry.records() == [record(number) for number in range(7)]
    assert registry.records(limit=2, offset=3) == [record(3), record(4)]
    assert registry.records(limit=5, offset=6) == [record(6)]
    assert registry.records(offset=7) == []


# --- revocations ---------------------------------------------------------------------------------


def test_a_revocation_is_there_for_whoever_opens_it_next(back_end: BackEnd) -> None:
    since = datetime(2026, 2, 1, tzinfo=UTC)
    with back_end.open() as first:
        fill(first, 3)
        before = first.checkpoint()
        said = first.revoke(record(1).stamp_id, 'key "stolen", ÄI', since)
    assert (said.stamp_id, said.reason, said.since) == (
        record(1).stamp_id,
        'key "stolen", ÄI',
        since,
    )
    assert abs(datetime.now(UTC) - said.revoked) < timedelta(minutes=1)
    for opened in (back_end.open(create=False), back_end.open(read_only=True)):
        with opened:
            assert opened.revocation(record(1).stamp_id) == said
            assert opened.revocation(record(0).stamp_id) is None
            assert opened.check_extends(before).size == 4
            assert opened.audit().ok


def test_a_revocation_changes_no_record(registry: Registry) -> None:
    fill(registry, 3)
    registry.revoke(record(1).stamp_id, "by mistake")
    assert registry.records() == [record(number) for number in range(3)]
    assert registry.by_id(record(1).stamp_id) == record(1)
    assert registry.manifest_store(record(1).stamp_id) == store(1)
    assert registry.size == 3
    inclusion = registry.inclusion(record(1).stamp_id)
    assert inclusion is not None
    inclusion.verify(record(1), store(1))


def test_what_is_revoked_stays_as_it_was_first_said(registry: Registry) -> None:
    fill(registry, 1)
    first = registry.revoke(record(0).stamp_id, "by mistake")
    head = registry.checkpoint()
    assert registry.revoke(record(0).stamp_id, "no: a thief", first.revoked) == first
    assert registry.revocation(record(0).stamp_id) == first
    assert registry.checkpoint() == head


def test_what_was_never_recorded_can_not_be_revoked(registry: Registry) -> None:
    fill(registry, 1)
    with pytest.raises(RecordNotFoundError, match="has no stamp"):
        registry.revoke(NOBODY, "by mistake")
    assert registry.revocation(NOBODY) is None
    assert registry.revocation_inclusion(NOBODY) is None
    assert registry.checkpoint().size == 1


@pytest.mark.parametrize(
    ("reason", "since", "why"),
    [
        ("", None, "needs a reason"),
        (" \n", None, "needs a reason"),
        ("\0", None, "not text"),
        ("x" * 70_000, None, "is the most"),
        ("a", datetime(2026, 1, 1), "no time zone"),  # noqa: DTZ001 (that is the point)
        ("a", datetime(9000, 1, 1, tzinfo=UTC), "in the future"),
    ],
)
def test_a_revocation_that_can_not_be_one_is_refused(
    registry: Registry, reason: str, since: datetime | None, why: str
) -> None:
    fill(registry, 1)
    with pytest.raises(RegistryError, match=why):
        registry.revoke(record(0).stamp_id, reason, since)
    assert registry.revocation(record(0).stamp_id) is None
    assert registry.checkpoint().size == 1


def test_every_revocation_is_proved_included(registry: Registry) -> None:
    fill(registry, 5)
    for number in (3, 0):
        said = registry.revoke(record(number).stamp_id, "by mistake")
        inclusion = registry.revocation_inclusion(said.stamp_id)
        assert inclusion is not None
        assert inclusion.checkpoint == registry.checkpoint()
        inclusion.verify_revocation(said)
        for forged in (
            replace(said, stamp_id=record(1).stamp_id),
            replace(said, reason="another"),
            replace(said, since=said.revoked),
        ):
            with pytest.raises(LogIntegrityError):
                inclusion.verify_revocation(forged)
        with pytest.raises(LogIntegrityError):
            inclusion.verify(record(number), store(number))
    assert registry.revocation_inclusion(record(1).stamp_id) is None


def test_records_and_revocations_share_one_log(registry: Registry) -> None:
    """Pages, look-ups and appends do not mind what lies between the records."""
    for number in range(6):
        entry = registry.append(record(number), store(number))
        assert entry.index == 2 * number
        registry.revoke(record(number).stamp_id, "by mistake")
        assert registry.near(pdq(number), 0) == [(record(number), 0)]
    assert registry.size == 6
    assert registry.checkpoint().size == 12
    for offset in range(7):
        wanted = [record(number) for number in range(offset, min(offset + 2, 6))]
        assert registry.records(limit=2, offset=offset) == wanted
    assert registry.audit().ok


def test_a_signed_log_takes_revocations_only_with_its_key(back_end: BackEnd, log_key: Path) -> None:
    with back_end.open(log_key) as registry:
        fill(registry, 1)
    with back_end.open() as keyless, pytest.raises(RegistryError, match="open it with its log key"):
        keyless.revoke(record(0).stamp_id, "by mistake")
    with back_end.open(read_only=True) as reader, pytest.raises(RegistryUnavailableError):
        reader.revoke(record(0).stamp_id, "by mistake")
    with back_end.open(log_key) as registry:
        assert registry.revocation(record(0).stamp_id) is None
        registry.revoke(record(0).stamp_id, "by mistake")
        assert registry.audit().ok


# --- near ----------------------------------------------------------------------------------------


def test_near_finds_by_distance(registry: Registry) -> None:
    fill(registry, 20)
    query = f"{int(pdq(5), 16) ^ 0b111:064x}"
    assert registry.near(query, 2) == []
    assert registry.near(query, 3) == [(record(5), 3)]


def test_near_also_finds_what_came_after_the_first_search(back_end: BackEnd) -> None:
    with back_end.open() as first, back_end.open() as second:
        fill(first, 2)
        assert first.near(pdq(3), 0) == []
        fill(second, 2, start=2)
        assert first.near(pdq(3), 0) == [(record(3), 0)]


def test_near_is_bounded_and_sorted(registry: Registry) -> None:
    fill(registry, NEAR_LIMIT + 5)
    found = registry.near(pdq(0), 256)
    assert len(found) == NEAR_LIMIT
    assert found[0] == (record(0), 0)
    assert [distance for _, distance in found] == sorted(distance for _, distance in found)
    assert registry.near(pdq(0), 256, limit=2) == found[:2]


@pytest.mark.parametrize("junk", ["", "0" * 63, "G" * 64, "0x" + "0" * 62])
def test_near_refuses_what_is_no_hash(registry: Registry, junk: str) -> None:
    with pytest.raises(RegistryError, match="64 lower-case hex"):
        registry.near(junk, 31)


# --- models --------------------------------------------------------------------------------------


def test_model_numbers_are_drawn_once_per_producer(back_end: BackEnd) -> None:
    with back_end.open() as registry:
        assert registry.model_number(1, "a", "1", create=True) == 1
        assert registry.model_number(1, "a", "2", create=True) == 2
        assert registry.model_number(1, "a", "1", create=True) == 1
        assert registry.model_number(2, "a", "2", create=True) == 1
    with back_end.open(read_only=True) as reader:
        assert reader.model_number(1, "a", "2", create=False) == 2
        assert reader.model_number(1, "a", "2", create=True) == 2
        assert [(m.number, m.model, m.version) for m in reader.models(1)] == [
            (1, "a", "1"),
            (2, "a", "2"),
        ]


def test_an_unknown_model_is_refused_unless_it_may_be_new(registry: Registry) -> None:
    with pytest.raises(UnknownModelError, match="'gpt', version '5'"):
        registry.model_number(1, "gpt", "5", create=False)
    assert registry.models(1) == []


def test_a_producer_has_65535_models(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.registry.sql.models.LARGEST_MODEL", 2)
    assert LARGEST_MODEL == 65_535
    registry.model_number(1, "a", "1", create=True)
    registry.model_number(1, "b", "1", create=True)
    with pytest.raises(RegistryError, match="all 2 model numbers"):
        registry.model_number(1, "c", "1", create=True)
    assert registry.model_number(2, "c", "1", create=True) == 1


def test_a_model_name_must_be_text(registry: Registry) -> None:
    with pytest.raises(RegistryError, match="not text"):
        registry.model_number(1, "\ud800", "1", create=True)


# --- the log -------------------------------------------------------------------------------------


def test_every_record_is_proved_included(registry: Registry) -> None:
    fill(registry, 11)
    for number in range(11):
        inclusion = registry.inclusion(record(number).stamp_id)
        assert inclusion is not None
        assert inclusion.checkpoint == registry.checkpoint()
        inclusion.verify(record(number), store(number))
        with pytest.raises(LogIntegrityError):
            inclusion.verify(replace(record(number), producer=1), store(number))
        with pytest.raises(LogIntegrityError):
            inclusion.verify(record(number), store(number) + b"!")


def test_the_log_extends_every_checkpoint_it_gave(registry: Registry) -> None:
    seen = [registry.checkpoint()]
    for number in range(9):
        fill(registry, 1, start=number)
        seen.append(registry.checkpoint())
    for checkpoint in seen:
        assert registry.check_extends(checkpoint) == seen[-1]
        assert registry.check_extends(Checkpoint.parse(checkpoint.text)) == seen[-1]


def test_a_log_that_does_not_extend_a_checkpoint_is_reported(back_end: BackEnd) -> None:
    with back_end.open() as registry:
        fill(registry, 5)
        head = registry.checkpoint()
        for forged in (
            replace(head, root=bytes(32)),
            replace(head, size=3),
            replace(head, size=6),
            replace(head, origin="another"),
        ):
            with pytest.raises(LogIntegrityError):
                registry.check_extends(forged)


def test_checkpoints_are_signed_with_the_log_key(back_end: BackEnd, log_key: Path) -> None:
    public = LogKey.from_pem(log_key.read_bytes()).public
    with back_end.open(log_key) as registry:
        registry.checkpoint().verify(public)  # also of an empty log
        fill(registry, 3)
        signed = registry.checkpoint()
        signed.verify(public)
        assert registry.audit().ok
    with back_end.open(read_only=True) as reader:  # a verifier has no key, yet meets signatures
        assert reader.checkpoint() == signed
        assert reader.audit(public).ok
        assert not reader.audit(LogKey.generate().public).ok


def test_a_signed_log_takes_records_only_with_its_key(
    back_end: BackEnd, log_key: Path, tmp_path: Path
) -> None:
    with back_end.open(log_key) as registry:
        fill(registry, 1)
    with back_end.open() as keyless, pytest.raises(RegistryError, match="open it with its log key"):
        fill(keyless, 1, start=1)
    other = tmp_path / "other.pem"
    other.write_bytes(LogKey.generate().to_pem())
    with back_end.open(other) as stranger, pytest.raises(LogIntegrityError, match="another key"):
        fill(stranger, 1, start=1)
    with back_end.open(log_key) as registry:
        assert registry.size == 1
        fill(registry, 1, start=1)
        assert registry.audit().ok


def test_a_log_may_get_its_key_later(back_end: BackEnd, log_key: Path) -> None:
    public = LogKey.from_pem(log_key.read_bytes()).public
    with back_end.open() as registry:
        fill(registry, 2)
        assert registry.checkpoint().signatures == ()
    with back_end.open(log_key) as registry:
        registry.checkpoint().verify(public)
        fill(registry, 1, start=2)
        registry.checkpoint().verify(public)


def test_a_key_is_not_lent_to_a_head_without_a_signature_behind_signed_ones(
    back_end: BackEnd, log_key: Path, request: pytest.FixtureRequest
) -> None:
    """Whoever writes past the registry has no key, and must not get its signature by waiting."""
    with back_end.open(log_key) as registry:
        fill(registry, 2)
        head = registry.checkpoint()
    overwrite(back_end, request, f"UPDATE heads SET note = '{head.body}' WHERE size = 2")
    with back_end.open() as reader:
        assert reader.checkpoint().signatures == ()
    with back_end.open(log_key) as registry:
        empty = Checkpoint.empty(registry.origin)
        for question in (
            registry.checkpoint,
            lambda: registry.inclusion(record(0).stamp_id),
            lambda: registry.check_extends(empty),
            lambda: fill(registry, 1, start=2),
        ):
            with pytest.raises(LogIntegrityError, match="lacks the signature"):
                question()
        assert registry.size == 2


def overwrite(back_end: BackEnd, request: pytest.FixtureRequest, statement: str) -> None:
    """Write past the registry, its triggers and its grants."""
    if back_end.uri.startswith("postgresql"):
        server: Server = request.getfixturevalue("postgres_server")
        server.execute(statement, back_end.uri.rpartition("/")[2])
        return
    with sqlite3.connect(back_end.folder / "stamps.db") as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {name}")
        db.execute(statement)
    db.close()


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN PRIVATE KEY-----\nAA==\n"])
def test_an_unusable_log_key_is_refused(
    back_end: BackEnd, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SignerKeyError):
        back_end.open(path)


# --- opening -------------------------------------------------------------------------------------


@pytest.mark.parametrize("read_only", [False, True])
def test_a_missing_registry_is_made_only_when_that_was_asked(
    back_end: BackEnd, read_only: bool
) -> None:
    with pytest.raises(RegistryUnavailableError, match="There is no registry"):
        back_end.open(create=read_only, read_only=read_only)
    assert list(back_end.folder.iterdir()) == []


def test_read_only_refuses_to_write(back_end: BackEnd) -> None:
    back_end.open().close()
    with back_end.open(read_only=True) as reader:
        with pytest.raises(RegistryUnavailableError, match="read-only"):
            fill(reader, 1)
        with pytest.raises(RegistryUnavailableError, match="read-only"):
            reader.model_number(1, "a", "1", create=True)
        assert reader.size == 0


def test_a_closed_registry_opens_itself_again(registry: Registry) -> None:
    fill(registry, 1)
    registry.close()
    registry.close()
    assert registry.size == 1


@pytest.mark.parametrize(
    "uri", ["", "stamps.db", "sqlite:stamps.db", "sqlite://stamps.db", "sqlite:///", "redis:///x"]
)
def test_a_uri_that_names_no_registry_is_refused(uri: str) -> None:
    with pytest.raises(ConfigError, match="sqlite:///"):
        open_registry(uri)


# --- several at once -----------------------------------------------------------------------------


def append_some(uri: str, start: int, count: int) -> list[int]:
    with open_registry(uri, create=True) as registry:
        return [
            registry.append(record(number), store(number)).index
            for number in range(start, start + count)
        ]


def test_threads_share_one_registry(registry: Registry) -> None:
    def work(start: int) -> None:
        for number in range(start, start + 25):
            registry.append(record(number), store(number))
            assert registry.by_id(record(number).stamp_id) == record(number)
            assert registry.near(pdq(number), 0) == [(record(number), 0)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(0, 200, 25)))
    assert registry.size == 200
    assert registry.audit().ok
    assert {found.stamp_id for found in registry.records(limit=500)} == {
        record(number).stamp_id for number in range(200)
    }


def test_threads_agree_on_a_model_number(registry: Registry) -> None:
    ready = threading.Barrier(8)

    def draw(version: int) -> int:
        ready.wait()
        return registry.model_number(1, "a", str(version % 2), create=True)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(draw, range(8))) == {1, 2}


@FORK_AMONG_THREADS
@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_processes_share_one_registry(back_end: BackEnd, method: str) -> None:
    """Also with fork while the parent has it open, and while nobody has made it yet."""
    if method == "fork":
        back_end.open().close()
    parent = back_end.open() if method == "fork" else None
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(4, mp_context=context) as pool:
        jobs = [pool.submit(append_some, back_end.uri, start, 20) for start in range(0, 80, 20)]
        indices = [index for job in jobs for index in job.result()]
    assert sorted(indices) == list(range(80))
    with parent or back_end.open() as registry:
        assert registry.size == 80
        assert registry.audit().ok


@FORK_AMONG_THREADS
def test_a_forked_child_uses_the_registry_of_its_parent(registry: Registry) -> None:
    """The object itself crosses the fork, in the middle of other threads' appends."""
    stop = threading.Event()
    number = iter(range(1000, 10**6))

    def keep_appending() -> None:
        while not stop.is_set():
            fill(registry, 1, start=next(number))

    thread = threading.Thread(target=keep_appending)
    thread.start()
    try:
        statuses = []
        for child in range(5):
            pid = os.fork()
            if pid == 0:
                status = 1
                try:
                    fill(registry, 3, start=10 * child)
                    status = 0 if registry.by_id(record(10 * child).stamp_id) else 2
                finally:
                    os._exit(status)
            statuses.append(os.waitpid(pid, 0)[1])
    finally:
        stop.set()
        thread.join()
    assert statuses == [0] * 5
    assert all(registry.contains(record(10 * child + 2).stamp_id) for child in range(5))
    assert registry.audit().ok


# --- audits --------------------------------------------------------------------------------------


def test_an_audit_goes_on_where_an_earlier_one_ended(back_end: BackEnd, log_key: Path) -> None:
    with back_end.open(log_key) as registry:
        points = [registry.checkpoint()]
        for number in range(0, 9, 3):
            fill(registry, 3, start=number)
            points.append(registry.checkpoint())
        whole = registry.audit()
        for point in points:
            found = registry.audit(since=point)
            assert found.ok
            assert (found.start, found.size, found.root) == (point.size, 9, whole.root)


def test_an_audit_does_not_go_on_from_what_the_log_never_was(
    back_end: BackEnd, log_key: Path
) -> None:
    with back_end.open(log_key) as registry:
        fill(registry, 5)
        head = registry.checkpoint()
        for forged in (
            replace(head, root=bytes(32)),
            replace(head, size=3),
            replace(head, size=6),
            replace(head, origin="another"),
        ):
            (fault,) = registry.audit(since=forged).faults
            assert fault.kind == "rewritten"
            assert fault.index == forged.size - 1
            assert f"checkpoint of {forged.size} entries" in fault.message


def test_an_audit_reads_a_log_of_many_pages(
    back_end: BackEnd, log_key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provenance.registry.sql.rows.PAGE", 4)
    monkeypatch.setattr("provenance.registry.sql.tree._PAGE", 3)
    with back_end.open(log_key) as registry:
        fill(registry, 21)
        found = registry.audit()
        assert (found.ok, found.size) == (True, 21)
        assert found.root == registry.checkpoint().root


# --- accounts ------------------------------------------------------------------------------------

ACCESS = Access("2026-17", "court order 12/26")


def test_an_account_is_given_once_the_access_is_written_down(registry: Registry) -> None:
    registry.append(record(0), store(0), b"sealed")
    registry.append(record(1), store(1))
    first = registry.accounts.read(record(0).stamp_id, ACCESS)
    second = registry.accounts.read(record(1).stamp_id, ACCESS)
    assert (first.sealed, first.entry) == (b"sealed", 0)
    assert (second.sealed, second.entry) == (None, 1)
    entries = registry.accounts.accesses()
    assert [entry["stamp_id"] for entry in entries] == [record(n).stamp_id for n in range(2)]
    assert {(entry["case"], entry["purpose"]) for entry in entries} == {
        ("2026-17", "court order 12/26")
    }
    assert entries[1]["previous"] == first.entry_sha256


def test_an_account_is_no_part_of_the_log(registry: Registry) -> None:
    entry = registry.append(record(0), store(0), b"sealed")
    assert entry.leaf_hash == hash_leaf(encode_leaf(record(0), store(0)))
    assert b"sealed" not in repr(registry.records()).encode()


def test_what_is_only_read_gives_no_account(back_end: BackEnd) -> None:
    with back_end.open() as registry:
        registry.append(record(0), store(0), b"sealed")
    with back_end.open(create=False, read_only=True) as registry:
        with pytest.raises(RegistryUnavailableError):
            registry.accounts.read(record(0).stamp_id, ACCESS)
        assert registry.accounts.accesses() == []


def test_an_access_without_text_is_refused(registry: Registry) -> None:
    registry.append(record(0), store(0), b"sealed")
    with pytest.raises(RegistryError):
        registry.accounts.read(record(0).stamp_id, replace(ACCESS, purpose="\0"))
    assert registry.accounts.accesses() == []


def test_old_accounts_can_be_forgotten_and_their_stamps_stay(
    registry: Registry, back_end: BackEnd
) -> None:
    old, new = record(0), replace(record(1), recorded=datetime(2026, 6, 1, tzinfo=UTC))
    sealed = b"sealed for the old stamp, 64 bytes of something"
    registry.append(old, store(0), sealed)
    registry.append(new, store(1), b"sealed for the new one")
    assert registry.accounts.forget(datetime(2026, 3, 1, tzinfo=UTC)) == 1
    assert registry.accounts.read(old.stamp_id, ACCESS).sealed is None
    assert registry.accounts.read(new.stamp_id, ACCESS).sealed is not None
    assert registry.by_id(old.stamp_id) == old
    assert registry.audit().faults == ()
    registry.close()
    assert not any(sealed in path.read_bytes() for path in back_end.folder.iterdir())


# --- claims --------------------------------------------------------------------------------------

CLAIM = ClaimKey.of("caller", "first", b"picture")
CREATED = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_a_key_is_promised_one_stamp_whoever_asks_next(back_end: BackEnd) -> None:
    with back_end.open() as registry:
        first = registry.claims.take(CLAIM, record(0).stamp_id, CREATED)
    with back_end.open(create=False) as registry:
        later = registry.claims.take(CLAIM, record(1).stamp_id, CREATED + timedelta(minutes=3))
    assert first == later
    assert first is not None
    assert (first.stamp_id, first.created, first.request) == (
        record(0).stamp_id,
        CREATED,
        CLAIM.request,
    )


def test_a_stamp_id_is_promised_once(registry: Registry) -> None:
    registry.append(record(0), store(0))
    assert registry.claims.take(CLAIM, record(0).stamp_id, CREATED) is None
    assert registry.claims.take(CLAIM, record(1).stamp_id, CREATED) is not None
    other = ClaimKey.of("another caller", "first", b"picture")
    assert registry.claims.take(other, record(1).stamp_id, CREATED) is None


def test_promises_can_be_forgotten(registry: Registry) -> None:
    registry.claims.take(CLAIM, record(0).stamp_id, CREATED)
    now = datetime.now(UTC)
    assert registry.claims.forget(now - timedelta(hours=1)) == 0
    assert registry.claims.forget(now + timedelta(hours=1)) == 1
    assert registry.claims.take(CLAIM, record(1).stamp_id, CREATED) is not None


def test_a_record_is_found_by_its_manifest(registry: Registry) -> None:
    fill(registry, 3)
    assert registry.by_urn(record(1).manifest_urn) == record(1)
    assert registry.by_urn("urn:c2pa:nobody") is None
