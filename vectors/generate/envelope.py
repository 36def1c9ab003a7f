"""Write vectors/envelope: canonical JSON, and signed files. Nothing of provenance is imported.

Usage: python vectors/generate/envelope.py
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from signed_json import (
    base64_of,
    canonical,
    certify,
    derive,
    digest_of,
    envelope,
    identity,
    sign,
    spki,
    text,
)

FOLDER = Path(__file__).resolve().parent.parent / "envelope"
GENERATOR = "vectors/generate/envelope.py"
REQUEST = {
    "type": "provenance.request.1",
    "stamp_id": "180001000712345678901234",
    "part": "public",
    "issued": "2026-06-01T12:00:00.000000Z",
    "recipient": "Ada Images",
    "case": "44/26",
    "legal_basis": "§ 100j StPO",
    "purpose": None,
    "requester": "Zoë 名 🖼",
}

# Spelled by hand, so that no library decides: text, and the canonical bytes or None.
CANONICAL: list[tuple[str, str, str | None]] = [
    ("order and white space", '{ "b" : 1,\n "a" : [ ] , "B":{} }', '{"B":{},"a":[],"b":1}'),
    (
        "keys by code point",
        '{"aa":1,"a":2,"a-":3,"Z":4,"_":5}',
        '{"Z":4,"_":5,"a":2,"a-":3,"aa":1}',
    ),
    (
        "nested",
        '{"x":{"d":1,"c":[{"b":null,"a":true}]}}',
        '{"x":{"c":[{"a":true,"b":null}],"d":1}}',
    ),
    (
        "escapes",
        r'"\"\\\/\b\f\n\r\t\u0001\u001F\u007f"',
        '"\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f"',
    ),
    ("letters stay", r'"\u00e4\u4f8b\ud83d\uddbc\u2028"', '"ä例🖼\u2028"'),
    ("not normalised", r'"e\u0301\u00e9"', '"e\u0301é"'),
    ("integers", "[0,-0,-5,9007199254740991]", "[0,0,-5,9007199254740991]"),
    ("a string", '"x"', '"x"'),
    ("null", " null ", "null"),
    ("a fraction", '{"a":1.0}', None),
    ("an exponent", '{"a":1e3}', None),
    ("a fraction, deep", '{"a":[{"b":[0.5]}]}', None),
    ("a key twice", '{"a":1,"a":1}', None),
    ("a key twice, spelled twice", r'{"a":1,"\u0061":2}', None),
    ("a key twice, deep", '[{"x":{"a":1,"b":2,"a":3}}]', None),
    ("a key that is not ASCII", '{"ä":1}', None),
    ("a lone surrogate", r'{"a":"\ud83d"}', None),
    ("a lone surrogate, second", r'{"a":"\uddbc x"}', None),
    ("not a number", '{"a":NaN}', None),
    ("infinite", '{"a":-Infinity}', None),
    ("not JSON", "{'a':1}", None),
    ("a comma too many", "[1,]", None),
    ("something behind", "{} {}", None),
    ("a line break in a string", '"a\nb"', None),
    ("nothing", "", None),
]


def canonical_cases() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "text": given,
            "canonical": None if spelled is None else spelled.encode().hex(),
        }
        for name, given, spelled in CANONICAL
    ]


def signed(kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sign the request with a key of one kind; return the file and what is to be found."""
    key = derive(f"envelope {kind}", kind)
    certificate = certify(f"Envelope {kind}", key)
    found = {
        "read": True,
        "holds": True,
        "sha256": identity(REQUEST),
        "certificate_sha256": digest_of(certificate),
        "spki_sha256": hashlib.sha256(spki(key)).hexdigest(),
    }
    return envelope(REQUEST, [certificate], key), found


def changed(file: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """Change values of the signature."""
    return {**file, "signature": {**file["signature"], **parts}}


def envelope_cases() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = []

    def add(name: str, given: str, found: dict[str, Any] | None) -> None:
        expected = found or {"read": False, "code": "request"}
        cases.append({"name": name, "file": given, "expected": expected})

    for kind in ("P-256", "P-384", "P-521", "Ed25519", "RSA-2048"):
        add(kind, text(signed(kind)[0]), signed(kind)[1]) if kind != "RSA-2048" else add_rsa(add)
    file, found = signed("P-256")
    fails = {**found, "holds": False}
    add("without white space", canonical(file).decode(), found)
    add("keys in another order", json.dumps(dict(reversed(file.items()))), found)
    add("letters escaped", json.dumps(file, ensure_ascii=True), found)
    other = {**file, "payload": {**REQUEST, "case": "45/26"}}
    add("changed since", text(other), {**fails, "sha256": identity(other["payload"])})
    by_other = envelope(
        REQUEST, [certify("Envelope P-256", derive("envelope P-256"))], derive("somebody else")
    )
    add("by another key", text(by_other), fails)
    raw = sign(derive("envelope P-256"), canonical(REQUEST))
    add("a signature cut short", text(changed(file, value=base64_of(raw[:-1]))), fails)
    add("a signature with more behind", text(changed(file, value=base64_of(raw + b"\0"))), fails)
    add("an empty signature", text(changed(file, value="")), fails)
    unsigned = {
        "read": True,
        "holds": False,
        "sha256": identity(REQUEST),
        "certificate_sha256": None,
        "spki_sha256": None,
    }
    add("not signed", text({**file, "signature": None}), unsigned)
    both = signed("Ed25519")[0]["signature"]["certificates"]
    add(
        "certificates behind the signer's",
        text(changed(file, certificates=file["signature"]["certificates"] + "text\n" + both)),
        found,
    )
    add(
        "another's certificate first",
        text(changed(file, certificates=both + file["signature"]["certificates"])),
        {**fails, **{k: signed("Ed25519")[1][k] for k in ("certificate_sha256", "spki_sha256")}},
    )
    add(
        "base64 with a line break",
        text(changed(file, value=base64_of(raw)[:40] + "\n" + base64_of(raw)[40:])),
        None,
    )
    add("base64 without padding", text(changed(file, value=base64_of(raw).rstrip("="))), None)
    add(
        "base64url", text(changed(file, value=base64_of(bytes([251]) * 64).replace("+", "-"))), None
    )
    add("no certificate", text(changed(file, certificates="")), None)
    add(
        "a broken certificate",
        text(changed(file, certificates=both.replace("MII", "MIJ", 1))),
        None,
    )
    add("the signature is a text", text({**file, "signature": "none"}), None)
    add("an unknown key", text({**file, "note": 1}), None)
    add("an unknown key in the signature", text(changed(file, algorithm="ES256")), None)
    add("an unknown key in the payload", text({**file, "payload": {**REQUEST, "more": None}}), None)
    add("a key is missing", text({k: v for k, v in file.items() if k != "signature"}), None)
    add("a number with a fraction", text(file).replace('"purpose": null', '"purpose": 1.0'), None)
    add(
        "a key twice",
        text(file).replace('"part": "public",', '"part": "public", "part": "public",'),
        None,
    )
    add(
        "another type", text({**file, "payload": {**REQUEST, "type": "provenance.request.2"}}), None
    )
    add("a list", "[]\n", None)
    return cases


def add_rsa(add: Any) -> None:
    """Keep the RSA case that is there: its key can't be derived."""
    path = FOLDER / "envelope.json"
    kept = json.loads(path.read_text()) if path.exists() else {"cases": []}
    known = [case for case in kept["cases"] if case["name"] == "RSA-2048"]
    if known:
        add("RSA-2048", known[0]["file"], known[0]["expected"])
        return
    key = derive("", "RSA-2048")
    certificate = certify("Envelope RSA", key)
    found = signed("P-256")[1] | {
        "certificate_sha256": digest_of(certificate),
        "spki_sha256": hashlib.sha256(spki(key)).hexdigest(),
    }
    add("RSA-2048", text(envelope(REQUEST, [certificate], key)), found)


def write(name: str, origin: str, cases: list[dict[str, Any]]) -> None:
    FOLDER.mkdir(exist_ok=True)
    document = {"origin": origin, "generator": GENERATOR, "cases": cases}
    (FOLDER / name).write_text(json.dumps(document, indent=1) + "\n", "ascii")


def main() -> None:
    write("canonical.json", "spelled by hand by RFC 8785", canonical_cases())
    write(
        "envelope.json",
        "docs/proof-format.md, signed by the Python package cryptography",
        envelope_cases(),
    )


if __name__ == "__main__":
    main()
