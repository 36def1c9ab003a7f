"""How results look: words for people, JSON for programs, errors as one line.

Results go to standard output, everything else to standard error. What a picture or a file says is
hostile text, so all of it goes through the rule of `provenance.text`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from provenance.files import encode_line
from provenance.text import MAX_LINE, clean, clean_lines

if TYPE_CHECKING:
    from rich.console import Console

    from provenance.verify import Verdict

STYLE_OF_STATE = {
    "attributed": "bold green",
    "claimed": "yellow",
    "similar": "yellow",
    "none": "bold",
    "tampered": "bold red",
    "conflict": "bold red",
}

_PIPE_WIDTH = 160  # columns of a table that no terminal limits


def say(line: str = "", style: str = "") -> None:
    """Print a line of a result for people; ``style`` shows on a terminal that has colours."""
    line = clean(line, MAX_LINE)
    if not style:
        click.echo(line)
        return
    from rich.text import Text

    console().print(Text(line, style=style), soft_wrap=True)


def say_lines(text: str) -> None:
    """Print text of our own, which has line breaks."""
    click.echo(clean_lines(text))


def note(line: str) -> None:
    """Tell people something that is not a result, on standard error."""
    click.echo(clean(line, MAX_LINE), err=True)


def complain(sentence: str, code: str) -> None:
    """Print an error: one line, whatever the sentence holds."""
    note(f"error: {' '.join(sentence.split()).rstrip('.')} [{code}]")


def json_line(value: dict[str, Any]) -> None:
    """Print one object on one line."""
    click.echo(encode_line(value))


def fields(rows: Sequence[tuple[str, object]]) -> None:
    """Print names and values in two columns; what is None or empty is left out.

    A value of several lines is a tuple of them; all but the first begin at the margin.
    """
    shown = [(name, value) for name, value in rows if value not in (None, "", ())]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        first, *more = value if isinstance(value, tuple) else (value,)
        say(f"  {name:<{width}}  {first}")
        for line in more:
            say(line)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; a terminal gets it fitted to its width, a pipe gets every letter."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(
            *(cell if isinstance(cell, Text) else Text(clean(str(cell), MAX_LINE)) for cell in row)
        )
    console().print(shown)


def console() -> Console:
    """Return the console of standard output: styled only on a terminal and without NO_COLOR."""
    import os
    import sys

    from rich.console import Console

    return Console(
        color_system=None if os.environ.get("NO_COLOR") else "auto",  # None drops bold as well
        width=None if sys.stdout.isatty() else _PIPE_WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
    )


def verdict(value: Verdict, name: str | None = None) -> None:
    """Print a verdict in words, the first line in its colour, named when there are several."""
    first, _, rest = value.explain().partition("\n")
    say(f"{name}: {first}" if name else first, STYLE_OF_STATE[value.state])
    if rest:
        say_lines(rest)
    if name:
        say()
