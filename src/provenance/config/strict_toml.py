"""Read TOML strictly: a table becomes a dataclass, and each value is checked against its field."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_type_hints

from provenance.errors import ConfigError
from provenance.text import suggest

T = TypeVar("T")


def fill(kind: type[T], name: str, table: Mapping[str, Any], folder: Path) -> T:
    """Fill a section's dataclass, and check each value against its field's type.

    Raises
    ------
    ConfigError
        A key is unknown or missing, or a value has the wrong type.
    """
    types = read_types(kind)
    refuse_unknown(table, types, f"a key of [{name}]")
    for missing in (key for key in _list_required(kind) if key not in table):
        raise ConfigError(f"{name}.{missing} is missing: add it to [{name}].")
    values = {
        key: _check_value(f"{name}.{key}", value, strip_optional(types[key]), folder)
        for key, value in table.items()
    }
    return kind(**values)


def _list_required(kind: type[Any]) -> list[str]:
    return [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]


def read_types(kind: type[Any]) -> dict[str, Any]:
    """Return the types of a dataclass's fields by name."""
    known = {f.name for f in fields(kind)}
    return {name: hint for name, hint in get_type_hints(kind).items() if name in known}


def strip_optional(hint: Any) -> Any:
    """Return X for "X | None": in a file, a value that is None is left out."""
    if isinstance(hint, UnionType):
        return next(each for each in get_args(hint) if each is not type(None))
    return hint


def refuse_unknown(found: Mapping[str, Any], known: Mapping[str, Any], what: str) -> None:
    """Refuse a name that is not known: a misspelt one would silently do nothing.

    Raises
    ------
    ConfigError
        A name is not known.
    """
    for name in found:
        if name not in known:
            raise ConfigError(
                f"{name} is not {what}; use one of {', '.join(known)}.{suggest(name, known)}"
            )


def _check_value(name: str, value: Any, kind: Any, folder: Path) -> Any:
    """Check one value and resolve paths.

    Raises
    ------
    ConfigError
        The value has the wrong type.
    """
    check, wanted = _CHECKS[kind]
    if not check(value):
        raise ConfigError(f"{name} is {value!r}; it must be {wanted}.")
    if kind is Path:
        return folder / cast(str, value)
    if kind == tuple[Path, ...]:
        return tuple(folder / each for each in cast(list[str], value))
    return tuple(value) if isinstance(value, list) else value


def read_word(name: str, word: str, kind: Any) -> Any:
    """Read a value from one word, as a variable of the environment holds it; paths stay text.

    Several paths are separated as those in ``PATH`` are, several texts by commas.

    Raises
    ------
    ConfigError
        It can't be read as this kind.
    """
    if kind is int and word.strip().isdecimal():
        return int(word)
    if kind is bool and word.lower() in _TRUTHS:
        return _TRUTHS[word.lower()]
    if kind in (int, bool):
        raise ConfigError(f"The variable {name} is {word!r}; it must be {_CHECKS[kind][1]}.")
    if kind == tuple[Path, ...]:
        return [each for each in word.split(os.pathsep) if each]
    if kind == tuple[str, ...]:
        return [each.strip() for each in word.split(",") if each.strip()]
    return word


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


_TRUTHS = {"true": True, "1": True, "false": False, "0": False}

_CHECKS: Mapping[Any, tuple[Callable[[Any], bool], str]] = {
    str: (_is_text, "text"),
    int: (_is_number, "a whole number above 0"),
    bool: (lambda value: isinstance(value, bool), "true or false"),
    Path: (_is_text, "a path"),
    tuple[Path, ...]: (_is_list, "a list of paths"),
    tuple[str, ...]: (_is_list, "a list of texts"),
}
