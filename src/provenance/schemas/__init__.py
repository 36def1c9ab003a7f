"""JSON Schemas of what the program prints and writes, a file for each output."""

from __future__ import annotations

from importlib.resources import files

from provenance.errors import ConfigError
from provenance.text import suggest

SUFFIX = ".json"

__all__ = ["list_schemas", "read_schema"]


def list_schemas() -> list[str]:
    """Return the names of all schemas, sorted."""
    found = (file.name for file in files(__name__).iterdir() if file.name.endswith(SUFFIX))
    return sorted(name.removesuffix(SUFFIX) for name in found)


def read_schema(name: str) -> str:
    """Return the text of a schema, JSON Schema 2020-12.

    Raises
    ------
    ConfigError
        There is no schema of this name.
    """
    known = list_schemas()
    if name not in known:
        raise ConfigError(
            f"The schema {name!r} does not exist; use one of {', '.join(known)}."
            f"{suggest(name, known)}"
        )
    return files(__name__).joinpath(name + SUFFIX).read_text(encoding="utf-8")
