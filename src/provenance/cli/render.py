"""How results look: words for people, JSON for programs, errors as one line.

Results go to standard output, everything else to standard error. What a picture or a file says is
hostile text: control characters would let it rewrite the terminal, so none gets through.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from provenance.files import encode_line

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

# Cc moves the cursor, Cf reorders what is read (bidirectional overrides), Cs can't be written.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs"})


def plain(text: str) -> str:
    """Return text that is safe to show: line breaks stay, other controls become U+FFFD."""
    return "".join(
        "\ufffd" if unicodedata.category(letter) in _UNPRINTABLE and letter != "\n" else letter
        for letter in text
    )


def say(text: str = "", style: str = "") -> None:
    """Print a result for people; ``style`` shows on a terminal that has colours."""
    if not style:
        click.echo(plain(text))
        return
    from rich.text import Text

    console().print(Text(plain(text), style=style), soft_wrap=True)


def note(text: str) -> None:
    """Tell people something that is no result, on standard error."""
    click.echo(plain(text), err=True)


def complain(sentence: str, code: str) -> None:
    """Print an error: one line, whatever the sentence holds."""
    note(f"error: {' '.join(sentence.split()).rstrip('.')} [{code}]")


def json_line(value: dict[str, Any]) -> None:
    """Print one object on one line."""
    click.echo(encode_line(value))


def fields(rows: Sequence[tuple[str, object]]) -> None:
    """Print names and values in two columns; what is None or empty is left out."""
    shown = [(name, value) for name, value in rows if value not in (None, "", ())]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        say(f"  {name:<{width}}  {value}")


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; a terminal gets it fitted to its width, a pipe gets every letter."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else Text(plain(str(cell))) for cell in row))
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
        say(rest)
    if name:
        say()
