"""Read a config file, and the variables that stand above it: ``PROVENANCE_SECTION_KEY``."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from provenance.config.config import Config
from provenance.config.strict_toml import (
    fill,
    read_types,
    read_word,
    refuse_unknown,
    strip_optional,
)
from provenance.errors import ConfigError
from provenance.text import suggest

PREFIX = "PROVENANCE_"
"""How the name of each variable begins; section and key follow in capitals."""


def load(path: str | Path, environment: Mapping[str, str] | None = None) -> Config:
    """Read a config file; what the environment sets replaces what the file says.

    Without ``environment`` the process's own is read.

    Raises
    ------
    ConfigError
        The file can't be read, is not TOML, or has a section, key or value that it should not have;
        or a variable has no key or a wrong value.
    """
    path = Path(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The config file {path} can't be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The config file {path} is not TOML: {error}.") from error
    set_above = _read_variables(os.environ if environment is None else environment)
    try:
        return _parse(path.absolute(), document, set_above)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _parse(
    path: Path, document: Mapping[str, Any], set_above: Mapping[str, Mapping[str, Any]]
) -> Config:
    kinds = _list_sections()
    refuse_unknown(document, kinds, "a section")
    sections = {}
    for name in {**document, **set_above}:
        table = document.get(name, {})
        if not isinstance(table, dict):
            raise ConfigError(f"{name} must be a section: write [{name}].")
        sections[name] = fill(kinds[name], name, {**table, **set_above.get(name, {})}, path.parent)
    return Config(path=path, **sections)


def _list_sections() -> dict[str, Any]:
    kinds = read_types(Config).items()
    return {name: strip_optional(kind) for name, kind in kinds if name != "path"}


def _read_variables(environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the keys that variables set, by section.

    Raises
    ------
    ConfigError
        A variable of a section has no such key, its value has a wrong form, or its section is one
        that is misspelt.
    """
    found: dict[str, dict[str, Any]] = {}
    sections = _list_sections()
    _refuse_misspelt(environment, sections)
    for section, kind in sections.items():
        begin, types = f"{PREFIX}{section.upper()}_", read_types(kind)
        for variable in sorted(each for each in environment if each.startswith(begin)):
            key = variable.removeprefix(begin).lower()
            if key not in types:
                raise ConfigError(
                    f"The variable {variable} sets nothing: [{section}] has the keys "
                    f"{', '.join(types)}.{suggest(key, types)}"
                )
            word = environment[variable]
            found.setdefault(section, {})[key] = read_word(
                variable, word, strip_optional(types[key])
            )
    return found


def _refuse_misspelt(environment: Mapping[str, str], sections: Mapping[str, Any]) -> None:
    """Refuse a variable whose key a section has, and whose own section looks much like that one.

    Others that begin alike are not ours to refuse: they may be another program's.
    """
    known = tuple(f"{PREFIX}{section.upper()}_" for section in sections)
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or variable.startswith(known):
            continue
        words = variable.removeprefix(PREFIX).lower()
        for section, kind in sections.items():
            key = next((each for each in read_types(kind) if words.endswith(f"_{each}")), None)
            meant = key and suggest(words.removesuffix(f"_{key}"), [section])
            if meant:
                raise ConfigError(
                    f"The variable {variable} sets nothing, as no section has this name.{meant}"
                )
