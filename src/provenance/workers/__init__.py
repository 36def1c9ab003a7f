"""Worker processes for what a stranger's bytes may crash, exhaust or keep busy.

A process that dies costs its own job and no other. It may take so much memory and time, and after
so many jobs another takes its place, so that nothing it was given stays in memory for longer.
"""

from provenance.workers.allowance import Allowance
from provenance.workers.answering import Failure, Task, answer
from provenance.workers.pool import WorkerPool
from provenance.workers.worker import Worker

__all__ = ["Allowance", "Failure", "Task", "Worker", "WorkerPool", "answer"]
