"""What the commands that take many pictures share: workers, progress, and how a run ends early."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from provenance.cli import render
from provenance.cli.inputs import Source

if TYPE_CHECKING:
    from provenance.batch import Failure, Task

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MAX_JOBS = 256


def jobs_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option ``--jobs``; pair with :func:`run`."""
    return click.option(
        "--jobs",
        type=click.IntRange(1, MAX_JOBS),
        help="Worker processes; else one a core, 8 at most, and none for up to four pictures.",
    )(command)


def workers(jobs: int | None, given: Sequence[Source]) -> int:
    """Return how many workers to start; none where standard input is a picture: they have none."""
    from provenance.batch import default_jobs

    if any(source.is_standard_input for source in given):
        return 0
    return default_jobs(len(given)) if jobs is None else min(jobs, len(given))


def run(
    task: Task[Item, Answer], items: Sequence[Item], jobs: int, *, go_on: str = ""
) -> Iterator[tuple[Item, Answer | Failure]]:
    """Work on all items with a progress bar, and yield each with its answer, in order.

    ``go_on`` is what people are told after an interruption. Raises ProvenanceError when the work
    can't begin at all, KeyboardInterrupt after Ctrl-C.
    """
    from provenance import batch

    done = 0
    with _progress(len(items)) as advance:
        try:
            for item, answer in batch.run(task, items, jobs=jobs):
                yield item, answer
                done += 1
                advance()
        except KeyboardInterrupt:
            if len(items) > 1:
                render.note(f"interrupted: {done:,} of {len(items):,} done{go_on}")
            raise


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """Show a bar on standard error while several pictures are worked on and somebody looks."""
    if total < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pictures"),
        TimeRemainingColumn(),
    )
    on_screen = sys.stdout.isatty()  # results then go above the bar, and else to their file
    progress = Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=on_screen
    )
    with progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)
