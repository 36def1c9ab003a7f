"""Many pictures in one run: which ones, and worker processes that a bad one can't stop."""

from provenance.batch.discovery import Found, find
from provenance.batch.pool import Failure, Task, default_jobs, run

__all__ = ["Failure", "Found", "Task", "default_jobs", "find", "run"]
