"""Run a command on many pictures: worker processes, a progress bar, and an early end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeVar

import click

from provenance.cli import render
from provenance.cli.inputs import Input
from provenance.meter import Meter

if TYPE_CHECKING:
    from provenance.batch import Failure, Task
    from provenance.workers import Allowance

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MAX_JOBS = 256
"""Worker processes at most: beyond the cores of any machine, and a bound on typing errors."""

NOTE_S = 60.0
"""Seconds between two notes where there is no terminal, such as in a log."""

PATIENCE = 1.0
"""Seconds of work on one picture before its stages are shown; most pictures take less."""


def add_jobs_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option ``--jobs``; pair with ``run``."""
    return click.option(
        "--jobs",
        type=click.IntRange(1, MAX_JOBS),
        help="Worker processes (default: one per core, at most 8; none for up to four pictures).",
    )(command)


def add_verbosity_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``-q`` and ``-v``; pair with ``read_verbosity``."""
    command = click.option(
        "-v", "--verbose", is_flag=True, help="Print the whole text on each of several pictures."
    )(command)
    return click.option(
        "-q", "--quiet", is_flag=True, help="Print errors only; the exit status tells the rest."
    )(command)


class Verbosity(IntEnum):
    """How much is said about each picture."""

    NOTHING = 0
    LINE = 1
    TEXT = 2


def read_verbosity(*, quiet: bool, verbose: bool, several: bool) -> Verbosity:
    """Return how much is to be said: all about a single picture, a line about each of several.

    Raises
    ------
    click.UsageError
        Both are asked for.
    """
    if quiet and verbose:
        raise click.UsageError("The options -q and -v exclude each other: give only one.")
    if quiet:
        return Verbosity.NOTHING
    return Verbosity.LINE if several and not verbose else Verbosity.TEXT


def count_workers(jobs: int | None, given: Sequence[Input]) -> int:
    """Return how many workers to start: none if a picture comes from standard input.

    Workers have no standard input.
    """
    from provenance.batch import choose_jobs

    if any(source.is_standard_input for source in given):
        return 0
    return choose_jobs(len(given)) if jobs is None else min(jobs, len(given))


def run(
    task: Task[Item, Answer],
    items: Sequence[Item],
    jobs: int,
    *,
    allowance: Allowance | None = None,
    classify: Callable[[Answer | Failure], str],
    go_on: str = "",
    quiet: bool = False,
    sum_up: bool = True,
) -> Iterator[tuple[Item, Answer | Failure]]:
    """Work on all items with a progress bar, and yield each with its answer, in order.

    ``classify`` names the kind of an answer; kinds are counted, and with ``sum_up`` told after the
    last of several. Each worker has an ``allowance``.
    ``go_on`` is added to what people are told after an interruption. ``quiet`` shows no progress.

    Raises
    ------
    ProvenanceError
        The work can't begin at all.
    KeyboardInterrupt
        After Ctrl-C.
    """
    from provenance import batch

    meter, notes = Meter(len(items)), Notes(quiet=quiet)
    several = len(items) > 1
    with _show_progress(len(items), meter, quiet=quiet) as bar:
        try:
            for item, answer in batch.run(task, items, jobs=jobs, allowance=allowance):
                bar.arrived()
                yield item, answer
                meter.count(classify(answer))
                notes.pass_by(meter)
                bar.advance()
        except KeyboardInterrupt:
            if several:
                render.note(f"interrupted: {meter.done:,} of {len(items):,} done{go_on}")
            raise
    if several and sum_up and not quiet:
        render.note(f"{meter.done:,} pictures: {meter.list_kinds()}")


class Notes:
    """Says from time to time how far a run is, where no terminal shows a bar."""

    def __init__(self, *, quiet: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._quiet = quiet
        self._clock = clock
        self._noted = clock()

    def pass_by(self, meter: Meter) -> None:
        """Say how far the run is, if it is time to."""
        now = self._clock()
        if not self._quiet and now - self._noted >= NOTE_S and not sys.stderr.isatty():
            self._noted = now
            render.note(meter.describe())


@dataclass(frozen=True)
class _Bar:
    """What to call when an answer has arrived, and after it was shown."""

    arrived: Callable[[], object] = bool
    advance: Callable[[], object] = bool


@contextmanager
def _show_progress(total: int, meter: Meter, *, quiet: bool) -> Iterator[_Bar]:
    """Show a bar on a terminal: of the pictures, or of the stages of a single one."""
    if quiet or not sys.stderr.isatty():
        yield _Bar()
        return
    if total < 2:
        with _show_stages() as bar:
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
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[kinds]}"),
    )
    on_screen = sys.stdout.isatty()  # then results go above the bar
    progress = Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=on_screen
    )
    with progress:
        task = progress.add_task("", total=total, rate="", kinds="")

        def advance() -> None:
            rate, kinds = f"{meter.rate:,.1f}/s", meter.list_kinds()
            progress.update(task, advance=1, rate=rate, kinds=kinds)

        yield _Bar(advance=advance)


@contextmanager
def _show_stages() -> Iterator[_Bar]:
    """Show the stage that one picture is in, once the work has taken ``PATIENCE``."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from provenance.progress import Stage, listen

    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task = progress.add_task("", total=len(Stage))
    order, begun = list(Stage), time.monotonic()

    def show(stage: Stage) -> None:
        if time.monotonic() - begun > PATIENCE:
            progress.start()
        progress.update(task, description=stage, completed=order.index(stage), refresh=True)

    try:
        with listen(show):
            yield _Bar(arrived=progress.stop)
    finally:
        progress.stop()
