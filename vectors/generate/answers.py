"""Build responses for the vectors: records, revocations, denials, and who signs them.

Nothing of provenance is imported. The manifest in a record is a few bytes and no C2PA store: what
it is signed with is a step that these vectors take as passed.
"""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

from directory import ADA, Json, Producer, ada, babel, by_authority, key_entry, mallory, twin
from log import RECORD, STORE, mth, path
from proofs import checkpoint
from signed_json import Key, base64_of, canonical, certify, derive, envelope, identity

FOLDER = Path(__file__).resolve().parent.parent / "response"
ORIGIN = "docs/proof-format.md, signed by the Python package cryptography"
NOW, AS_OF = "2026-06-01T12:00:00.000000Z", "2026-05-20T09:30:00.000000Z"
STAMP = f"1{ADA:05x}000712345678901234"[:24]
OTHER_STAMP = STAMP[:-4] + "ffff"
LOG_ORIGIN = "unlisted.provenance/log/0102030405060708090a0b0c0d0e0f10"
SALT, PSEUDONYM = "5a" * 32, "c3" * 16
RECORD_LEAF = {
    **RECORD,
    "stamp_id": STAMP,
    "producer": ADA,
    "producer_name": "Ada Images",
    "type": "provenance.record.1",
    "store_sha256": hashlib.sha256(STORE).hexdigest(),
}
REVOCATION_LEAF = {
    "stamp_id": STAMP,
    "revoked": "2026-04-10T08:00:00.000000Z",
    "reason": "made by mistake",
    "since": None,
    "type": "provenance.revocation.1",
}
OTHERS = [b"entry %d" % n for n in range(6)]


def log_of(*at: tuple[int, Json], size: int = 6) -> list[bytes]:
    """Build the entries of a log, some of which are given."""
    entries = list(OTHERS)
    for index, leaf in at:
        entries[index] = canonical(leaf)
    return entries[:size]


def prove(entries: list[bytes], index: int, key: Key, origin: str = LOG_ORIGIN) -> Json:
    assert isinstance(key, type(ada.log))
    return {
        "index": index,
        "proof": [each.hex() for each in path(index, entries)],
        "checkpoint": checkpoint(origin, len(entries), mth(entries), key),
    }


def payload(outcome: str = "refused", **change: Any) -> Json:
    return {
        "type": "provenance.response.1",
        "stamp_id": STAMP,
        "request": None,
        "outcome": outcome,
        "as_of": AS_OF,
        "reason": "not competent" if outcome == "refused" else None,
        "checkpoint": None,
        "record": None,
        "revocation": None,
        "account": None,
        **change,
    }


def found(by: Producer = ada, leaf: Json = RECORD_LEAF, **change: Any) -> Json:
    """Show the record in a log of five entries; the sixth is its revocation."""
    entries = log_of((3, leaf), size=5)
    record = {
        "leaf": leaf,
        "inclusion": prove(entries, 3, by.log),
        "manifest": base64_of(STORE),
    }
    return payload("found", record=record, **change)


def revoked(by: Producer = ada, leaf: Json = REVOCATION_LEAF, **change: Any) -> Json:
    """Both proofs lead to one checkpoint, as a registry writes them."""
    entries = log_of((3, RECORD_LEAF), (5, leaf))
    made = found(by)
    made["record"]["inclusion"] = prove(entries, 3, by.log)
    made["revocation"] = {"leaf": leaf, "inclusion": prove(entries, 5, by.log)}
    return {**made, **change}


def none(by: Producer = ada, size: int = 4, origin: str = LOG_ORIGIN, **change: Any) -> Json:
    head = checkpoint(origin, size, mth(OTHERS[:size]), by.log)
    return payload("none", **{"checkpoint": head, **change})


def account(sha256: str | None, refused: str | None = None) -> Json:
    return {"case": "44/26", "purpose": "find the sender", "sha256": sha256, "refused": refused}


TOLD = identity({"pseudonym": PSEUDONYM, "salt": SALT, "stamp_id": STAMP})
DISCLOSED = {"salt": SALT, "pseudonym": PSEUDONYM}


def seal(given: Json, by: Producer = ada, key: Key | None = None, disclosed: Any = None) -> Json:
    """Sign a response with a producer's response key, or another one."""
    key = key or by.response
    certificate = certify(f"{by.name} answers", key)
    return envelope(given, [certificate], key, {"disclosed": disclosed})


def changed(given: Json, place: str, value: Any) -> Json:
    """Change one value of a document, by its dotted place."""
    made = copy.deepcopy(given)
    *inner, last = place.split(".")
    part = made
    for key in inner:
        part = part[key]
    part[last] = value
    return made


def without(given: Json, key: str) -> Json:
    return {name: value for name, value in given.items() if name != key}


# --- directories --------------------------------------------------------------------------------

p384, ed = derive("Ada response P-384", "P-384"), derive("Ada response Ed25519", "Ed25519")
END = "2026-05-20T09:30:00.000000Z"
BEFORE_END, AFTER_END = "2026-05-20T09:29:59.999999Z", "2026-05-20T09:30:00.000001Z"
shares = Producer("Mallory Pictures", ADA)
shares.log, shares.response = ada.log, ada.response
DIRECTORIES: dict[str, Json] = {
    "ada": ada.file(),
    "babel": babel.file(),
    "mallory, same number": mallory.file(),
    "mallory, same keys": shares.file(),
    "twin": twin.file(),
    "ada, more keys": ada.file(
        keys=[*ada.keys, key_entry("response", p384), key_entry("response", ed)]
    ),
    "ada, log key for responses": ada.file(keys=[key_entry("response", ada.log), *ada.keys]),
    "ada, response key until": ada.file(
        keys=[key_entry("log", ada.log), key_entry("response", ada.response, until=END)]
    ),
    "ada, response key from": ada.file(
        keys=[key_entry("log", ada.log), key_entry("response", ada.response, END)]
    ),
    "ada, log key until": ada.file(
        keys=[key_entry("log", ada.log, until=BEFORE_END), key_entry("response", ada.response)]
    ),
    "ada, two log keys": ada.file(
        keys=[
            key_entry("log", derive("Ada log before", "Ed25519"), until=BEFORE_END),
            *ada.keys,
        ]
    ),
    "ada, no log key": ada.file(keys=[key_entry("response", ada.response)]),
    "ada, no keys": ada.file(keys=[]),
    "ada, revoked": ada.file(revoked_at=END, reason="the key was stolen"),
    "authority, number of another": by_authority(babel.entry(number=ADA)),
    "authority, Ada": by_authority(ada.entry(name="Ada Images plc")),
}


def write(name: str, generator: str, document: Json) -> None:
    """Write one vector file."""
    FOLDER.mkdir(exist_ok=True)
    head = {"origin": ORIGIN, "generator": f"vectors/generate/{generator}"}
    (FOLDER / name).write_text(json.dumps(head | document, indent=1) + "\n", "ascii")
