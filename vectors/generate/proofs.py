"""Write vectors/log/{entries,proofs,notes}.json: what holds, and what has to be refused.

Usage: python vectors/generate/proofs.py

Nothing of provenance is imported. Trees are those of ``log.py``, by RFC 6962.
"""

from __future__ import annotations

import hashlib
import json
import struct
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from log import FOLDER, RECORD, STORE, mth, path, subproof
from signed_json import base64_of, canonical, derive

GENERATOR = "vectors/generate/proofs.py"
ORIGIN = "unlisted.provenance/log/00112233445566778899aabbccddeeff"
LEAF = {**RECORD, "type": "provenance.record.1", "store_sha256": hashlib.sha256(STORE).hexdigest()}
REVOCATION = {
    "stamp_id": RECORD["stamp_id"],
    "revoked": "2026-03-01T08:00:00.000000Z",
    "reason": 'Made by mistake: "Ärger"',
    "since": None,
    "type": "provenance.revocation.1",
}
Bytes = list[bytes]


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


# --- entries ------------------------------------------------------------------------------------


def entries() -> list[dict[str, Any]]:
    good: list[tuple[str, dict[str, Any]]] = [
        ("a record", LEAF),
        ("a record with a parent", {**LEAF, "parent": "180000100f1234567890abce"}),
        ("a record without a readable mark", {**LEAF, "lattice": "none"}),
        ("empty texts", {**LEAF, "model_version": "", "producer_name": ""}),
        ("a revocation", REVOCATION),
        ("a revocation since a time", {**REVOCATION, "since": "2026-02-01T00:00:00.000000Z"}),
    ]
    less = {key: value for key, value in LEAF.items() if key != "parent"}
    bad: list[tuple[str, Any]] = [
        ("a key is missing", less),
        ("an unknown key", {**LEAF, "note": "x"}),
        ("another type", {**LEAF, "type": "provenance.record.2"}),
        ("a revocation's type", {**LEAF, "type": "provenance.revocation.1"}),
        ("a time to the second", {**LEAF, "created": "2026-01-31T11:59:30Z"}),
        ("a time in another zone", {**LEAF, "created": "2026-01-31T12:59:30.000000+01:00"}),
        ("a day that is not", {**LEAF, "created": "2026-02-30T11:59:30.000000Z"}),
        ("a number as text", {**LEAF, "producer": "524289"}),
        ("a number too large", {**LEAF, "producer": 1 << 20}),
        ("a number below 0", {**LEAF, "model_number": -1}),
        ("true for a number", {**LEAF, "pdq_quality": True}),
        ("quality above 100", {**LEAF, "pdq_quality": 101}),
        ("capitals in hex", {**LEAF, "sha256": LEAF["sha256"].upper()}),
        ("a short PDQ hash", {**LEAF, "pdq": "00"}),
        ("a stamp id of 23 digits", {**LEAF, "stamp_id": LEAF["stamp_id"][:-1]}),
        ("U+0000 in a text", {**LEAF, "model": "a\0b"}),
        ("a text too long", {**LEAF, "model": "x" * 65537}),
        ("null for a text", {**LEAF, "model": None}),
        ("another manifest", {**LEAF, "store_sha256": hashlib.sha256(b"other").hexdigest()}),
        ("revoked at a time to the second", {**REVOCATION, "revoked": "2026-03-01T08:00:00Z"}),
        ("no reason", {**REVOCATION, "reason": " "}),
        ("since later than revoked", {**REVOCATION, "since": "2026-03-01T08:00:00.000001Z"}),
        ("revoked at no time", {**REVOCATION, "revoked": None}),
        ("a list", [LEAF]),
    ]
    return [
        *(
            {
                "name": name,
                "leaf": leaf,
                "store": STORE.hex(),
                "entry": canonical(leaf).hex(),
                "leaf_hash": leaf_hash(canonical(leaf)).hex(),
            }
            for name, leaf in good
        ),
        *(
            {"name": name, "leaf": leaf, "store": STORE.hex(), "entry": None, "leaf_hash": None}
            for name, leaf in bad
        ),
    ]


# --- proofs -------------------------------------------------------------------------------------


def inclusion(
    name: str, index: int, size: int, proof: Bytes, root: bytes, leaf: bytes, *, holds: bool
) -> dict[str, Any]:
    return {
        "name": name,
        "leaf_hash": leaf.hex(),
        "index": index,
        "size": size,
        "proof": [each.hex() for each in proof],
        "root": root.hex(),
        "holds": holds,
    }


def inclusions() -> list[dict[str, Any]]:
    """Proofs in a log of 13 entries; each wrong one differs in one thing from one that holds."""
    leaves = [bytes([n]) * (n + 1) for n in range(13)]
    root, empty, other = mth(leaves), hashlib.sha256().digest(), hashlib.sha256(b"x").digest()
    proof, leaf = path(9, leaves), leaf_hash(leaves[9])
    edge, last = path(12, leaves), leaf_hash(leaves[12])
    cases = [
        inclusion(f"{n} of 13", n, 13, path(n, leaves), root, leaf_hash(leaves[n]), holds=True)
        for n in range(13)
    ]
    same = "another size with the same path: the checkpoint binds size and root, a proof does not"
    cases.append(inclusion(same, 9, 14, proof, root, leaf, holds=True))
    single = leaf_hash(b"only")
    cases.append(inclusion("the only one", 0, 1, [], single, single, holds=True))
    wrong = [
        ("another place", 8, 13, proof, root, leaf),
        ("another leaf", 9, 13, proof, root, leaf_hash(b"x")),
        (
            "a node's hash without its own prefix",
            9,
            13,
            proof,
            root,
            hashlib.sha256(leaves[9]).digest(),
        ),
        ("another root", 9, 13, proof, other, leaf),
        ("a hash is missing", 9, 13, proof[:-1], root, leaf),
        ("the first hash is missing", 9, 13, proof[1:], root, leaf),
        ("a hash too many", 9, 13, [*proof, other], root, leaf),
        ("in another order", 9, 13, proof[::-1], root, leaf),
        ("no proof", 9, 13, [], root, leaf),
        ("behind the end", 13, 13, edge, root, last),
        ("below 0", -1, 13, edge, root, last),
        ("in an empty log", 0, 0, [], empty, empty),
        ("the last one, with a level skipped wrongly", 12, 13, [*edge, other], root, last),
        ("a hash of 31 bytes", 9, 13, [proof[0][:-1], *proof[1:]], root, leaf),
        ("65 hashes", 9, 13, [*proof, *[other] * 61], root, leaf),
    ]
    return cases + [inclusion(*each, holds=False) for each in wrong]


def consistency(
    name: str, old: int, new: int, proof: Bytes, roots: tuple[bytes, bytes], *, holds: bool
) -> dict[str, Any]:
    return {
        "name": name,
        "old": old,
        "new": new,
        "proof": [each.hex() for each in proof],
        "old_root": roots[0].hex(),
        "new_root": roots[1].hex(),
        "holds": holds,
    }


def consistencies() -> list[dict[str, Any]]:
    leaves = [bytes([n]) * (n + 1) for n in range(13)]
    roots = [mth(leaves[:n]) for n in range(14)]
    other = hashlib.sha256(b"x").digest()
    pairs = [(1, 13), (4, 13), (6, 13), (7, 8), (8, 13), (11, 13), (12, 13)]
    cases = [
        consistency(
            f"{a} to {b}", a, b, subproof(a, leaves[:b], True), (roots[a], roots[b]), holds=True
        )
        for a, b in pairs
    ]
    cases.append(consistency("from nothing", 0, 13, [], (roots[0], roots[13]), holds=True))
    cases.append(consistency("nothing new", 6, 6, [], (roots[6], roots[6]), holds=True))
    proof, both = subproof(6, leaves, True), (roots[6], roots[13])
    changed = [*leaves[:2], b"rewritten", *leaves[3:]]
    wrong: list[tuple[str, int, int, Bytes, tuple[bytes, bytes]]] = [
        ("it shrank", 13, 6, proof, (roots[13], roots[6])),
        ("the past was rewritten", 6, 13, subproof(6, changed, True), (roots[6], mth(changed))),
        ("another old root", 6, 13, proof, (other, roots[13])),
        ("another new root", 6, 13, proof, (roots[6], other)),
        ("a hash is missing", 6, 13, proof[:-1], both),
        ("a hash too many", 6, 13, [*proof, other], both),
        ("no proof", 6, 13, [], both),
        ("from another size", 7, 13, proof, both),
        ("nothing new, with another root", 6, 6, [], (roots[6], other)),
        ("nothing new, with a proof", 6, 6, [other], (roots[6], roots[6])),
        ("from nothing, with a root", 0, 13, [], (other, roots[13])),
        ("from nothing, with a proof", 0, 13, [other], (roots[0], roots[13])),
        (
            "a power of two, with the old root as first hash",
            8,
            13,
            [roots[8], *subproof(8, leaves, True)],
            (roots[8], roots[13]),
        ),
    ]
    return cases + [consistency(*each, holds=False) for each in wrong]


# --- checkpoints --------------------------------------------------------------------------------


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def key_id(name: str, key: Ed25519PrivateKey, kind: bytes = b"\x01") -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public(key)).digest()[:4]


def line(name: str, key: Ed25519PrivateKey, body: str, *, flip: bool = False) -> str:
    signature = bytearray(key.sign(body.encode()))
    signature[5] ^= flip
    return f"— {name} {base64_of(key_id(name, key) + bytes(signature))}\n"


def cosigned(
    name: str, key: Ed25519PrivateKey, body: str, seconds: int, *, flip: bool = False
) -> str:
    signature = bytearray(key.sign(f"cosignature/v1\ntime {seconds}\n{body}".encode()))
    signature[5] ^= flip
    data = key_id(name, key, b"\x04") + struct.pack(">Q", seconds) + bytes(signature)
    return f"— {name} {base64_of(data)}\n"


def note(body: str, *lines: str) -> str:
    return body + "\n" + "".join(lines)


def checkpoint(origin: str, size: int, root: bytes, key: Ed25519PrivateKey) -> str:
    """Write a log's signed checkpoint; other generators use it, too."""
    body = f"{origin}\n{size}\n{base64_of(root)}\n"
    return note(body, line(origin, key, body))


def ed25519(label: str) -> Ed25519PrivateKey:
    key = derive(label, "Ed25519")
    assert isinstance(key, Ed25519PrivateKey)
    return key


def notes() -> dict[str, Any]:
    key, other, witness = ed25519("log"), ed25519("another log"), ed25519("witness")
    name = "example.org/witness"
    root = hashlib.sha256(b"root").digest()
    body = f"{ORIGIN}\n7\n{base64_of(root)}\n"
    signed, own = line(ORIGIN, key, body), {"size": 7, "root": root.hex()}
    flipped = line(ORIGIN, key, body, flip=True)
    seen, forged = (
        cosigned(name, witness, body, 1780315200),
        cosigned(name, witness, body, 1780315200, flip=True),
    )
    more = f"{ORIGIN}\n7\n{base64_of(root)}\nsomething more\n"
    large = f"{ORIGIN}\n{2**62}\n{base64_of(root)}\n"
    spelled = base64_of(root)[:-2] + "9="
    good: list[tuple[str, str, dict[str, Any]]] = [
        ("signed", note(body, signed), {"signed": True, "cosigned": None}),
        ("cosigned", note(body, signed, seen), {"signed": True, "cosigned": 1780315200}),
        (
            "a witness's forged line",
            note(body, signed, forged),
            {"signed": True, "cosigned": "witness.forged"},
        ),
        (
            "with more lines",
            note(more, line(ORIGIN, key, more)),
            {"signed": True, "cosigned": None},
        ),
        ("not signed", body, {"signed": False, "cosigned": None}),
        (
            "by another key under the log's name",
            note(body, line(ORIGIN, other, body)),
            {"signed": False, "cosigned": None},
        ),
        (
            "by the log's key under another name",
            note(body, line("example.org/other", key, body)),
            {"signed": False, "cosigned": None},
        ),
        ("a forged line", note(body, flipped), {"signed": False, "cosigned": None}),
        (
            "a line that holds, and a forged one",
            note(body, signed, flipped),
            {"signed": False, "cosigned": None},
        ),
        (
            "lines of others around",
            note(body, line("a.example", other, body), signed),
            {"signed": True, "cosigned": None},
        ),
        (
            "signed, and changed",
            note(body.replace("\n7\n", "\n8\n"), signed),
            {"signed": False, "cosigned": None, "size": 8},
        ),
        (
            "the largest size",
            note(large, line(ORIGIN, key, large)),
            {"signed": True, "cosigned": None, "size": 2**62},
        ),
    ]
    bad = [
        ("nothing", ""),
        ("two lines", f"{ORIGIN}\n7\n"),
        ("no line end", body[:-1]),
        ("no line end behind a signature", note(body, signed)[:-1]),
        ("an empty line in the body", f"{ORIGIN}\n\n7\n{base64_of(root)}\n"),
        ("a size with a zero in front", body.replace("\n7\n", "\n07\n")),
        ("a size below 0", body.replace("\n7\n", "\n-7\n")),
        ("a size over 2^62", body.replace("\n7\n", f"\n{2**62 + 1}\n")),
        ("a root of 31 bytes", body.replace(base64_of(root), base64_of(root[:-1]))),
        ("a root in another spelling", body.replace(base64_of(root), spelled)),
        ("carriage returns", body.replace("\n", "\r\n")),
        ("a tabulator", body.replace(ORIGIN, "a\tb")),
        ("a signature without dash", note(body, signed.replace("— ", "- "))),
        ("a signature of four bytes", note(body, f"— {ORIGIN} {base64_of(b'1234')}\n")),
        ("a name with a plus", note(body, line("a+b", key, body))),
        ("101 signatures", note(body, *[signed] * 101)),
        ("no signature behind the empty line", body + "\n"),
    ]
    assert spelled != base64_of(root)
    vkey = f"{ORIGIN}+{key_id(ORIGIN, key).hex()}+{base64_of(bytes([1]) + public(key))}"
    short = key_id(name, witness, bytes([4])).hex()
    wkey = f"{name}+{short}+{base64_of(bytes([4]) + public(witness))}"
    return {
        "log_key": vkey,
        "log_spki": base64_of(bytes.fromhex("302a300506032b6570032100") + public(key)),
        "witness_key": wkey,
        "refused_keys": [
            vkey.replace("+" + key_id(ORIGIN, key).hex(), "+00000000"),
            vkey.replace(ORIGIN, "example.org/other"),
            wkey.replace(
                base64_of(bytes([4]) + public(witness)), base64_of(bytes([1]) + public(witness))
            ),
            vkey[:-4],
            vkey.replace("+", " "),
        ],
        "cases": [
            *(
                {
                    "name": label,
                    "note": given,
                    "expected": {"read": True, "log": ORIGIN, **own, **found},
                }
                for label, given, found in good
            ),
            *(
                {
                    "name": label,
                    "note": given,
                    "expected": {"read": False, "code": "registry.log_integrity"},
                }
                for label, given in bad
            ),
        ],
    }


def write(name: str, document: dict[str, Any]) -> None:
    origin = "docs/proof-format.md; trees by RFC 6962, notes by C2SP"
    head = {"origin": origin, "generator": GENERATOR}
    (FOLDER / name).write_text(json.dumps(head | document, indent=1) + "\n", "ascii")


def main() -> None:
    write("entries.json", {"cases": entries()})
    write("proofs.json", {"inclusion": inclusions(), "consistency": consistencies()})
    write("notes.json", notes())


if __name__ == "__main__":
    main()
