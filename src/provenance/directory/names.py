"""Names that people take for the same: one key for all spellings of a producer's name.

The key is NFKC, without case, marks of other kinds than letters and digits, spacing and legal
suffixes. Letters of different scripts that look alike stay different: no well-kept package holds
Unicode's table of them (UTS 39), and a table of our own would grow old.
"""

from __future__ import annotations

import unicodedata

_SUFFIXES = frozenset(
    [
        "ab",
        "ag",
        "aps",
        "as",
        "asa",
        "bv",
        "co",
        "corp",
        "corporation",
        "company",
        "gmbh",
        "inc",
        "incorporated",
        "kg",
        "kk",
        "limited",
        "llc",
        "llp",
        "ltd",
        "nv",
        "oy",
        "oyj",
        "plc",
        "pte",
        "pty",
        "pvt",
        "sa",
        "sarl",
        "sas",
        "se",
        "spa",
        "srl",
        "sro",
    ]
)
"""Words behind a name that say what kind of company it is, without full stops."""


def fold_name(name: str) -> str:
    """Return the key under which spellings of one name are equal; empty for a name of signs."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    text = text.replace(".", "").replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    words = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in text).split()
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return "".join(words)
