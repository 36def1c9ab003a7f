"""Bulk jobs on a real cluster of two nodes, of which one dies, and on S3 as moto answers it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest
from numpy.typing import NDArray
from PIL import Image

import provenance as pv
from provenance.integrations import bulk
from provenance.integrations.bulk import Job, Report, Stamping, Verifying
from tests.cli.conftest import run_here

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Ray leaves pipes and files open
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

COUNT, SHARD = 24, 3


@pytest.fixture
def place(tmp_path: Path, photograph: NDArray[np.uint8]) -> Path:
    assert run_here("init", tmp_path / "studio", "--producer", "Example AI").status == 0
    (tmp_path / "in").mkdir()
    for number in range(COUNT):
        pixels = np.roll(photograph, 19 * number, axis=1)[:256, :256]
        Image.fromarray(pixels).save(tmp_path / "in" / f"{number:02}.png")
    return tmp_path


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes with one core each; the work is done on them, and the head has none."""
    import ray
    from ray.cluster_utils import Cluster

    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    for _ in range(2):
        nodes.add_node(num_cpus=1)
    ray.init(address=nodes.address, log_to_driver=False, include_dashboard=False)
    yield nodes
    ray.shutdown()
    nodes.shutdown()


def job_of(place: Path) -> Job:
    work = Stamping("m", str(place / "stamped"), fresh=True)
    config = place / "studio" / "provenance.toml"
    return Job(str(place / "in"), str(place / "out"), work, config, shard=SHARD)


def check_whole(place: Path, *, made: int = COUNT) -> list[dict[str, Any]]:
    """Check that each picture has one row, one record and one file, and that the log holds."""
    rows = [
        row
        for file in sorted((place / "out" / "results").iterdir())
        for row in pyarrow.parquet.read_table(file).to_pylist()
    ]
    assert sorted(row["object"] for row in rows) == [f"{n:02}.png" for n in range(COUNT)]
    assert len({row["stamp_id"] for row in rows}) == COUNT
    config = place / "studio" / "provenance.toml"
    with pv.load_config(config).open_registry() as registry:
        assert registry.size == made
    assert run_here("registry", "audit", "--config", config).status == 0
    stamper = pv.load_config(config).stamper()
    for row in rows:
        data = (place / "stamped" / row["output"]).read_bytes()
        record = stamper.find_record(data)
        assert record is not None
        assert str(record.stamp_id) == row["stamp_id"]
    return rows


def start(place: Path, workers: int) -> tuple[threading.Thread, list[Report | Exception]]:
    """Run the job in a thread, so that the test can do harm meanwhile."""
    from provenance.integrations import ray

    answers: list[Report | Exception] = []

    def work() -> None:
        try:
            answers.append(ray.run(job_of(place), workers=workers))
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    return thread, answers


def wait_for_stamps(place: Path, count: int) -> None:
    while len(list((place / "stamped").glob("*.png"))) < count:
        time.sleep(0.05)


def find_actors() -> list[int]:
    """Return the processes that do shards; Ray names each after what it runs."""
    import psutil

    found = psutil.Process().children(recursive=True)
    return [each.pid for each in found if any("MapWorker" in word for word in each.cmdline())]


def test_a_worker_that_is_killed_loses_nothing(cluster: Any, place: Path) -> None:
    thread, answers = start(place, 2)
    wait_for_stamps(place, 4)
    os.kill(find_actors()[0], signal.SIGKILL)
    thread.join(300)
    (report,) = answers
    assert isinstance(report, Report), report
    check_whole(place)


def test_a_node_that_is_lost_loses_nothing(cluster: Any, place: Path) -> None:
    thread, answers = start(place, 2)
    wait_for_stamps(place, 4)
    cluster.remove_node(list(cluster.worker_nodes)[-1], allow_graceful=False)
    thread.join(300)
    (report,) = answers
    assert isinstance(report, Report), report
    check_whole(place)


def test_s3(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.server import ThreadedMotoServer

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        storage = {"client_kwargs": {"endpoint_url": f"http://{host}:{port}"}}
        import s3fs

        system = s3fs.S3FileSystem(**storage)
        system.mkdir("uploads")
        system.put(str(place / "in") + "/", "uploads/in/", recursive=True)
        config = place / "studio" / "provenance.toml"
        work = Stamping("m", "s3://uploads/stamped", fresh=True)
        job = Job("s3://uploads/in", "s3://uploads/out", work, config, storage, SHARD)
        assert bulk.run(job).kinds == {"stamped": COUNT}
        assert bulk.run(job).earlier == COUNT // SHARD
        verdicts = Job("s3://uploads/stamped", str(place / "v"), Verifying(), config, storage)
        assert bulk.run(verdicts).kinds == {"attributed": COUNT}
        missing = Job("s3://uploads/in", str(place / "w"), Verifying(), config, storage)
        assert bulk.run(missing, ["nothing.png"]).kinds == {"input.unreadable": 1}
    finally:
        server.stop()
