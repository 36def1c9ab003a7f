"""Record and file: whatever fails, and whenever the process is killed, never one without the other.

The stamping process is killed before each thing it does to a file: an audit hook sees them all.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from provenance.errors import (
    OutputError,
    OutputExistsError,
    OutputNotWritableError,
    ProvenanceError,
    RegistryUnavailableError,
)
from provenance.files import name_pending
from provenance.registry import Registry, open_registry
from provenance.signers import Signer, development, open_signer
from provenance.stamp import Producer, Stamper
from provenance.verify import Verifier

Pixels = NDArray[np.uint8]

FILE_EVENTS = frozenset(
    {"open", "os.link", "os.rename", "os.remove", "os.truncate", "os.chmod", "sqlite3.connect"}
)
"""What an audit hook hears of files. SQLite's own commit is as atomic as SQLite is."""


class Place:
    """A folder for outputs, and what stamps into it."""

    def __init__(self, folder: Path, signer: Signer, picture: Pixels) -> None:
        self.folder = folder / "out"
        self.folder.mkdir()
        self.target = self.folder / "a.png"
        self.picture = picture
        self.registry: Registry = open_registry("sqlite:///stamps.db", base=folder)
        self.stamper = Stamper(
            producer=Producer("Example AI", 600_000), signer=signer, registry=self.registry
        )

    def stamp(self, overwrite: bool = False) -> bytes:
        return self.stamper.stamp(self.picture, model="m", to=self.target, overwrite=overwrite).data

    def resume(self) -> str | None:
        found = self.stamper.resume(self.picture, self.target, model="m")
        return found[1] if found else None

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def finish(self) -> None:
        """Do what a resumed batch does, and check that exactly one stamp came of it all."""
        if self.resume() is None:
            self.stamp()
        assert self.files == ["a.png"]
        (record,) = self.registry.records()
        data = self.target.read_bytes()
        assert record.sha256 == Verifier().verify(data).evidence.sha256
        assert self.resume() == "kept"


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    file = tmp_path_factory.mktemp("keys") / "signer.pem"
    file.write_bytes(development.create("Example AI").signer)
    return open_signer(f"file:{file}")


@pytest.fixture
def place(tmp_path: Path, signer: Signer, photograph: Pixels) -> Iterator[Place]:
    place = Place(tmp_path, signer, np.ascontiguousarray(photograph[100:260, 100:260]))
    yield place
    place.registry.close()


def killed_at(place: Place, moment: int) -> bool:
    """Stamp in a child that is killed before its file event number ``moment``; False if it ends."""
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in FILE_EVENTS and str(place.folder.parent) in str(arguments):
            seen += 1
            if seen == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    def child() -> None:
        sys.addaudithook(hook)
        place.stamp()

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def test_killed_before_anything_it_does_to_a_file(place: Place) -> None:
    place.stamper.stamp(place.picture, model="m")  # the model has its number
    recorded, moment, ends = place.registry.size, 1, set()
    while killed_at(place, moment):
        left = place.resume()
        new = place.registry.size - recorded
        ends.add((new, left))
        assert (new, left) in {(0, None), (1, "finished"), (1, "kept")}
        assert place.files == (["a.png"] if left else [])
        if left:
            recorded += 1
            place.target.unlink()
        moment += 1
    assert ends == {(0, None), (1, "finished"), (1, "kept")}
    assert moment > 5


def test_interrupted_between_record_and_name(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("provenance.files.pending.publish_new", interrupted)
        with pytest.raises(KeyboardInterrupt):
            place.stamp()
    assert not place.target.exists()
    with pytest.raises(OutputExistsError, match="--resume finishes it"):
        place.stamp()
    place.finish()


def test_a_lost_answer_of_the_registry_keeps_the_file_for_later(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = place.registry
    append, by_id = registry.append, registry.by_id

    def unheard(*record: object) -> None:
        append(*record)  # type: ignore[arg-type]
        monkeypatch.setattr(registry, "by_id", failing)
        raise RegistryUnavailableError("The connection broke while committing.")

    def failing(*_: object) -> None:
        raise RegistryUnavailableError("The connection broke.")

    with monkeypatch.context() as patch:
        patch.setattr(registry, "append", unheard)
        with pytest.raises(RegistryUnavailableError):
            place.stamp()
    monkeypatch.setattr(registry, "by_id", by_id)
    assert not place.target.exists()
    assert place.resume() == "finished"
    place.finish()


def limited(place: Place, kind: int, limit: int) -> type[ProvenanceError] | None:
    """Stamp under a limit of the system, in a child; return the error's class."""
    link, theirs = multiprocessing.Pipe()

    def child() -> None:
        resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))
        try:
            place.stamp()
        except ProvenanceError as error:
            theirs.send(type(error))
        theirs.send(None)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(60)
    assert process.exitcode == 0
    answer = link.recv()
    assert answer is None or issubclass(answer, ProvenanceError)
    return answer  # type: ignore[no-any-return]


@pytest.mark.parametrize("room", [0, 1000, 20_000])
def test_a_disk_with_too_little_room_leaves_nothing(place: Place, room: int) -> None:
    place.stamper.stamp(place.picture, model="m")
    before = place.registry.size
    error = limited(place, resource.RLIMIT_FSIZE, room)
    assert error in (OutputNotWritableError, RegistryUnavailableError)
    assert (place.files, place.registry.size) == ([], before)
    assert place.resume() is None


def test_a_full_disk_leaves_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> None:
        os.write(descriptor, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("provenance.files.pending.write_durably", full)
        with pytest.raises(OutputNotWritableError, match="the disk is full"):
            place.stamp()
    assert (place.files, place.registry.size) == ([], 0)
    place.finish()


def test_a_folder_that_may_not_be_written_leaves_nothing(place: Place) -> None:
    place.target = Path("/proc/a.png")  # read-only for root too
    with pytest.raises(OutputNotWritableError):
        place.stamp()
    place.target = place.folder / "absent" / "a.png"
    with pytest.raises(OutputNotWritableError, match="its folder does not exist"):
        place.stamp()
    assert place.registry.size == 0


def test_a_file_in_the_way_is_kept_and_no_record_made(place: Place) -> None:
    place.target.write_bytes(b"somebody's")
    for attempt in (place.stamp, place.resume):
        with pytest.raises(OutputExistsError):
            attempt()
    assert place.target.read_bytes() == b"somebody's"
    assert place.registry.size == 0
    place.target.chmod(0o600)
    assert place.stamp(overwrite=True) == place.target.read_bytes()
    assert place.target.stat().st_mode & 0o777 == 0o600
    assert place.files == ["a.png"]


def test_what_was_not_recorded_is_removed(place: Place) -> None:
    data = place.stamp()
    place.target.unlink()
    hidden = name_pending(place.target)
    for left in (b"", data[:5000], data + b"\0"):
        hidden.write_bytes(left)
        assert place.resume() is None
        assert place.files == []


def test_the_name_claimed_on_a_disk_without_hard_links(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There an empty file holds the name for a moment; killed then, it is no obstacle."""

    def refused(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "no hard links")

    monkeypatch.setattr("provenance.files.system.os.link", refused)
    data = place.stamp()
    place.target.rename(name_pending(place.target))
    place.target.touch()
    assert place.resume() == "finished"
    assert place.target.read_bytes() == data


@pytest.mark.parametrize("named", ["a.webp", "a.gif"])
def test_the_name_has_to_fit_the_format(place: Place, named: str) -> None:
    place.target = place.folder / named
    with pytest.raises(ProvenanceError) as refused:
        place.stamper.stamp(place.picture, model="m", format="PNG", to=place.target)
    assert isinstance(refused.value, OutputError) or named.endswith("gif")
    assert place.registry.size == 0


def test_resuming_with_another_picture_or_model_is_refused(
    place: Place, photographs: dict[str, Pixels]
) -> None:
    place.stamp()
    with pytest.raises(OutputExistsError, match="model"):
        place.stamper.resume(place.picture, place.target, model="other")
    place.picture = photographs["coffee"]
    with pytest.raises(OutputExistsError, match="another picture"):
        place.resume()


def test_two_processes_stamp_to_one_name(place: Place) -> None:
    """One wins, the other makes no record."""
    fork = multiprocessing.get_context("fork")
    ready = fork.Barrier(3)
    results = fork.SimpleQueue()

    def child() -> None:
        ready.wait()
        try:
            place.stamp()
        except OutputExistsError:
            results.put("exists")
        else:
            results.put("stamped")

    processes = [fork.Process(target=child) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert sorted(results.get() for _ in range(3)) == ["exists", "exists", "stamped"]
    place.finish()


def test_a_record_of_other_bytes_does_not_count(place: Place) -> None:
    place.stamp()
    place.target.write_bytes(place.target.read_bytes() + b"\0")
    with pytest.raises(OutputExistsError, match="not a stamp of this registry"):
        place.resume()
