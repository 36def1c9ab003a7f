"""A producer's project folder: config, development keys, registry and directory file."""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from pathlib import Path

from provenance.cli.settings import FILE_NAME
from provenance.errors import OutputExistsError, OutputNotWritableError

KEYS = "keys"

# Numbers below are assigned by a published directory; from here up anyone draws one at random, and
# marks are never named by such a number alone (DESIGN, section 6).
_FIRST_FREE_NUMBER = 0x80000
_NUMBERS = 0x100000  # 20 bits
