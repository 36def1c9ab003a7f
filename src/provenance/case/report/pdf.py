"""A document as PDF, archivable (PDF/A-2a) and accessible (PDF/UA-1), set by Typst.

The same document gives the same bytes if the fonts that come with Typst can show it. The machine's
fonts are used only for letters that those lack. A letter that no font has is written as its code
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

# Most characters without a space that fit, in text, in code and in a table's narrow columns; longer
# runs get places to break at. Digests stay whole outside tables, so that they can be copied.
LONGEST_WORD, LONGEST_CODE = 40, 72
LONGEST_IN_TABLE = 16

_BREAK = "\u200b"  # zero-width space


def is_available() -> bool:
    """Tell whether the [pdf] extra is installed."""
    try:
        import typst  # noqa: F401
    except ImportError:
        return False
    return True


def render_pdf(document: Document) -> bytes:
    """Render a document; this needs the [pdf] extra, see ``is_available``."""
    content = _simplify(document)
    letters = {letter for letter in json.dumps(content, ensure_ascii=False) if ord(letter) > 0x7E}
    rare = _find_missing(sorted(letters), system_fonts=False)
    unknown = _find_missing(rare, system_fonts=True)
    spelt = {ord(letter): f"[U+{ord(letter):04X}]" for letter in unknown}
    return _set(_template(), _spell(content, spelt), system_fonts=bool(rare))


def _simplify(value: Any, *, in_table: bool = False) -> Any:
    """Turn a document into values for JSON: blocks get their kind, long words break points."""
    if isinstance(value, Text):
        limit = LONGEST_CODE if value.code else LONGEST_WORD
        shown = _add_breaks(value.text, LONGEST_IN_TABLE if in_table else limit)
        return {"text": shown, "code": value.code}
    if is_dataclass(value) and not isinstance(value, type):
        in_table = isinstance(value, Table)
        parts = {
            each.name: _simplify(getattr(value, each.name), in_table=in_table)
            for each in fields(value)
        }
        return {"kind": type(value).__name__.lower(), **parts}
    if isinstance(value, tuple):
        return [_simplify(item, in_table=in_table) for item in value]
    return value


def _add_breaks(text: str, limit: int) -> str:
    return re.sub(rf"\S{{{limit}}}(?=\S)", rf"\g<0>{_BREAK}", text)


def _find_missing(letters: Iterable[str], *, system_fonts: bool) -> list[str]:
    """Find by halving the letters that no font can show."""
    letters = list(letters)
    if not letters or _shows("".join(letters), system_fonts=system_fonts):
        return []
    if len(letters) == 1:
        return letters
    middle = len(letters) // 2
    halves = (letters[:middle], letters[middle:])
    return [each for half in halves for each in _find_missing(half, system_fonts=system_fonts)]


def _shows(letters: str, *, system_fonts: bool) -> bool:
    import typst

    source = '#set document(title: "x")\n#set text(font: "Libertinus Serif")\n'
    source += '#json(bytes(sys.inputs.document)).clusters().join(" ")'
    try:
        _set(source.encode(), letters, system_fonts=system_fonts)
    except typst.TypstError:
        return False
    return True


def _spell(value: Any, spelt: Mapping[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(spelt)
    if isinstance(value, list):
        return [_spell(item, spelt) for item in value]
    if isinstance(value, dict):
        return {key: _spell(item, spelt) for key, item in value.items()}
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
