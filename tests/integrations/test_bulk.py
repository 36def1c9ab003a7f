"""Bulk jobs: a folder or bucket in, Parquet out, and nothing lost or done twice in between."""

from __future__ import annotations

import errno
import io
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray
from PIL import Image

import provenance as pv
from provenance.errors import (
    ConfigError,
    FetchError,
    RegistryUnavailableError,
    UnreadableInputError,
)
from provenance.integrations.bulk import (
    STAMP_COLUMNS,
    VERDICT_COLUMNS,
    Job,
    ShardWorker,
    Stamping,
    VerifyBatches,
    Verifying,
    open_plan,
    run,
)
from provenance.integrations.bulk.running import name_results
from provenance.integrations.bulk.store import Store
from tests.cli.conftest import run_here
from tests.once import once

Pixels = NDArray[np.uint8]
Rows = list[dict[str, Any]]

COUNT = 5
HERE = Verifying(isolated=False)


@pytest.fixture(scope="session")
def studio_template(tmp_path_factory: pytest.TempPathFactory, photograph: Pixels) -> Path:
    """A project, and a folder with pictures, words, and a file that is no picture."""

    def make(folder: Path) -> None:
        assert run_here("init", folder / "studio", "--producer", "Example AI").status == 0
        (folder / "in" / "b").mkdir(parents=True)
        for number in range(COUNT):
            pixels = np.roll(photograph, 61 * number, axis=1)[:192, :192]
            inner = "b/" if number % 2 else ""
            Image.fromarray(pixels).save(folder / "in" / f"{inner}{number}.png")
        (folder / "in" / "damaged.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
        (folder / "in" / "words.txt").write_text("words")

    return once(tmp_path_factory, "bulk", make)


@pytest.fixture
def place(studio_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(studio_template, tmp_path / "place"))


def read(place: Path, out: str) -> Rows:
    found: Rows = []
    for file in sorted((place / out / "results").iterdir()):
        found += pq.read_table(file).to_pylist()
    return found


def stamping(place: Path, out: str = "out", **work: Any) -> Job:
    to = str(place / "stamped")
    config = place / "studio" / "provenance.toml"
    work_ = Stamping("example-diffusion", to, "3", fresh=True, **work)
    return Job(str(place / "in"), str(place / out), work_, config, shard=2)


def test_pictures_are_stamped_and_then_verified(place: Path) -> None:
    told: list[str] = []
    report = run(stamping(place), tell=told.append)
    assert (report.plan.shards, report.plan.objects, report.plan.left_out) == (3, COUNT + 1, 1)
    assert report.kinds == {"stamped": COUNT, "input.corrupt": 1}
    assert len(told) == 3
    assert told[-1].startswith("6 of 6, ")
    rows = read(place, "out")
    assert [each["object"] for each in rows][:2] == ["0.png", "2.png"]
    assert len({each["stamp_id"] for each in rows}) == COUNT + 1  # None for the damaged one
    for row in rows:
        if row["error_code"]:
            assert not (place / "stamped" / row["object"]).exists()
            continue
        stamped = (place / "stamped" / row["output"]).read_bytes()
        assert row["sha256"] != row["output_sha256"]
        assert pv.load_config(place / "studio" / "provenance.toml").stamper().find_record(stamped)
        assert row["created"].tzinfo is not None

    config = place / "studio" / "provenance.toml"
    whole = Verifying(isolated=False, whole=True)
    report = run(Job(str(place / "stamped"), str(place / "verdicts"), whole, config))
    assert report.kinds == {"attributed": COUNT}
    for row in read(place, "verdicts"):
        assert (row["producer"], row["match"], row["model_version"]) == ("Example AI", "exact", "3")
        assert {"manifest.proved", "watermark.public"} <= set(row["findings"])
        assert json.loads(row["json"])["state"] == row["state"]


def test_the_same_call_goes_on_where_the_run_was_cut_off(place: Path) -> None:
    job = stamping(place)
    plan = open_plan(job)
    ShardWorker(job, plan.run)(1)
    report = run(job)
    assert report.earlier == 1
    assert report.kinds.total() == COUNT + 1 - 2
    again = run(job)
    assert (again.earlier, again.kinds.total()) == (3, 0)
    assert records(place) == COUNT


def records(place: Path) -> int:
    with pv.load_config(place / "studio" / "provenance.toml").open_registry() as registry:
        return registry.size


def test_a_shard_that_is_done_twice_stamps_once(place: Path) -> None:
    """As when a process dies after its stamps and before their results are written."""
    job = stamping(place)
    plan = open_plan(job)
    first = ShardWorker(job, plan.run)(0)
    files = {file: file.read_bytes() for file in (place / "stamped").rglob("*.png")}
    rows = read(place, "out")
    (place / "out" / name_results(0)).unlink()
    next(iter(files)).unlink()  # and one file was not written either
    second = ShardWorker(job, plan.run)(0)
    assert first.kinds == second.kinds
    assert records(place) == first.kinds["stamped"]
    assert {file: file.read_bytes() for file in files} == files
    for before, after in zip(rows, read(place, "out"), strict=True):
        assert {**before, "seconds": 0} == {**after, "seconds": 0}


def test_results_are_not_written_over_what_is_not_a_pictures_fault(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = stamping(place)
    plan = open_plan(job)

    def fail(*_: object, **__: object) -> None:
        raise RegistryUnavailableError("The registry is locked.")

    with monkeypatch.context() as patch:
        patch.setattr(pv.Stamper, "stamp", fail)
        with pytest.raises(RegistryUnavailableError):
            ShardWorker(job, plan.run)(0)
    assert not (place / "out" / name_results(0)).exists()
    assert ShardWorker(job, plan.run)(0).kinds["stamped"] == 2


def test_another_job_keeps_away_from_these_results(place: Path) -> None:
    open_plan(stamping(place))
    with pytest.raises(ConfigError, match="another job"):
        run(stamping(place, action="edited"))
    with pytest.raises(ConfigError, match="another job"):
        run(Job(str(place / "in"), str(place / "out"), HERE))


def test_a_source_without_pictures_makes_no_plan(place: Path) -> None:
    """Else a misspelt source would pass for a job that is done, and stay so."""
    job = Job(str(place / "later"), str(place / "out"), HERE)
    with pytest.raises(ConfigError, match="There is no picture below"):
        open_plan(job)
    (place / "later").mkdir()
    shutil.copy(place / "in" / "0.png", place / "later")
    assert open_plan(job).objects == 1


def test_a_stamp_that_could_not_be_made_again_is_not_begun(place: Path) -> None:
    file = place / "studio" / "provenance.toml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("lock_key")]
    file.write_text("\n".join(lines))
    with pytest.raises(ConfigError, match=r"set watermark\.lock_key"):
        run(stamping(place))


def test_named_objects_are_taken_as_they_are(place: Path) -> None:
    job = Job(str(place / "in"), str(place / "out"), HERE)
    names = ["words.txt", "missing.png", "../studio/provenance.toml", "/etc/passwd", "0.png"]
    assert run(job, names).kinds == {
        "input.unsupported": 1,
        "input.unreadable": 3,
        "none": 1,
    }
    assert read(place, "out")[2]["size"] is None


def test_buckets_are_read_and_written_like_folders(place: Path) -> None:
    system = fsspec.filesystem("memory")
    try:
        system.put(str(place / "in"), "/uploads/in", recursive=True)
        work = Stamping("m", "memory://uploads/stamped", fresh=True)
        config = place / "studio" / "provenance.toml"
        job = Job("memory://uploads/in", "memory://uploads/out", work, config)
        assert run(job).kinds == {"stamped": COUNT, "input.corrupt": 1}
        verdicts = Job("memory://uploads/stamped", str(place / "v"), HERE, config)
        assert run(verdicts).kinds == {"attributed": COUNT}
        data = system.cat_file("/uploads/out/results/00000000.parquet")
        assert pq.read_table(io.BytesIO(data)).num_rows == COUNT + 1
    finally:
        system.rm("/uploads", recursive=True)


def test_a_column_of_bytes_becomes_verdicts(place: Path) -> None:
    """As Spark's mapInArrow calls it on what binaryFile reads, sent to another process."""
    files = sorted((place / "in").rglob("*.png"))[:2]
    contents = [*(file.read_bytes() for file in files), b"no picture", None]
    names = [*map(str, files), "c", "d"]
    batch = pa.RecordBatch.from_pydict({"path": names, "content": contents})
    verify = VerifyBatches(place / "studio" / "provenance.toml", HERE)
    assert list(verify([])) == []
    travelled = pickle.loads(pickle.dumps(verify))
    (found,) = travelled([batch])
    assert found.schema.equals(verify.schema)
    rows = found.to_pylist()
    assert [row["object"] for row in rows] == names
    assert [row["state"] for row in rows] == ["none", "none", None, None]
    assert [row["error_code"] for row in rows[2:]] == ["input.unsupported"] * 2


@pytest.mark.parametrize(
    ("columns", "schema", "job"),
    [
        (VERDICT_COLUMNS, b"provenance.bulk.verdict/1", lambda p: Job(str(p / "in"), "", HERE)),
        (STAMP_COLUMNS, b"provenance.bulk.stamp/1", stamping),
    ],
)
def test_the_files_say_what_they_hold(
    place: Path, columns: Any, schema: bytes, job: Callable[[Path], Job]
) -> None:
    from provenance.integrations.bulk.table import write_table

    work = job(place).work
    empty: Rows = [{column.name: None for column in columns}]
    file = io.BytesIO(write_table(empty, work.columns, work.schema))
    table = pq.read_table(file)
    assert table.column_names == [column.name for column in columns]
    assert table.schema.metadata[b"provenance.schema"] == schema
    assert table.schema.field("sha256").metadata[b"says"]


def test_the_page_has_every_column() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "bulk.md").read_text(encoding="utf-8")
    for column in (*VERDICT_COLUMNS, *STAMP_COLUMNS):
        assert f"| `{column.name}` | {column.kind} | {column.says} |" in page


@pytest.mark.parametrize("name", ["", "..", "a/../../b", "/a", "a\\b", "a\0b"])
def test_names_stay_below_the_address(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableInputError):
        Store(str(tmp_path), {}).write(name, b"")


def test_a_store_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises((FetchError, pv.ProvenanceError)):
        Store(str(tmp_path / "file"), {}).write("inside", b"")
    with pytest.raises(ConfigError, match="can't be opened"):
        Store("nothing://bucket", {})


def test_a_name_over_the_limits_is_not_read(place: Path) -> None:
    limits = pv.Limits(max_bytes=10)
    with pytest.raises(pv.ProvenanceError, match="limit"):
        Store(str(place / "in"), {}).read("0.png", limits)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_costs_its_own_row(place: Path) -> None:
    """A pipe that nobody writes to would be waited for; a link to itself is no store's fault."""
    os.mkfifo(place / "in" / "pipe.png")
    (place / "in" / "circle.png").symlink_to("circle.png")
    (place / "in" / "inside.png").mkdir()
    names = ["pipe.png", "circle.png", "inside.png", "0.png/under.png", f"{'n' * 300}.png"]
    report = run(Job(str(place / "in"), str(place / "out"), HERE), names)
    assert report.kinds == {"input.unreadable": len(names)}


def test_a_disk_that_fails_is_not_the_pictures_fault(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    store = Store(str(place / "in"), {})
    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(FetchError, match="can't be read now"):
        store.read("0.png", pv.Limits())


def test_a_store_with_errors_of_its_own_is_said_not_to_answer(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of botocore, such as for a network that is down, are no errors of the system."""

    def fail(*_: object, **__: object) -> bytes:
        raise RuntimeError("Could not connect to the endpoint.")

    for method in ("size", "cat_file", "exists", "walk", "pipe_file"):
        monkeypatch.setattr(fsspec.get_filesystem_class("memory"), method, fail)
    bucket = Store("memory://bucket", {})
    said = r"can't be .*: Could not connect to the endpoint\.$"
    for ask in (
        lambda: bucket.read("a.png", pv.Limits()),
        lambda: bucket.exists("a.png"),
        lambda: list(bucket.list()),
        lambda: bucket.write("a.png", b""),
    ):
        with pytest.raises(FetchError, match=said):
            ask()


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text_is_written_as_json_has_it(place: Path) -> None:
    shutil.copy(place / "in" / "0.png", place / "in" / os.fsdecode(b"caf\xe9.png"))
    report = run(stamping(place))
    assert report.kinds["stamped"] == COUNT + 1
    (row,) = (each for each in read(place, "out") if each["object"].startswith("caf"))
    assert row["object"] == row["output"] == r"caf\udce9.png"
    assert (place / "stamped" / os.fsdecode(b"caf\xe9.png")).is_file()
