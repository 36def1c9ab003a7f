"""Many pictures in one run: find them, and work on them in processes that a bad one can't stop."""

from provenance.batch.discovery import NO_PICTURE, FoundPicture, find, is_named_as_picture
from provenance.batch.pool import choose_jobs, run
from provenance.workers import Failure, Task

__all__ = [
    "NO_PICTURE",
    "Failure",
    "FoundPicture",
    "Task",
    "choose_jobs",
    "find",
    "is_named_as_picture",
    "run",
]
