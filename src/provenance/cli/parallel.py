"""What the commands that take many pictures share: workers, progress, and how a run ends early."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from provenance.cli import render
from provenance.cli.inputs import Source

if TYPE_CHECKING:
    from provenance.batch import Failure, Task

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MAX_JOBS = 256

PATIENCE = 1.0
"""Seconds that one picture may take before its stages are shown; most take less."""


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
    with _progress(len(items)) as bar:
        try:
            for item, answer in batch.run(task, items, jobs=jobs):
                bar.arrived()
                yield item, answer
                done += 1
                bar.advance()
        except KeyboardInterrupt:
            if len(items) > 1:
                render.note(f"interrupted: {done:,} of {len(items):,} done{go_on}")
            raise


@dataclass(frozen=True)
class _Bar:
    """What to call when an answer is there, and when it was shown."""

    arrived: Callable[[], object] = bool
    advance: Callable[[], object] = bool


@contextmanager
def _progress(total: int) -> Iterator[_Bar]:
    """Show a bar on standard error while somebody looks: of pictures, or of one's stages."""
    if not sys.stderr.isatty():
        yield _Bar()
        return
    if total < 2:
        with _stages() as bar:
            yield bar
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
        yield _Bar(advance=lambda: progress.advance(task))


@contextmanager
def _stages() -> Iterator[_Bar]:
    """Show the stage that one picture is in, from the first one that begins after `PATIENCE`."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from provenance.progress import Stage, listening

    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task = progress.add_task("", total=len(Stage))
    order, begun = list(Stage), time.monotonic()

    def show(stage: Stage) -> None:
        if time.monotonic() - begun > PATIENCE:
            progress.start()
        progress.update(task, description=stage, completed=order.index(stage), refresh=True)

    try:
        with listening(show):
            yield _Bar(arrived=progress.stop)
    finally:
        progress.stop()
