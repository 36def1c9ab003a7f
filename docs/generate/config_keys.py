"""The reference of ``provenance.toml``, from the dataclasses that it is read into."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

from provenance.config import Config

_KINDS = {
    "str": "text",
    "int": "whole number above 0",
    "bool": "`true` or `false`",
    "Path": "path",
    "tuple[Path, ...]": "list of paths",
    "tuple[str, ...]": "list of texts",
}


@dataclass(frozen=True)
class Key:
    """One key of a section."""

    section: str
    name: str
    kind: str
    default: str
    says: str


def sections() -> Mapping[str, type[Any]]:
    """Return the dataclass of each section by its name."""
    hints = get_type_hints(Config, vars(sys.modules[Config.__module__]))
    names = [field.name for field in fields(Config) if field.name != "path"]
    return {name: _without_none(hints[name]) for name in names}


def keys(section: str) -> Iterator[Key]:
    """Yield the keys of a section, in the order of its fields."""
    kind = sections()[section]
    hints, said = get_type_hints(kind), _said(kind)
    for field in fields(kind):
        hint = _without_none(hints[field.name])
        name = hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint)
        name = name.replace("pathlib.", "").replace("_local.", "")
        yield Key(section, field.name, _KINDS[name], _default(field), said.get(field.name, ""))


def reference() -> str:
    """Return a heading for each section and an entry for each key."""
    return "\n".join(_section(name, kind) for name, kind in sections().items())


def _section(name: str, kind: type[Any]) -> str:
    summary = (inspect.getdoc(kind) or "").split("\n\n")[0]
    summary = re.sub(r"^``\[\w+\]``: ", "", " ".join(summary.split())).replace("``", "`")
    entries = (
        f"`{key.name}` ({key.kind}; {key.default})\n:   {key.says.replace('``', '`')}\n"
        for key in keys(name)
    )
    return "\n".join(
        (f"## [{name}] {{ #{name} }}\n", summary[:1].upper() + summary[1:] + "\n", *entries)
    )


def _without_none(hint: Any) -> Any:
    """Return X for ``X | None``."""
    if isinstance(hint, UnionType):
        return next(each for each in get_args(hint) if each is not type(None))
    return hint


def _default(field: Field[Any]) -> str:
    if field.default is MISSING:
        return "required"
    if field.default in (None, ()):
        return "none by default"
    value = field.default
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return f"default `{text.replace(chr(39), chr(34))}`"


def _said(kind: type[Any]) -> dict[str, str]:
    """Return what the class says of each field: a string below it, or its Attributes section."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    if not isinstance(body, ast.ClassDef):
        raise TypeError(f"{kind} is not a class")
    below = {
        before.target.id: after.value.value
        for before, after in zip(body.body, body.body[1:], strict=False)
        if isinstance(before, ast.AnnAssign)
        and isinstance(before.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
        and isinstance(after.value.value, str)
    }
    said = {**_attributes(inspect.getdoc(kind) or ""), **below}
    return {name: " ".join(text.split()) for name, text in said.items()}


def _attributes(docstring: str) -> dict[str, str]:
    _, _, section = docstring.partition("Attributes\n----------\n")
    return dict(re.findall(r"^(\w+)\n((?:    .*\n?)+)", section, re.MULTILINE))


def template() -> str:
    """Return the file that ``provenance init`` writes, before its blanks are filled."""
    found = next((Path(inspect.getfile(Config)).parents[1]).rglob("project.toml"))
    return f"```toml\n{found.read_text(encoding='utf-8')}```"
