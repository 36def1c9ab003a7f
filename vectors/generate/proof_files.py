"""Write vectors/log/files.json: proofs as files in the form tlog-proof of C2SP.

Usage: python vectors/generate/proof_files.py

Nothing of provenance is imported.
"""

from __future__ import annotations

import json
from typing import Any

from log import FOLDER, mth, path
from proofs import LEAF, ORIGIN, checkpoint, ed25519
from signed_json import base64_of, canonical

FIRST = "c2sp.org/tlog-proof@v1"
ENTRIES = [b"entry 0", b"entry 1", canonical(LEAF), b"entry 3", b"entry 4"]
INDEX = 2


def file(
    *,
    first: str = FIRST,
    extra: str | None = f"extra {base64_of(ENTRIES[INDEX])}",
    index: str = f"index {INDEX}",
    proof: list[str] | None = None,
    note: str | None = None,
) -> str:
    hashes = [base64_of(each) for each in path(INDEX, ENTRIES)] if proof is None else proof
    head = checkpoint(ORIGIN, len(ENTRIES), mth(ENTRIES), ed25519("log")) if note is None else note
    lines = [first, *([extra] if extra else []), index, *hashes]
    return "".join(f"{line}\n" for line in lines) + "\n" + head


def cases() -> list[dict[str, Any]]:
    hashes = [base64_of(each) for each in path(INDEX, ENTRIES)]
    head = checkpoint(ORIGIN, len(ENTRIES), mth(ENTRIES), ed25519("log"))
    read = [
        ("a proof", file(), True),
        ("another place", file(index="index 1"), False),
        ("another entry", file(extra=f"extra {base64_of(b'x')}"), False),
        ("without the entry", file(extra=None), False),
        ("a hash is missing", file(proof=hashes[:-1]), False),
        ("a hash of 31 bytes", file(proof=[base64_of(bytes(31)), *hashes[1:]]), False),
        ("no hashes", file(proof=[]), False),
    ]
    refused = [
        ("another first line", file(first="c2sp.org/tlog-proof@v2")),
        ("a place with a zero in front", file(index="index 02")),
        ("no place", file(index=hashes[0])),
        ("base64 in another spelling", file(proof=[hashes[0][:-2] + "9=", *hashes[1:]])),
        ("base64 without padding", file(proof=[hashes[0].rstrip("="), *hashes[1:]])),
        ("65 hashes", file(proof=hashes[:1] * 65)),
        ("letters that are not ASCII", file(extra="extra ä")),
        ("no empty line", file().replace("\n\n", "\n", 1)),
        ("no checkpoint", file(note="")),
        ("a checkpoint that is none", file(note="x\n")),
        ("carriage returns", file().replace("\n", "\r\n")),
    ]
    stated = {"index": INDEX, "entry": ENTRIES[INDEX].hex(), "checkpoint": head}
    assert file().endswith(head)
    return [
        *(
            {"name": name, "file": given, "expected": {"read": True, "holds": holds}}
            for name, given, holds in read
        ),
        *(
            {
                "name": name,
                "file": given,
                "expected": {"read": False, "code": "registry.log_integrity"},
            }
            for name, given in refused
        ),
        {
            "name": "what it says",
            "file": file(),
            "expected": {"read": True, "holds": True} | stated,
        },
    ]


def main() -> None:
    origin = "docs/proof-format.md; the form is C2SP's tlog-proof"
    head = {"origin": origin, "generator": "vectors/generate/proof_files.py"}
    (FOLDER / "files.json").write_text(
        json.dumps(head | {"cases": cases()}, indent=1) + "\n", "ascii"
    )


if __name__ == "__main__":
    main()
