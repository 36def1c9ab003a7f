"""What lies in a folder and is not worked on: nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from provenance.cli import exits, render
from provenance.errors import NotExaminedError

if TYPE_CHECKING:
    from provenance.cli.inputs import Input

NO_PICTURES = "no pictures, or hidden"


class LeftOut:
    """Counts what was not looked at, says so at the end, and keeps it out of the exit status."""

    def __init__(self, count: int = 0) -> None:
        self.count = count

    def take(self, error: Exception | None) -> bool:
        """Count an input if it was not looked at, and tell whether that is so."""
        left = isinstance(error, NotExaminedError)
        self.count += left
        return left

    def tell(self, why: str = NO_PICTURES, *, listed: bool = True) -> None:
        """Say how many were not looked at, and why; ``listed``: the command has ``--json``."""
        if self.count:
            what = "1 file was" if self.count == 1 else f"{self.count:,} files were"
            where = "; --json lists each" if listed else ""
            render.note(f"{what} not looked at: {why}{where}.")

    def find_status(self, statuses: Iterable[int]) -> int:
        """Return the worst exit status; where nothing was looked at, that of a bad input."""
        found = list(statuses)
        return exits.BAD_INPUT if self.count and not found else exits.take_worst(found)


def part(given: Sequence[Input]) -> tuple[list[Input], list[tuple[Input, NotExaminedError]]]:
    """Part what folders hold by name: the pictures, and the rest with the reason for each."""
    chosen = [each for each in given if each.left_out is None]
    rest = [(each, NotExaminedError(each.left_out)) for each in given if each.left_out is not None]
    return chosen, rest
