"""Bulk jobs and columns of bytes on Spark itself, which needs Java: two tasks at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import provenance as pv
from provenance.integrations import bulk
from provenance.integrations.bulk import Job, ShardWorker, Stamping, VerifyBatches, open_plan
from tests.cli.conftest import run_here

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.filterwarnings("ignore::FutureWarning"),  # Spark, of pandas
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # and its sockets
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

COUNT, SHARD = 6, 2


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    build = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    build = build.config("spark.driver.bindAddress", "127.0.0.1")
    build = build.config("spark.driver.host", "127.0.0.1")
    build = build.config("spark.sql.execution.arrow.maxRecordsPerBatch", "2")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYSPARK_PYTHON", sys.executable)
        session = build.getOrCreate()
        yield session
        session.stop()


@pytest.fixture
def place(tmp_path: Path, photograph: NDArray[np.uint8]) -> Path:
    assert run_here("init", tmp_path / "studio", "--producer", "Example AI").status == 0
    (tmp_path / "in").mkdir()
    for number in range(COUNT):
        pixels = np.roll(photograph, 19 * number, axis=1)[:256, :256]
        Image.fromarray(pixels).save(tmp_path / "in" / f"{number}.png")
    return tmp_path


def test_a_job_and_then_a_column(spark: Any, place: Path) -> None:
    """Stamps by number of shard, each done by two tasks; then verdicts on what Spark reads."""
    from pyspark.sql.pandas.types import from_arrow_schema

    config = place / "studio" / "provenance.toml"
    work = Stamping("m", str(place / "stamped"), fresh=True)
    job = Job(str(place / "in"), str(place / "out"), work, config, shard=SHARD)
    plan = open_plan(job)
    numbers = [*range(plan.shards)] * 2
    shards = spark.sparkContext.parallelize(numbers, len(numbers))
    run = plan.run
    done = shards.mapPartitions(lambda part: map(ShardWorker(job, run), part)).collect()
    assert sorted(each.number for each in done) == sorted(numbers)
    assert bulk.run(job).earlier == plan.shards
    with pv.load_config(config).open_registry() as registry:
        assert registry.size == COUNT

    (place / "stamped" / "z.png").write_bytes(b"no picture")
    verify = VerifyBatches(config)
    files = spark.read.format("binaryFile").load(str(place / "stamped"))
    rows = files.mapInArrow(verify, from_arrow_schema(verify.schema)).collect()
    found = {Path(row.object).name: row for row in rows}
    assert len(found) == len(rows) == COUNT + 1
    broken = found.pop("z.png")
    assert (broken.state, broken.error_code) == (None, "input.unsupported")
    for row in found.values():
        assert (row.state, row.producer, row.match) == ("attributed", "Example AI", "exact")
        assert "manifest.proved" in row.findings
        assert row.created is not None
