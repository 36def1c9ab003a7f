"""Millions of pictures: a folder or bucket is verified or stamped, and results are Parquet.

    job = Job("s3://uploads", "s3://results/november", Verifying(), config="provenance.toml")
    report = run(job)              # in this process; provenance.integrations.ray has actors

A job is cut into shards once, and the list is written down, so that every process, and every later
run, sees the same one. A shard's results are one file that appears whole; what has no file yet is
still to be done. So a process or machine that dies loses nothing but the time spent on its shard,
and the same call goes on after it. A stamp that was recorded before a process died is not made a
second time: its promise in the registry names it (``registry.claims``).
"""

from provenance.integrations.bulk.batches import VerifyBatches
from provenance.integrations.bulk.job import Job, Stamping, Verifying, Work
from provenance.integrations.bulk.plan import Plan, open_plan
from provenance.integrations.bulk.rows import STAMP_COLUMNS, VERDICT_COLUMNS, Column
from provenance.integrations.bulk.running import Report, ShardDone, ShardWorker, run

__all__ = [
    "STAMP_COLUMNS",
    "VERDICT_COLUMNS",
    "Column",
    "Job",
    "Plan",
    "Report",
    "ShardDone",
    "ShardWorker",
    "Stamping",
    "VerifyBatches",
    "Verifying",
    "Work",
    "open_plan",
    "run",
]
