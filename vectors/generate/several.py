"""Write vectors/response/{request,several}.json: requests, and what responses say together.

Usage: python vectors/generate/several.py
"""

from __future__ import annotations

from answers import (
    AS_OF,
    LOG_ORIGIN,
    NOW,
    OTHER_STAMP,
    RECORD_LEAF,
    REVOCATION_LEAF,
    STAMP,
    changed,
    found,
    log_of,
    payload,
    prove,
    revoked,
    seal,
    without,
    write,
)
from directory import Json, ada, mallory
from log import mth
from proofs import checkpoint
from signed_json import certify, derive, envelope, identity, pem, text

# --- responses together -------------------------------------------------------------------------

LATER, EARLIER = "2026-05-25T00:00:00.000000Z", "2026-04-01T00:00:00.000000Z"


def forked() -> Json:
    """Show a log of the same name and size, by the same key, with another past."""
    entries = log_of((3, RECORD_LEAF), size=5)
    entries[0] = b"rewritten"
    return changed(found(as_of=LATER), "record.inclusion", prove(entries, 3, ada.log))


def denied(size: int, origin: str = LOG_ORIGIN) -> Json:
    """Deny the stamp that the record is about, over a log of some size."""
    entries = log_of((3, RECORD_LEAF), size=size)
    head = checkpoint(origin, size, mth(entries), ada.log)
    return payload("none", checkpoint=head, as_of=LATER)


def together() -> list[tuple[str, list[Json], list[str | None], Json]]:
    unknown = {"revocation": "unchecked", "as_of": None, "since": None}
    since = {**REVOCATION_LEAF, "since": "2026-04-01T00:00:00.000000Z"}

    def standing(as_of: str) -> Json:
        return {"revocation": "not_revoked", "as_of": as_of, "since": None}

    gone = {"revocation": "revoked", "as_of": REVOCATION_LEAF["revoked"], "since": None}
    found_, revoked_, refused = seal(found()), seal(revoked()), seal(payload())
    newer, older = seal(found(as_of=LATER)), seal(found(as_of=EARLIER))
    other = seal(payload(stamp_id=OTHER_STAMP, as_of=EARLIER))
    bad = seal(found(as_of=LATER), mallory)
    return [
        ("one", [found_], [None], standing(AS_OF)),
        ("the newer one counts", [found_, newer], ["superseded", None], standing(LATER)),
        ("in either order", [newer, found_], [None, "superseded"], standing(LATER)),
        ("given twice", [found_, found_], [None], standing(AS_OF)),
        (
            "a revocation outranks a newer answer that it belies",
            [revoked_, newer],
            [None, "contradicted"],
            gone,
        ),
        ("a revocation outranks an older answer", [older, revoked_], ["superseded", None], gone),
        (
            "a revocation with since",
            [seal(revoked(leaf=since))],
            [None],
            {**gone, "since": since["since"]},
        ),
        (
            "found outranks refused",
            [seal(payload(as_of=LATER)), found_],
            ["superseded", None],
            standing(AS_OF),
        ),
        (
            "a log that holds the record belies none",
            [seal(denied(6)), found_],
            ["contradicted", None],
            standing(AS_OF),
        ),
        (
            "a log from before the record does not",
            [seal(denied(3)), found_],
            ["superseded", None],
            standing(AS_OF),
        ),
        (
            "nor does another log",
            [seal(denied(6, LOG_ORIGIN[:-2] + "ff")), found_],
            ["superseded", None],
            standing(AS_OF),
        ),
        ("two pasts of one log", [found_, seal(forked())], ["forked", "forked"], unknown),
        ("about two stamps", [found_, other], [None, None], standing(AS_OF)),
        ("a faulty one changes nothing", [found_, bad], [None, "key"], standing(AS_OF)),
        ("refused alone", [refused], [None], unknown),
        ("none alone", [seal(denied(3))], [None], unknown),
        ("nothing", [], [], unknown),
    ]


# --- requests -----------------------------------------------------------------------------------

REQUEST = {
    "type": "provenance.request.1",
    "stamp_id": STAMP,
    "part": "public",
    "issued": AS_OF,
    **dict.fromkeys(("recipient", "case", "legal_basis", "purpose", "requester")),
}
ACCOUNT = {**REQUEST, "part": "account", "case": "44/26", "purpose": "find the sender"}


def requests() -> list[Json]:
    person = derive("requester")
    chain = [certify("Police", person)]
    read = [
        ("as a browser writes it", envelope(REQUEST, None, None)),
        ("with the producer's name", envelope({**REQUEST, "recipient": "Ada Images"}, None, None)),
        ("signed", envelope(REQUEST, chain, person)),
        ("for the account", envelope(ACCOUNT, chain, person)),
    ]
    refused = [
        ("an unknown part", {**REQUEST, "part": "all"}),
        ("the account without case", {**ACCOUNT, "case": None}),
        ("the account without purpose", {**ACCOUNT, "purpose": None}),
        ("an empty name", {**REQUEST, "recipient": ""}),
        ("a name of white space", {**REQUEST, "recipient": "\u3000 "}),
        ("a case of 1,025 characters", {**REQUEST, "case": "x" * 1025}),
        ("a control in a text", {**REQUEST, "case": "a\u0007b"}),
        ("a text that turns the line around", {**REQUEST, "case": "a\u202eb"}),
        ("a no-break space", {**REQUEST, "case": "a\u00a0b"}),
        ("a number for a text", {**REQUEST, "case": 44}),
        ("a day that is not", {**REQUEST, "issued": "2026-02-30T00:00:00.000000Z"}),
        ("a short stamp id", {**REQUEST, "stamp_id": STAMP[:-1]}),
        ("a picture's digest with it", {**REQUEST, "sha256": "0" * 64}),
        ("a key is missing", without(REQUEST, "requester")),
    ]
    return [
        *(
            {
                "name": name,
                "file": text(file),
                "expected": {
                    "read": True,
                    "part": file["payload"]["part"],
                    "sha256": identity(file["payload"]),
                    "holds": file["signature"] is not None,
                },
            }
            for name, file in read
        ),
        *(
            {
                "name": name,
                "file": text(envelope(given, None, None)),
                "expected": {"read": False, "code": "request"},
            }
            for name, given in refused
        ),
    ]


# --- writing


def several_document() -> Json:
    return {
        "directory": text(ada.file()),
        "signer": pem(ada.chain),
        "now": NOW,
        "cases": [
            {
                "name": name,
                "files": list(map(text, files)),
                "faults": faults,
                "status": status,
            }
            for name, files, faults, status in together()
        ],
    }


if __name__ == "__main__":
    write("request.json", "several.py", {"cases": requests()})
    write("several.json", "several.py", several_document())
