"""A document as PDF, archivable (PDF/A-2a) and accessible (PDF/UA-1), set by Typst.

The same document gives the same bytes as long as the fonts that come with Typst can show it. Fonts
of the machine are asked only for what those lack, and what no font has is written as its code
point: a name in a script that can't be shown must not vanish from evidence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from importlib.resources import files
from typing import Any

from provenance.case.report.document import Document, Table, Text

# Longest run without a space that fits, for text and for code; longer ones get places to break at.
# Digests stay whole, so that they can be copied, except in the narrow columns of tables.
LONGEST_WORD, LONGEST_CODE = 40, 72
LONGEST_IN_TABLE = 16

_BREAK = "\u200b"  # zero-width space


def available() -> bool:
    """Whether the [pdf] extra is installed."""
    try:
        import typst  # noqa: F401
    except ImportError:
        return False
    return True


def render_pdf(document: Document) -> bytes:
    """Render a document; needs the [pdf] extra, see `available`."""
    content = _plain(document)
    letters = {letter for letter in json.dumps(content, ensure_ascii=False) if ord(letter) > 0x7E}
    rare = _missing(sorted(letters), system_fonts=False)
    unknown = _missing(rare, system_fonts=True)
    spelt = {ord(letter): f"[U+{ord(letter):04X}]" for letter in unknown}
    return _set(_template(), _translated(content, spelt), system_fonts=bool(rare))


def _plain(value: Any, *, in_table: bool = False) -> Any:
    """Turn the document into what JSON holds, each block with its kind, long words breakable."""
    if isinstance(value, Text):
        limit = LONGEST_CODE if value.code else LONGEST_WORD
        shown = _breakable(value.text, LONGEST_IN_TABLE if in_table else limit)
        return {"text": shown, "code": value.code}
    if is_dataclass(value) and not isinstance(value, type):
        in_table = isinstance(value, Table)
        parts = {
            each.name: _plain(getattr(value, each.name), in_table=in_table)
            for each in fields(value)
        }
        return {"kind": type(value).__name__.lower(), **parts}
    if isinstance(value, tuple):
        return [_plain(item, in_table=in_table) for item in value]
    return value


def _breakable(text: str, limit: int) -> str:
    return re.sub(rf"\S{{{limit}}}(?=\S)", rf"\g<0>{_BREAK}", text)


def _missing(letters: Iterable[str], *, system_fonts: bool) -> list[str]:
    """Return which letters no font can show, found by halving."""
    letters = list(letters)
    if not letters or _shows("".join(letters), system_fonts=system_fonts):
        return []
    if len(letters) == 1:
        return letters
    middle = len(letters) // 2
    halves = (letters[:middle], letters[middle:])
    return [each for half in halves for each in _missing(half, system_fonts=system_fonts)]


def _shows(letters: str, *, system_fonts: bool) -> bool:
    import typst

    source = '#set document(title: "x")\n#set text(font: "Libertinus Serif")\n'
    source += '#json(bytes(sys.inputs.document)).clusters().join(" ")'
    try:
        _set(source.encode(), letters, system_fonts=system_fonts)
    except typst.TypstError:
        return False
    return True


def _translated(value: Any, spelt: Mapping[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(spelt)
    if isinstance(value, list):
        return [_translated(item, spelt) for item in value]
    if isinstance(value, dict):
        return {key: _translated(item, spelt) for key, item in value.items()}
    return value


def _template() -> bytes:
    return files("provenance.case.report").joinpath("page.typ").read_bytes()


def _set(source: bytes, document: Any, *, system_fonts: bool) -> bytes:
    import typst

    return typst.compile(
        source,
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
        ignore_system_fonts=not system_fonts,
        timestamp=0,  # the document's own date counts
    )
