"""``python -m translations``: take new messages into each ``CODE.po``, and compile what is there.

A message that the code no longer has leaves the catalogue. One that it newly has stands there
without a translation, until somebody writes it; the tests name it.
"""

from __future__ import annotations

import sys

from provenance.language import ENGLISH, NAMES
from translations.catalogues import bring_up_to_date, compile_catalogue, extract, find_missing


def main() -> int:
    """Update and compile all catalogues; the exit status is 1 if translations are missing."""
    template = extract()
    missing = 0
    for code in (code for code in NAMES if code != ENGLISH.code):
        catalogue = bring_up_to_date(code, template)
        compile_catalogue(code, catalogue)
        for text in find_missing(catalogue):
            print(f"{code}: not translated: {text}", file=sys.stderr)
            missing += 1
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
