"""The table of rooms in architecture.md, from the source tree, its docstrings and pyproject.toml.

A room is a folder of ``src/provenance`` or a module at its top. What stands here is what the code
says of itself, so that a room that is moved, split or renamed needs no page to be edited.
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docs.generate import tree


@dataclass(frozen=True)
class Room:
    """One room: where it stands and what it says of itself."""

    name: str
    floor: int
    holds: str
    face: tuple[str, ...]
    imports: tuple[str, ...]


def floors() -> tuple[tuple[str, ...], ...]:
    """Return the names on each floor, the lowest floor first, as import-linter enforces them."""
    contracts = tree.project()["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["type"] == "layers")
    names = (re.split(r"\s*[|:]\s*", layer) for layer in reversed(layers))
    return tuple(tuple(sorted(n for n in row if not n.startswith("("))) for row in names)


def rooms() -> tuple[Room, ...]:
    """Return every room, the highest floor first; an inner room follows the one it lies in."""
    number = {name: n for n, row in enumerate(floors(), start=1) for name in row}
    found = [
        _room(name, file, number[outermost(name)])
        for name, file in _heads()
        if outermost(name) in number
    ]
    return tuple(sorted(found, key=lambda room: (-room.floor, room.name)))


def outermost(name: str) -> str:
    """Return the room in which an inner room lies, or the room itself."""
    return name.partition("/")[0]


def table() -> str:
    """Return the table, as HTML that a narrow screen shows as one card per room."""
    titles = ("Floor", "Room", "Holds", "Public face", "Imports")
    head = "".join(f"<th>{title}</th>" for title in titles)
    body = "\n".join(_row(room, titles) for room in rooms())
    return f'<table class="rooms"><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>'


def rules() -> str:
    """Return the directions that CI enforces, as a list."""
    contracts = tree.project()["tool"]["importlinter"]["contracts"]
    return "\n".join(f"- {contract['name']}." for contract in contracts)


def _heads() -> Iterator[tuple[str, Path]]:
    """Yield each room's name and the module that speaks for it."""
    for file in sorted(tree.SOURCE.rglob("*.py")):
        inside = file.relative_to(tree.SOURCE)
        if file.name == "__init__.py" and inside.parent.parts:
            yield inside.parent.as_posix(), file
        elif len(inside.parts) == 1 and not file.name.startswith("__"):
            yield file.stem, file


def _room(name: str, file: Path, floor: int) -> Room:
    module = tree.parse(file)
    folder = file.parent if file.name == "__init__.py" else None
    return Room(
        name=name,
        floor=floor,
        holds=_first_sentences(ast.get_docstring(module) or ""),
        face=_face(module),
        imports=_imports(outermost(name), sorted(folder.rglob("*.py")) if folder else [file]),
    )


def _first_sentences(docstring: str) -> str:
    """Return the docstring's first paragraph in one line."""
    return " ".join(docstring.partition("\n\n")[0].split())


def _face(module: ast.Module) -> tuple[str, ...]:
    """Return the names that others may use: ``__all__``, else what has no underscore."""
    for node in module.body:
        if isinstance(node, ast.Assign) and _names(node) == ("__all__",):
            return tuple(sorted(ast.literal_eval(node.value), key=str.casefold))
    defined = (
        node.name
        for node in module.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
    )
    return tuple(defined)


def _names(node: ast.Assign) -> tuple[str, ...]:
    return tuple(target.id for target in node.targets if isinstance(target, ast.Name))


def _imports(room: str, files: list[Path]) -> tuple[str, ...]:
    """Return the other rooms that these modules import, at their top or inside functions."""
    places = (place for file in files for place in _imported(tree.parse(file)))
    known = {name for row in floors() for name in row}
    return tuple(sorted({place for place in places if place in known and place != room}))


def _imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module == "provenance":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("provenance."):
            yield (node.module or "").split(".")[1]


def _row(room: Room, titles: tuple[str, ...]) -> str:
    path, _, last = room.name.rpartition("/")
    name = f"<code>{path + '/' if path else ''}{last}</code>"
    cells = (
        str(room.floor),
        name,
        inline(room.holds),
        _codes(room.face) or "the command line" * (room.name == "cli"),
        ", ".join(room.imports) or "nothing of the project",
    )
    filled = "".join(
        f'<td data-label="{title}">{cell}</td>' for title, cell in zip(titles, cells, strict=True)
    )
    return f"<tr>{filled}</tr>"


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"<code>{html.escape(name)}</code>" for name in names)


def inline(text: str) -> str:
    """Return a docstring's line as HTML: escaped, with its `code` and ``code`` marked."""
    return re.sub(r"(`{1,2})([^`]+)\1", r"<code>\2</code>", html.escape(text, quote=False))
