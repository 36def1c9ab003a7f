"""Catalogues by Babel: extract, update, compile, and find what is missing."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent / "src" / "provenance"
COMPILED = PACKAGE / "language"

COLUMNS = 100


def extract() -> Catalog:
    """Extract every message of the code, each with the modules that it stands in."""
    template = Catalog(fuzzy=False)
    for path in sorted(PACKAGE.rglob("*.py")):
        where = [(path.relative_to(PACKAGE).as_posix(), 0)]
        for context, texts in _find_messages(ast.parse(path.read_text(encoding="utf-8"))):
            template.add(texts if len(texts) > 1 else texts[0], locations=where, context=context)
    return template


def _find_messages(tree: ast.Module) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Yield context and texts of what the functions of ``provenance.language`` mark."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        if not isinstance(node.func, ast.Name):
            continue
        texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
        match node.func.id, texts:
            case ("message", [str(text)]):
                yield None, (text,)
            case ("message_in", [str(context), str(text)]):
                yield context, (text,)
            case ("messages", [str(one), str(many)]):
                yield None, (one, many)


def read(code: str) -> Catalog:
    """Read the translators' file of a language; an empty one if there is none yet."""
    file = HERE / f"{code}.po"
    if not file.exists():
        return Catalog(locale=code, fuzzy=False)
    with file.open("rb") as opened:
        return read_po(opened, locale=code)


def write(catalogue: Catalog) -> bytes:
    """Write a translators' file: the same bytes for the same content, without dates and names."""
    written = io.BytesIO()
    write_po(written, catalogue, width=COLUMNS, omit_header=True, ignore_obsolete=True)
    header = _HEADER.format(code=catalogue.locale_identifier, plurals=catalogue.plural_forms)
    return header.encode() + written.getvalue()


_HEADER = """\
# Translations of image-provenance. These sentences are quoted in court: translate with care.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def bring_up_to_date(code: str, template: Catalog) -> Catalog:
    """Take the code's messages into a language's file, and keep the translations that fit."""
    catalogue = read(code)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    (HERE / f"{code}.po").write_bytes(write(catalogue))
    return catalogue


def compile_catalogue(code: str, catalogue: Catalog) -> None:
    """Write the file that gettext reads."""
    (COMPILED / f"{code}.mo").write_bytes(to_mo(catalogue))


def to_mo(catalogue: Catalog) -> bytes:
    """Compile a catalogue: the same bytes for the same content, whatever version of Babel."""
    bare = _Bare(locale=catalogue.locale, fuzzy=False)
    for each in messages_of(catalogue):
        bare.add(each.id, each.string, context=each.context)
    written = io.BytesIO()
    write_mo(written, bare)
    return written.getvalue()


class _Bare(Catalog):
    """A catalogue whose header holds only what gettext reads, and no dates."""

    def __iter__(self) -> Iterator[Message]:
        head = f"Content-Type: text/plain; charset=utf-8\nPlural-Forms: {self.plural_forms}\n"
        yield Message("", head)
        yield from messages_of(super().__iter__())


def find_missing(catalogue: Catalog) -> Iterator[str]:
    """Yield the messages that have no translation, or not in each form of number."""
    for message in messages_of(catalogue):
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if not all(texts):
            yield str(message.id)


def messages_of(catalogue: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages without the header."""
    return (message for message in catalogue if message.id)
