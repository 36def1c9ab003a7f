"""Write vectors/response/response.json: responses that are read, with their faults, and others.

Usage: python vectors/generate/response.py
"""

from __future__ import annotations

from typing import Any

from answers import (
    AFTER_END,
    BEFORE_END,
    DIRECTORIES,
    DISCLOSED,
    NOW,
    OTHER_STAMP,
    RECORD_LEAF,
    REVOCATION_LEAF,
    STAMP,
    TOLD,
    account,
    changed,
    ed,
    found,
    log_of,
    none,
    p384,
    payload,
    prove,
    revoked,
    seal,
    without,
    write,
)
from cryptography import x509
from directory import Json, ada, babel, mallory, numbers_root
from signed_json import base64_of, digest_of, identity, pem, text

# --- responses that are read --------------------------------------------------------------------

Given = tuple[str, Json, list[str], str | None]
FORGED_RECORD = {**RECORD_LEAF, "created": "2026-01-30T11:59:30.000000Z"}
LATE, TOO_LATE = "2026-06-01T13:00:00.000000Z", "2026-06-01T13:00:00.000001Z"


def unsigned_log(given: Json) -> Json:
    """Take the signature lines off the checkpoint."""
    place = given["record"]["inclusion"]
    return changed(
        given, "record.inclusion.checkpoint", place["checkpoint"].partition("\n\n")[0] + "\n"
    )


def good() -> list[Given]:
    told = found(account=account(TOLD))
    more = ["ada, more keys"]
    return [
        ("found", seal(found()), ["ada"], None),
        ("found, and revoked", seal(revoked()), ["ada"], None),
        ("none", seal(none()), ["ada"], None),
        ("refused", seal(payload()), ["ada"], None),
        ("an account told", seal(told, disclosed=DISCLOSED), ["ada"], None),
        ("an account taken out", seal(told), ["ada"], None),
        ("an account refused", seal(found(account=account(None, "no order"))), ["ada"], None),
        ("answers a request", seal(found(request="ab" * 32)), ["ada"], None),
        ("by a P-384 key", seal(found(), key=p384), more, None),
        ("by an Ed25519 key", seal(found(), key=ed), more, None),
        ("the key's last moment", seal(payload()), ["ada, response key until"], None),
        ("the key's first moment", seal(payload()), ["ada, response key from"], None),
        (
            "before the producer was revoked",
            seal(payload(as_of=BEFORE_END)),
            ["ada, revoked"],
            None,
        ),
        ("an hour ahead", seal(payload(as_of=LATE)), ["ada"], None),
        ("two log keys", seal(found()), ["ada, two log keys"], None),
        ("another lists the number", seal(found()), ["mallory, same number", "ada"], None),
        ("another has the name", seal(found()), ["twin", "ada"], None),
        ("an authority lists it, too", seal(found()), ["ada", "authority, Ada"], None),
        ("refused, and no log key", seal(payload()), ["ada, no log key"], None),
    ]


def faulty() -> list[Given]:
    forged = seal(found())
    forged["payload"] = found(as_of="2026-05-21T09:30:00.000000Z")
    unsigned = {**seal(found()), "signature": None}
    other_log, by_other = found(mallory), seal(found(), mallory)
    wrong_proof = changed(found(), "record.inclusion.index", 2)
    half = revoked()
    half["revocation"]["inclusion"] = prove(log_of((3, RECORD_LEAF)), 5, ada.log)
    foreign = revoked()
    foreign["revocation"] = revoked(babel)["revocation"]
    forged_leaf = changed(found(), "record.leaf", FORGED_RECORD)
    own = ["ada"]
    return [
        ("not signed", unsigned, own, "unsigned"),
        ("changed since", forged, own, "signature"),
        ("no directory", seal(found()), [], "number_unknown"),
        ("a directory of others", seal(found()), ["babel"], "number_unknown"),
        ("by another's key", by_other, own, "key"),
        ("by a key for logs", seal(found(), key=ada.log), own, "key"),
        ("by the key that signs manifests", seal(found(), key=ada.key), own, "key"),
        ("no keys are bound", seal(found()), ["ada, no keys"], "key"),
        (
            "an authority gave the number to another",
            seal(found()),
            ["ada", "authority, number of another"],
            "key",
        ),
        (
            "after the key's end",
            seal(payload(as_of=AFTER_END)),
            ["ada, response key until"],
            "key_lapsed",
        ),
        (
            "before the key",
            seal(payload(as_of=BEFORE_END)),
            ["ada, response key from"],
            "key_lapsed",
        ),
        ("at the producer's revocation", seal(payload()), ["ada, revoked"], "producer_revoked"),
        ("more than an hour ahead", seal(payload(as_of=TOO_LATE)), own, "future"),
        ("another's log", seal(other_log), own, "log_key"),
        ("a log without signature", seal(unsigned_log(found())), own, "log_key"),
        ("no log key is bound", seal(found()), ["ada, no log key"], "log_key"),
        ("none, in another's log", seal(none(babel)), own, "log_key"),
        ("revoked in another's log", seal(foreign), own, "log_key"),
        ("the log key had ended", seal(found()), ["ada, log key until"], "log_key_lapsed"),
        ("another place in the log", seal(wrong_proof), own, "log"),
        ("another record", seal(forged_leaf), own, "log"),
        ("a revocation that the log does not hold", seal(half), own, "log"),
        ("two producers list the key", seal(none()), ["ada", "mallory, same keys"], "key_shared"),
        ("not signed, and unknown", unsigned, [], "unsigned"),
        ("changed, and unknown", forged, [], "signature"),
        (
            "a key that had ended, and another record",
            seal(changed(forged_leaf, "as_of", AFTER_END)),
            ["ada, response key until"],
            "key_lapsed",
        ),
        ("ahead of time, in another's log", seal({**other_log, "as_of": TOO_LATE}), own, "future"),
        (
            "another's log, and another record",
            seal(changed(other_log, "record.leaf", FORGED_RECORD)),
            own,
            "log_key",
        ),
    ]


# --- responses that are not read ----------------------------------------------------------------


def malformed() -> list[tuple[str, str]]:
    """Each differs in one thing from one that is read; all are signed as they are."""
    told = found(account=account(TOLD))
    other_leaf = {**RECORD_LEAF, "stamp_id": OTHER_STAMP}
    changes: list[tuple[str, Json]] = [
        ("another type", payload(type="provenance.response.2")),
        ("an unknown outcome", payload("perhaps", reason="x")),
        ("found without record", payload("found")),
        ("found with a reason", found(reason="x")),
        ("found with a checkpoint", found(checkpoint=none()["checkpoint"])),
        ("none without checkpoint", payload("none")),
        ("none with a reason", none(reason="x")),
        ("refused without reason", payload(reason=None)),
        ("refused with an empty reason", payload(reason="")),
        ("refused with a record", payload(record=found()["record"])),
        ("none with a revocation", none(revocation=revoked()["revocation"])),
        ("refused with an account", payload(account=account(TOLD))),
        ("a record of another stamp", found(leaf=other_leaf)),
        (
            "a revocation of another stamp",
            revoked(leaf={**REVOCATION_LEAF, "stamp_id": OTHER_STAMP}),
        ),
        ("a revocation as record", changed(found(), "record.leaf", REVOCATION_LEAF)),
        ("a record as revocation", changed(revoked(), "revocation.leaf", RECORD_LEAF)),
        ("another manifest", changed(found(), "record.manifest", base64_of(b"another store"))),
        ("a manifest that is not base64", changed(found(), "record.manifest", "a b")),
        ("an index below 0", changed(found(), "record.inclusion.index", -1)),
        ("an index that is true", changed(found(), "record.inclusion.index", True)),
        ("65 hashes", changed(found(), "record.inclusion.proof", ["00" * 32] * 65)),
        ("a hash of 31 bytes", changed(found(), "record.inclusion.proof", ["00" * 31])),
        ("a hash in capitals", changed(found(), "record.inclusion.proof", ["AA" * 32])),
        ("a checkpoint that is none", changed(found(), "record.inclusion.checkpoint", "x\n")),
        ("a leaf with a key too many", changed(found(), "record.leaf", {**RECORD_LEAF, "x": 1})),
        (
            "a leaf's time to the second",
            changed(found(), "record.leaf", {**RECORD_LEAF, "created": "2026-01-31T11:59:30Z"}),
        ),
        ("a time in another zone", payload(as_of="2026-05-20T11:30:00.000000+02:00")),
        ("a time to the second", payload(as_of="2026-05-20T09:30:00Z")),
        ("a stamp id in capitals", payload(stamp_id=STAMP.upper()[:-1] + "F")),
        ("a stamp id of 25 digits", payload(stamp_id=STAMP + "0")),
        ("a request that is no digest", payload(request="44/26")),
        ("a key is missing", without(payload(), "account")),
        ("an unknown key", payload(note="x")),
        ("an account told and refused", found(account=account(TOLD, "no"))),
        ("an account neither told nor refused", found(account=account(None))),
        ("an account without case", changed(told, "account.case", None)),
    ]
    files: list[tuple[str, Any]] = [(name, seal(given)) for name, given in changes]
    files += [
        ("disclosed without an account", seal(found(), disclosed=DISCLOSED)),
        ("disclosed, and refused", seal(found(account=account(None, "no")), disclosed=DISCLOSED)),
        ("a short salt", seal(told, disclosed={**DISCLOSED, "salt": "5a"})),
        ("a pseudonym in capitals", seal(told, disclosed={**DISCLOSED, "pseudonym": "C3" * 16})),
        ("without the key disclosed", without(seal(found()), "disclosed")),
        ("an unknown key beside", {**seal(found()), "note": "x"}),
    ]
    return [(name, text(file)) for name, file in files]


# --- writing


def expect(name: str, file: Json, fault: str | None, directories: list[str]) -> Json:
    given = file["payload"]
    named = {"ada": "Ada Images", "authority, Ada": "Ada Images plc"}
    unbound = ("unsigned", "signature", "number_unknown", "key", "key_shared")
    last = "authority, Ada" if "authority, Ada" in directories else "ada"
    nameless = fault in unbound or "twin" in directories
    block = file["signature"]
    first = block and x509.load_pem_x509_certificate(block["certificates"].encode())
    return {
        "name": name,
        "file": text(file),
        "directories": directories,
        "expected": {
            "read": True,
            "stamp_id": given["stamp_id"],
            "outcome": given["outcome"],
            "as_of": given["as_of"],
            "sha256": identity(given),
            "fault": fault,
            "producer": None if nameless else named[last],
            "signer_sha256": first and digest_of(first),
        },
    }


def response_document() -> Json:
    read = [*good(), *faulty()]
    return {
        "directories": {name: text(file) for name, file in DIRECTORIES.items()},
        "directory_anchors": [pem([numbers_root])],
        "now": NOW,
        "cases": [
            *(expect(name, file, fault, files) for name, file, files, fault in read),
            *(
                {
                    "name": name,
                    "file": file,
                    "directories": ["ada"],
                    "expected": {"read": False, "code": "response"},
                }
                for name, file in malformed()
            ),
        ],
    }


if __name__ == "__main__":
    write("response.json", "response.py", response_document())
