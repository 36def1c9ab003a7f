"""A mirror takes over nothing that the log's key did not sign, whatever its source does."""

from __future__ import annotations

import gzip
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from provenance.errors import (
    ConfigError,
    LogIntegrityError,
    RegistryDamagedError,
    RegistryUnavailableError,
)
from provenance.records import StampRecord
from provenance.registry import Checkpoint, VerifierKey, open_registry
from provenance.registry.leaf import encode_leaf
from provenance.registry.log import Frontier, hash_leaf
from provenance.registry.mirror import open_source, synchronise
from provenance.registry.mirror.http import Address
from provenance.registry.tiles import export
from provenance.registry.tiles.layout import encode_bundle, name_manifest
from provenance.signers import LogKey
from tests.unit.registry.records import record

KEY = LogKey.generate()
NOW = datetime(2026, 3, 1, tzinfo=UTC)
STORE = b"store"


@dataclass
class World:
    """A producer's registry, the folder that it publishes, and somebody's mirror of that."""

    folder: Path

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def key(self) -> VerifierKey:
        return VerifierKey(self._origin, KEY.public)

    _origin: str = ""

    def add(self, start: int, end: int) -> None:
        with open_registry(
            f"sqlite:///{self.folder}/stamps.db", self.folder / "log.pem", create=True
        ) as registry:
            self._origin = registry.origin
            for number in range(start, end):
                registry.append(record(number), STORE)
            export(registry, self.public, self.key)

    def sync(self, source: str = "public", *keys: VerifierKey) -> Checkpoint:
        opened = open_source(source, self.folder)
        try:
            return synchronise(
                opened, self.folder / "mirror", keys or (self.key,), clock=lambda: NOW
            ).checkpoint
        finally:
            opened.close()

    def size(self) -> int:
        with open_registry(f"mirror:{self.folder}/mirror") as mirror:
            assert mirror.audit().ok
            return mirror.checkpoint().size


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "log.pem").write_bytes(KEY.to_pem())
    made = World(tmp_path)
    made.add(0, 3)
    return made


def publish(world: World, records: list[StampRecord], key: LogKey = KEY) -> None:
    """Publish a log of one's own making in the place of the right one."""
    shutil.rmtree(world.public)
    entries = [encode_leaf(each, STORE) for each in records]
    frontier = Frontier()
    for entry in entries:
        frontier, _ = frontier.append(hash_leaf(entry))
    width = len(entries)
    files = {
        "checkpoint": Checkpoint(world.key.name, width, frontier.root).sign(key).text.encode(),
        f"tile/0/000.p/{width}": b"".join(map(hash_leaf, entries)),
        f"tile/entries/000.p/{width}": encode_bundle(entries),
        name_manifest(json.loads(entries[0])["store_sha256"]): STORE,
    }
    for name, data in files.items():
        (world.public / name).parent.mkdir(parents=True, exist_ok=True)
        (world.public / name).write_bytes(data)


def flip(file: Path, position: int = 40) -> None:
    data = bytearray(file.read_bytes())
    data[position] ^= 1
    file.write_bytes(data)


# --- attacks -------------------------------------------------------------------------------------


def fork(world: World) -> None:
    forged = replace(record(2), model="another")
    publish(world, [record(0), record(1), forged, record(3), record(4)])


def set_back(world: World) -> None:
    publish(world, [record(0), record(1)])


def sign_by_a_stranger(world: World) -> None:
    publish(world, [record(number) for number in range(5)], LogKey.generate())


def strip_the_signature(world: World) -> None:
    file = world.public / "checkpoint"
    file.write_text(Checkpoint.parse(file.read_bytes()).body)


def doctor_a_tile(world: World) -> None:
    flip(world.public / "tile/0/000.p/5", 130)


def doctor_an_entry(world: World) -> None:
    flip(world.public / "tile/entries/000.p/5", -40)


def doctor_a_manifest(world: World) -> None:
    flip(next(world.public.rglob("*.c2pa")), 1)


def cut_a_bundle_short(world: World) -> None:
    file = world.public / "tile/entries/000.p/5"
    file.write_bytes(file.read_bytes()[:-1])


def cut_a_tile_short(world: World) -> None:
    file = world.public / "tile/0/000.p/5"
    file.write_bytes(file.read_bytes()[:-32])


def claim_more_than_there_is(world: World) -> None:
    file = world.public / "checkpoint"
    head = Checkpoint.parse(file.read_bytes())
    file.write_text(replace(head, size=6, signatures=()).sign(KEY).text)


def rename_the_log(world: World) -> None:
    file = world.public / "checkpoint"
    head = Checkpoint.parse(file.read_bytes())
    file.write_text(replace(head, origin="another", signatures=()).sign(KEY).text)


ATTACKS: dict[Callable[[World], None], tuple[type[Exception], str]] = {
    fork: (LogIntegrityError, "forked, or its tiles were doctored"),
    set_back: (LogIntegrityError, "it was set back"),
    sign_by_a_stranger: (LogIntegrityError, "not signed by the log's key"),
    strip_the_signature: (LogIntegrityError, "not signed by the log's key"),
    doctor_a_tile: (LogIntegrityError, "forked, or its tiles were doctored"),
    doctor_an_entry: (LogIntegrityError, "Entry 4 .* was doctored"),
    doctor_a_manifest: (LogIntegrityError, "manifest of stamp .* was doctored"),
    cut_a_bundle_short: (LogIntegrityError, "does not hold the 5"),
    cut_a_tile_short: (LogIntegrityError, "does not hold the 5"),
    claim_more_than_there_is: (RegistryUnavailableError, "lacks tile/0/000"),
    rename_the_log: (ConfigError, "publishes the log another"),
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("begun", [True, False], ids=["known", "new"])
def test_nothing_is_taken_over_from_a_source_that_cheats(
    world: World, attack: Callable[[World], None], begun: bool
) -> None:
    if begun:
        world.sync()
    world.add(3, 5)
    attack(world)
    if not begun and attack in (fork, set_back):
        world.sync()  # whoever comes new can't know: that is what witnesses are for
        return
    kind, why = ATTACKS[attack]
    with pytest.raises(kind, match=why):
        world.sync()
    if begun:
        assert world.size() == 3
    else:
        with pytest.raises(RegistryUnavailableError, match="no mirror"):
            open_registry(f"mirror:{world.folder}/mirror")


def test_a_mirror_goes_on_once_its_source_is_right_again(world: World) -> None:
    world.sync()
    world.add(3, 5)
    right = world.folder / "right"
    shutil.copytree(world.public, right)
    doctor_an_entry(world)
    with pytest.raises(LogIntegrityError):
        world.sync()
    assert world.sync("right").size == 5
    assert world.size() == 5


def test_a_mirror_that_lost_its_entries_remembers_what_it_saw(world: World) -> None:
    world.sync()
    (world.folder / "mirror" / "mirror.db").unlink()
    forged = replace(record(2), model="another")
    right = world.folder / "right"
    shutil.copytree(world.public, right)
    publish(world, [record(0), record(1), forged, record(3)])
    with pytest.raises(LogIntegrityError, match="past was rewritten"):
        world.sync()
    assert world.sync("right").size == 3
    assert world.size() == 3


def test_a_key_is_needed_once_and_never_replaced(world: World) -> None:
    stranger = VerifierKey(world.key.name, LogKey.generate().public)
    with pytest.raises(LogIntegrityError, match="not signed"):
        world.sync("public", stranger)
    with pytest.raises(ConfigError, match="--log-key"):
        world.sync("public", VerifierKey("another", KEY.public))
    world.sync()
    publish(world, [record(number) for number in range(5)], other := LogKey.generate())
    with pytest.raises(LogIntegrityError, match="not signed"):
        world.sync("public", VerifierKey(world.key.name, other.public))


def test_a_key_that_a_directory_binds_will_do(world: World) -> None:
    source = open_source("public", world.folder)
    stranger = LogKey.generate().public
    with pytest.raises(LogIntegrityError, match="not signed by the log's key"):
        synchronise(source, world.folder / "mirror", (), (stranger,))
    done = synchronise(source, world.folder / "mirror", (), (stranger, KEY.public))
    assert done.checkpoint.size == 3
    with open_registry(f"mirror:{world.folder}/mirror") as mirror:
        assert mirror.log_key == KEY.public


def test_a_log_with_more_entries_than_allowed_is_not_copied(world: World, tmp_path: Path) -> None:
    source, target = open_source(str(world.public), tmp_path), tmp_path / "small"
    size = Checkpoint.parse((world.public / "checkpoint").read_bytes()).size
    with pytest.raises(ConfigError, match=rf"{size} entries.*--max-entries"):
        synchronise(source, target, [world.key], most=size - 1)
    assert not (target / "mirror.db").exists()
    assert synchronise(source, target, [world.key], most=size).checkpoint.size == size


def test_a_mirror_of_an_empty_log_is_one(world: World, tmp_path: Path) -> None:
    empty = World(tmp_path / "empty")
    empty.folder.mkdir()
    (empty.folder / "log.pem").write_bytes(KEY.to_pem())
    empty.add(0, 0)
    assert empty.sync().size == 0
    empty.add(0, 2)
    assert empty.sync().size == 2


def test_a_run_that_was_cut_off_is_taken_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.registry.mirror.syncing.GROUP_ENTRIES", 2)
    world.add(3, 7)
    manifest = next(world.public.rglob("*.c2pa"))
    right, left = open_source("public", world.folder), [5]

    class Failing:
        place = right.place

        def read(self, name: str, max_bytes: int) -> bytes | None:
            left[0] -= name.startswith("manifest/")
            return None if left[0] < 0 else right.read(name, max_bytes)

        def close(self) -> None:
            pass

    with pytest.raises(RegistryUnavailableError, match="lacks manifest"):
        synchronise(Failing(), world.folder / "mirror", (world.key,))
    assert manifest.exists()
    opened = open_source("public", world.folder)
    done = synchronise(opened, world.folder / "mirror", (world.key,))
    assert (done.start, done.checkpoint.size) == (4, 7)
    assert world.size() == 7


def test_a_damaged_state_is_said_so(world: World) -> None:
    world.sync()
    file = world.folder / "mirror" / "mirror.json"
    state = json.loads(file.read_text())
    stranger = VerifierKey(world.key.name, LogKey.generate().public).text
    for damaged in (
        "",
        "[]",
        json.dumps({**state, "synced": "2026-03-01"}),
        json.dumps({**state, "checkpoint": ""}),
        json.dumps({**state, "log_key": stranger}),
    ):
        file.write_text(damaged)
        with pytest.raises(RegistryDamagedError, match="mirror the log again"):
            open_registry(f"mirror:{world.folder}/mirror")
    with pytest.raises(ConfigError, match="mirror:DIR"):
        open_registry("mirror:")
    with pytest.raises(ConfigError, match="registry mirror"):
        open_registry("mirror:x", create=True)


# --- by HTTP -------------------------------------------------------------------------------------


@contextmanager
def serve(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    """A server of files, such as everybody has."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Say nothing."""


class Answers(Quiet):
    """A server whose answers a test chooses: status, headers and body of every file."""

    status = 200
    headers_sent: tuple[tuple[str, str], ...] = ()
    body = b""

    def do_GET(self) -> None:
        self.send_response(self.status)
        for name, value in self.headers_sent:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)


def test_a_log_is_mirrored_by_http(world: World) -> None:
    with serve(lambda *args: Quiet(*args, directory=str(world.public))) as address:
        assert world.sync(address).size == 3
        world.add(3, 5)
        assert world.sync(f"{address}/").size == 5
    assert world.size() == 5
    with pytest.raises(RegistryUnavailableError, match="does not answer"):
        world.sync(address)


def packed(size: int) -> bytes:
    """Return so many zeros, packed without a time so that tests keep their names."""
    return gzip.compress(bytes(size), mtime=0)


@pytest.mark.parametrize(
    ("status", "headers", "body", "why"),
    [
        (301, (("Location", "http://127.0.0.1:1/"),), b"", "redirects are not followed"),
        (500, (), b"", "HTTP status 500"),
        (200, (), bytes(101), "over 100 bytes"),
        (
            200,
            (("Content-Encoding", "gzip"),),
            packed(101),
            "over 100 bytes",
        ),
        (200, (("Content-Encoding", "gzip"),), b"not packed at all", "damaged"),
        (200, (("Content-Encoding", "gzip"),), packed(1)[:-4], "cut short"),
        (200, (("Content-Encoding", "br"),), b"x", "unknown encoding"),
    ],
)
def test_a_server_is_not_believed(
    status: int, headers: tuple[tuple[str, str], ...], body: bytes, why: str
) -> None:
    kind = type("Chosen", (Answers,), {"status": status, "headers_sent": headers, "body": body})
    with serve(kind) as address:
        opened = Address(address)
        with pytest.raises(RegistryUnavailableError, match=why):
            opened.read("checkpoint", 100)
        opened.close()


class Slow(Quiet):
    """A server that goes on sending headers, one after the other."""

    sent = 0

    def do_GET(self) -> None:
        self.send_response(200)
        self.flush_headers()
        with suppress(OSError):
            for number in range(90):
                self.wfile.write(f"X-Number-{number}: 1\r\n".encode())
                type(self).sent = number
                time.sleep(0.1)


def test_a_server_that_does_not_come_to_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provenance.registry.mirror.http.MAX_SECONDS", 0.3)
    with serve(Slow) as address:
        opened = Address(address)
        with pytest.raises(RegistryUnavailableError, match="too slow"):
            opened.read("checkpoint", 100)
        assert Slow.sent < 80  # it had more to say
        opened.close()


def test_what_a_server_packs_is_unpacked() -> None:
    kind = type(
        "Chosen",
        (Answers,),
        {
            "headers_sent": (("Content-Encoding", "gzip"),),
            "body": packed(100),
        },
    )
    with serve(kind) as address:
        opened = Address(address)
        assert opened.read("checkpoint", 100) == bytes(100)
        opened.close()


@pytest.mark.parametrize(
    "address", ["ftp://x/", "http://", "http://me:secret@x/", "http://x/?a=1", "http://x:y/"]
)
def test_an_address_that_is_none_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        open_source(address, tmp_path)
    assert "secret" not in str(caught.value)


def test_a_log_with_a_name_that_no_key_has_is_not_mirrored(world: World) -> None:
    """A key that a directory binds has no name of its own; the state must be read again."""
    head = replace(Checkpoint.parse((world.public / "checkpoint").read_bytes()), origin="a" * 1000)
    (world.public / "checkpoint").write_text(replace(head, signatures=()).sign(KEY).text)
    with pytest.raises(ConfigError, match="not at hand"):
        synchronise(open_source("public", world.folder), world.folder / "mirror", (), [KEY.public])
    assert not (world.folder / "mirror" / "mirror.json").exists()


@pytest.mark.parametrize("name", ["schema", "source", "log_key", "synced", "checkpoint"])
@pytest.mark.parametrize("value", [None, 5, ["x"], {"x": 1}])
def test_a_state_of_any_kind_is_damage(world: World, name: str, value: object) -> None:
    world.sync()
    file = world.folder / "mirror" / "mirror.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {name: value}))
    with pytest.raises(RegistryDamagedError, match="is damaged"):
        open_registry(f"mirror:{world.folder}/mirror")
