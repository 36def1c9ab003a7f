"""The API keys that producers' services ask for: one JSON object, from endpoint to key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from provenance.config.files import read
from provenance.errors import ConfigError
from provenance.strict_json import SchemaError, check_text, parse

_KEY = re.compile(r"[!-~]{1,4096}")
"""What a header can hold: an API key has some 50 of these, and a token up to some thousand."""


def read_ask_keys(path: Path) -> Mapping[str, str]:
    """Read the keys; the message of an error never quotes one.

    Raises
    ------
    ConfigError
        It can't be read, or holds something else.
    """
    try:
        found = parse(read(path, "file of keys"))
        if not isinstance(found, dict) or not all(map(_is_key, found.values())):
            raise SchemaError("It must be one JSON object, from endpoints to keys.")
        return {check_text(endpoint, "An endpoint"): key for endpoint, key in found.items()}
    except SchemaError as error:
        raise ConfigError(f"The file of keys {path} can't be used: {error}") from error


def _is_key(value: object) -> bool:
    return isinstance(value, str) and _KEY.fullmatch(value) is not None
