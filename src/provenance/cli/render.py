"""Print results: words for people, JSON for programs, errors as one line.

Results go to standard output, everything else to standard error. Text from a picture or a file is
hostile, so all of it goes through the rule of ``provenance.text``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from provenance.language import ENGLISH, Language, speak
from provenance.text import MAX_LINE, clean, clean_lines, show_name

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

_PIPE_WIDTH = 160  # columns of a table in a pipe, which has no width of its own


def say(line: str = "", style: str = "") -> None:
    """Print a line of a result for people; terminals with colours show the ``style``."""
    line = clean(line, MAX_LINE)
    if not style:
        click.echo(line)
        return
    from rich.text import Text

    open_console().print(Text(line, style=style), soft_wrap=True)


def say_lines(text: str) -> None:
    """Print text of our own that has line breaks."""
    click.echo(clean_lines(text))


def note(line: str) -> None:
    """Print on standard error something that is not a result."""
    click.echo(clean(line, MAX_LINE), err=True)


def complain(sentence: str, code: str) -> None:
    """Print an error on one line, even if the sentence has line breaks."""
    note(f"error: {' '.join(sentence.split()).rstrip('.')} [{code}]")


def print_json(value: dict[str, Any]) -> None:
    """Print one object on one line."""
    from provenance.files import encode_line

    click.echo(encode_line(value))


def count_entries(count: int) -> str:
    """Write a number of entries of a log."""
    return "1 entry" if count == 1 else f"{count:,} entries"


def print_fields(rows: Sequence[tuple[str, object]]) -> None:
    """Print names and values in two columns; what is None or empty is left out.

    A value of several lines is a tuple; all lines but the first begin at the margin. True and False
    are "yes" and "no".
    """
    shown = [(name, _to_word(value)) for name, value in rows if value not in (None, "", ())]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        first, *more = value if isinstance(value, tuple) else (value,)
        say(f"  {name:<{width}}  {first}")
        for line in more:
            say(line)


def _to_word(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table: fitted to the width of a terminal, complete in a pipe."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(
            *(cell if isinstance(cell, Text) else Text(clean(str(cell), MAX_LINE)) for cell in row)
        )
    open_console().print(shown)


def open_console() -> Console:
    """Open the console of standard output: styled only on a terminal, and not with NO_COLOR."""
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


def print_verdict(
    value: Verdict,
    name: str | None = None,
    *,
    whole: bool = True,
    language: Language = ENGLISH,
) -> None:
    """Print a verdict in words, its first line in colour, or only that line unless ``whole``.

    ``name`` tells several pictures apart.
    """
    first, _, rest = speak(value.explanation, language).partition("\n")
    say(f"{show_name(name)}: {first}" if name else first, STYLE_OF_STATE[value.state])
    if not whole:
        return
    if rest:
        say_lines(rest)
    if name:
        say()
