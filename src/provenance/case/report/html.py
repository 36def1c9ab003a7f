"""A document as one HTML page: no script, no picture, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, singledispatch
from html import escape
from importlib.resources import files

from provenance.case.report.document import (
    Bullets,
    Callout,
    Document,
    Fields,
    Letter,
    Outline,
    Paragraph,
    Section,
    Table,
    Text,
)

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="author" content="{author}">
<title>{title}: {subtitle}</title>
<style>
{style}</style>
</head>
<body>
<header><h1>{title}</h1><p>{subtitle} · {day}</p></header>
<main>
{sections}
</main>
<footer><p>{footer}</p></footer>
</body>
</html>
"""


def render_html(document: Document) -> bytes:
    """Render a document."""
    page = _PAGE.format(
        title=escape(document.title),
        subtitle=escape(document.subtitle.text),
        author=escape(document.author.text),
        day=escape(document.day),
        language=escape(document.language),
        footer=escape(document.footer.text),
        style=_style(),
        sections="\n".join(map(_section, document.sections)),
    )
    return page.encode()


@lru_cache(maxsize=1)
def _style() -> str:
    return files("provenance.case.report").joinpath("page.css").read_text(encoding="utf-8")


def _section(section: Section) -> str:
    blocks = "\n".join(map(_block, section.blocks))
    letter = any(isinstance(block, Letter) for block in section.blocks)
    opening = '<section class="letter">' if letter else "<section>"
    return f"{opening}\n<h2>{escape(section.title)}</h2>\n{blocks}\n</section>"


@singledispatch
def _block(block: object) -> str:
    raise TypeError(f"A {type(block).__name__} can't be rendered.")


@_block.register
def _(block: Paragraph) -> str:
    return f"<p>{_text(block.text)}</p>"


@_block.register
def _(block: Callout) -> str:
    label = f"<strong>{escape(block.label)}</strong>"
    return f'<div class="verdict {escape(block.state)}"><p>{label}</p>{_paragraph(block)}</div>'


def _paragraph(block: Callout) -> str:
    return f"<p>{_text(block.sentence)}</p>"


@_block.register
def _(block: Bullets) -> str:
    items = "".join(f"<li>{_text(item)}</li>" for item in block.items)
    return f"<ul>{items}</ul>"


@_block.register
def _(block: Fields) -> str:
    rows = "\n".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{_text(value)}</td></tr>'
        for name, value in block.rows
    )
    return f'<table class="fields">\n{rows}\n</table>'


@_block.register
def _(block: Table) -> str:
    columns = "".join(f'<col style="width:{width}%">' for width in block.widths)
    head = _row(f'<th scope="col">{escape(name)}</th>' for name in block.head)
    rows = "\n".join(_row(f"<td>{_text(cell)}</td>" for cell in row) for row in block.rows)
    return (
        f'<table class="rows">\n<colgroup>{columns}</colgroup>\n<thead>{head}</thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table>"
    )


@_block.register
def _(block: Letter) -> str:
    return f"<pre>{escape(block.text.text)}</pre>"


@_block.register
def _(block: Outline) -> str:
    """Draw the frame and the parts; lines keep their width whatever the picture's size."""
    width, height = block.width, block.height
    parts = "".join(f'<polygon points="{_points(part)}"/>' for part in block.parts)
    says = escape(block.says.text)
    return (
        f'<svg class="outline" role="img" viewBox="0 0 {width} {height}" aria-label="{says}">'
        f'<rect width="{width}" height="{height}"/>{parts}</svg>'
    )


def _points(part: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in part)


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(cells)}</tr>"


def _text(text: Text) -> str:
    """Isolate the text, so that right-to-left text does not move what stands around it.

    A sentence of ours keeps its direction, even where it begins with a name that runs the other.
    """
    if text.code:
        return f"<code>{escape(text.text)}</code>"
    direction = ' dir="ltr"' if text.own else ""
    return f"<bdi{direction}>{escape(text.text)}</bdi>"
