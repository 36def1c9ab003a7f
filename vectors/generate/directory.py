"""Write vectors/directory/directory.json: files that are read or refused, and who a number is.

Usage: python vectors/generate/directory.py

Nothing of provenance is imported.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from signed_json import (
    Chain,
    Key,
    base64_of,
    canonical,
    certify,
    derive,
    digest_of,
    envelope,
    pem,
    spki,
    text,
)

FOLDER = Path(__file__).resolve().parent.parent / "directory"
ISSUED, SINCE = "2026-05-01T00:00:00.000000Z", "2025-06-01T00:00:00.000000Z"
ADA, BABEL = 524289, 524290
Json = dict[str, Any]


def key_entry(use: str, key: Key, since: str = SINCE, until: str | None = None) -> Json:
    return {"use": use, "spki": base64_of(spki(key)), "valid_from": since, "valid_to": until}


def entry(name: str, number: int, binding: Json, keys: list[Json], **change: Any) -> Json:
    """Build one producer of a directory file of type 4."""
    return {
        "number": number,
        "name": name,
        "contact": "abuse@example.org",
        "binding": binding,
        "valid_from": SINCE,
        "valid_to": None,
        "revoked_at": None,
        "reason": None,
        "models": [{"number": 1, "name": "example-diffusion", "version": "3"}],
        "authority": None,
        "keys": keys,
        "own": None,
        "endpoint": None,
        **change,
    }


def payload(*producers: Json, issued: str = ISSUED, **change: Any) -> Json:
    return {
        "type": "provenance.directory.4",
        "issued": issued,
        "valid_until": None,
        "producers": list(producers),
        **change,
    }


class Producer:
    """A producer with its keys, which signs its own directory file."""

    def __init__(self, name: str, number: int) -> None:
        self.name, self.number = name, number
        self.key = derive(f"{name} signer")
        self.log, self.response = derive(f"{name} log", "Ed25519"), derive(f"{name} response")
        self.certificate = certify(name, self.key)

    @property
    def chain(self) -> Chain:
        return [self.certificate]

    @property
    def keys(self) -> list[Json]:
        return [key_entry("log", self.log), key_entry("response", self.response)]

    def entry(self, **change: Any) -> Json:
        binding = {"certificate": digest_of(self.certificate)}
        made = {"name": self.name, "number": self.number, "binding": binding, "keys": self.keys}
        return entry(**(made | change))

    def file(self, issued: str = ISSUED, **change: Any) -> Json:
        return envelope(payload(self.entry(**change), issued=issued), self.chain, self.key)


ada, babel = Producer("Ada Images", ADA), Producer("Babel Pictures", BABEL)
mallory = Producer("Mallory Pictures", ADA)
twin = Producer("ADA IMAGES, Inc.", BABEL + 5)


def authority(name: str) -> tuple[x509.Certificate, Key, Chain, Key]:
    """Return a root, its key, and the chain and key of somebody whom it certifies."""
    root_key, key = derive(f"{name} root"), derive(f"{name} office")
    root = certify(name, root_key, authority=True)
    return root, root_key, [certify(f"{name} office", key, (root, root_key))], key


numbers_root, numbers_key, numbers_chain, numbers_office = authority("Numbers")
other_root, _, other_chain, other_office = authority("Other numbers")
vetting_root, vetting_key, _, _ = authority("Vetting")


def by_authority(*producers: Json, issued: str = ISSUED) -> Json:
    return envelope(payload(*producers, issued=issued), numbers_chain, numbers_office)


def by_issuer(subject: str = "CN=Ada Images vectors,O=Ada Images", **change: Any) -> Json:
    """Bind what Ada's own authority issues; the file is signed with such a certificate."""
    root_key = derive("Ada authority")
    root = certify("Ada authority", root_key, authority=True)
    chain = [certify(ada.name, ada.key, (root, root_key)), root]
    binding = {"issuer": digest_of(root), "subject": subject}
    made = ada.entry(**{"binding": binding, "authority": pem([root]), **change})
    return envelope(payload(made), chain, ada.key)


def vetted(name: str) -> Json:
    """List Ada, signed with a certificate from the vetting authority for some name."""
    certificate = certify(name, ada.key, (vetting_root, vetting_key))
    binding = {"certificate": digest_of(certificate)}
    return envelope(payload(ada.entry(binding=binding)), [certificate], ada.key)


def out_of_date() -> Json:
    """Sign with a certificate that had run out when the file was issued."""
    past = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    certificate = certify(ada.name, ada.key, dates=past)
    binding = {"certificate": digest_of(certificate)}
    return envelope(payload(ada.entry(binding=binding)), [certificate], ada.key)


def older(version: int) -> Json:
    """List Ada as an older type of file does."""
    gone = {3: ("endpoint",), 2: ("endpoint", "keys", "own")}
    gone[1] = (*gone[2], "authority")
    made = {key: value for key, value in ada.entry().items() if key not in gone[version]}
    document = payload(made, type=f"provenance.directory.{version}")
    if version == 1:
        del document["valid_until"]
    return envelope(document, ada.chain, ada.key)


FILES: dict[str, tuple[Json, str | None]] = {
    "ada": (ada.file(), "self"),
    "babel": (babel.file(), "self"),
    "mallory, by Ada's number": (mallory.file(), "self"),
    "twin, by Ada's name": (twin.file(), "self"),
    "ada, with an address": (ada.file(endpoint="https://verify.example.org/ada"), "self"),
    "ada, newer": (
        ada.file(issued="2026-05-02T00:00:00.000000Z", contact="new@example.org"),
        "self",
    ),
    "ada, by issuer": (by_issuer(), "self"),
    "ada, vetted": (vetted("Ada Images"), "vetted"),
    "ada, vetted under another name": (vetted("Somebody Else"), "self"),
    "ada, type 3": (older(3), "self"),
    "ada, type 2": (older(2), "self"),
    "ada, type 1": (older(1), "self"),
    "ada, revoked": (
        ada.file(revoked_at="2026-04-01T00:00:00.000000Z", reason="the key was stolen"),
        "self",
    ),
    "an authority's": (by_authority(ada.entry(number=77), babel.entry(number=78)), "authority"),
    "an authority's, of Ada's number": (by_authority(mallory.entry(name="Mallory")), "authority"),
    "an authority's, with Ada's own word": (
        by_authority(ada.entry(number=77, name="Ada", own=ada.file())),
        "authority",
    ),
    "an authority's, of nobody": (by_authority(), "authority"),
    "another authority's": (
        envelope(payload(babel.entry(number=77)), other_chain, other_office),
        "authority",
    ),
    "not signed": ({**ada.file(), "signature": None}, None),
    "changed since": ({**ada.file(), "payload": payload(ada.entry(name="Adb Images"))}, None),
    "signed by another": (envelope(payload(ada.entry()), babel.chain, babel.key), None),
    "two entries, signed by one": (
        envelope(payload(ada.entry(), babel.entry()), ada.chain, ada.key),
        None,
    ),
    "nobody, by nobody of note": (envelope(payload(), ada.chain, ada.key), None),
    "out of date": (out_of_date(), None),
    "by issuer, another subject": (by_issuer("CN=Ada Images vectors"), None),
    "by issuer, another authority in it": (by_issuer(authority=pem([numbers_root])), None),
    "a number twice": (by_authority(ada.entry(number=77), babel.entry(number=77)), None),
    "the number 0": (ada.file(number=0), None),
    "a number of 21 bits": (ada.file(number=1 << 20), None),
    "no name": (ada.file(name=" "), None),
    "a name that turns the line around": (ada.file(name="Ada \u202eseg"), None),
    "a name of two lines": (ada.file(name="Ada\nImages"), None),
    "a name of 1,025 characters": (ada.file(name="x" * 1025), None),
    "revoked without reason": (ada.file(revoked_at=ISSUED), None),
    "a reason without time": (ada.file(reason="no"), None),
    "valid to before from": (ada.file(valid_to="2025-05-31T00:00:00.000000Z"), None),
    "a time without fractions": (ada.file(valid_from="2025-06-01T00:00:00Z"), None),
    "a binding of two kinds": (
        ada.file(binding={"certificate": "0" * 64, "issuer": "0" * 64, "subject": "CN=x"}),
        None,
    ),
    "a key twice": (ada.file(keys=[ada.keys[0], ada.keys[0]]), None),
    "a key for an unknown use": (ada.file(keys=[{**ada.keys[0], "use": "stamp"}]), None),
    "a key that is none": (ada.file(keys=[{**ada.keys[0], "spki": base64_of(b"key")}]), None),
    "65 keys": (
        ada.file(keys=[key_entry("log", derive(f"key {n}", "Ed25519")) for n in range(65)]),
        None,
    ),
    "a model number twice": (ada.file(models=[ada.entry()["models"][0]] * 2), None),
    "model number 0": (ada.file(models=[{"number": 0, "name": "x", "version": ""}]), None),
    "an address with a user": (ada.file(endpoint="https://user@example.org"), None),
    "an address with a query": (ada.file(endpoint="https://example.org/?a=b"), None),
    "another scheme": (ada.file(endpoint="ftp://example.org"), None),
    "an unknown key": (ada.file(note="x"), None),
    "a key of type 4 in type 3": (
        envelope(
            payload(ada.entry(endpoint=None), type="provenance.directory.3"), ada.chain, ada.key
        ),
        None,
    ),
    "another type": (
        envelope(payload(ada.entry(), type="provenance.directory.5"), ada.chain, ada.key),
        None,
    ),
    "own word by another": (
        by_authority(
            ada.entry(number=77, own=babel.file(keys=ada.keys, binding=ada.entry()["binding"]))
        ),
        None,
    ),
    "own word of other keys": (
        by_authority(ada.entry(number=77, keys=babel.keys, own=ada.file())),
        None,
    ),
    "own word that was changed": (
        by_authority(
            ada.entry(number=77, own={**ada.file(), "payload": payload(ada.entry(name="x"))})
        ),
        None,
    ),
}

# Files together: which entries count for a number, and whom a number names without a certificate.
TOGETHER: list[tuple[str, list[str], dict[int, list[str]] | None, dict[int, str | None]]] = [
    ("two that list themselves", ["ada", "babel"], {ADA: ["Ada Images"]}, {ADA: None}),
    (
        "two under one number",
        ["ada", "mallory, by Ada's number"],
        {ADA: ["Ada Images", "Mallory Pictures"]},
        {ADA: None},
    ),
    (
        "an authority's word on that number counts alone",
        ["ada", "mallory, by Ada's number", "an authority's, of Ada's number"],
        {ADA: ["Mallory"]},
        {ADA: None},
    ),
    (
        "assigned numbers name somebody",
        ["an authority's"],
        {77: ["Ada Images"], 78: ["Babel Pictures"], 79: []},
        {77: "Ada Images", 78: "Babel Pictures", 79: None},
    ),
    (
        "who lists itself takes no assigned number",
        ["an authority's", "ada"],
        {77: ["Ada Images"], ADA: ["Ada Images"]},
        {77: "Ada Images", ADA: None},
    ),
    ("a newer edition counts", ["ada", "ada, newer"], {ADA: ["Ada Images"]}, {ADA: None}),
    ("two authorities contradict", ["an authority's", "another authority's"], None, {}),
]

NAMES: list[tuple[str, str, bool]] = [
    ("Ada Images", "ADA  IMAGES, Inc.", True),
    ("Ada Images", "Ada-Images GmbH", True),
    ("Ada Images", "AdaImages", True),
    ("Ada Images", "Ada Image", False),
    ("Straße AG", "STRASSE", True),
    ("O'Neill", "O\u2019Neill Ltd.", True),
    ("Café S.A.", "cafe\u0301", True),
    ("Café", "Cafe", False),
    ("ＡＤＡ", "ada", True),
    ("Company", "Company Co.", True),
    ("Ltd", "Inc", False),
    ("Ада", "Aда", False),
]


def anchors() -> dict[str, str]:
    roots = {"numbers": numbers_root, "other numbers": other_root, "vetting": vetting_root}
    return {name: pem([root]) for name, root in roots.items()}


def describe(name: str, file: Json, standing: str | None) -> Json:
    expected: Json = {"read": False, "code": "directory"}
    if standing:
        first = x509.load_pem_x509_certificate(file["signature"]["certificates"].encode())
        expected = {
            "read": True,
            "standing": standing,
            "signer_sha256": digest_of(first),
            "entries": [[each["number"], each["name"]] for each in file["payload"]["producers"]],
        }
    return {"name": name, "file": text(file), "expected": expected}


def document() -> Json:
    return {
        "origin": "docs/proof-format.md, signed by the Python package cryptography",
        "generator": "vectors/generate/directory.py",
        "anchors": anchors(),
        "directory_anchors": ["numbers", "other numbers"],
        "name_anchors": ["vetting"],
        "files": [describe(name, *each) for name, each in FILES.items()],
        "together": [
            {
                "name": name,
                "files": files,
                "expected": {"usable": False, "code": "directory"}
                if counting is None
                else {
                    "usable": True,
                    "counting": [
                        {"number": n, "names": sorted(found)} for n, found in counting.items()
                    ],
                    "named": [{"number": n, "name": found} for n, found in named.items()],
                },
            }
            for name, files, counting, named in TOGETHER
        ],
        "names": [{"one": one, "other": other, "equal": equal} for one, other, equal in NAMES],
    }


def main() -> None:
    assert base64.b64decode(ada.keys[0]["spki"])[:4] == bytes.fromhex("302a3005")
    assert len(canonical(ada.file())) < 4096
    assert hashlib.sha256(spki(ada.log)).digest() != hashlib.sha256(spki(babel.log)).digest()
    FOLDER.mkdir(exist_ok=True)
    written = json.dumps(document(), indent=1) + "\n"
    (FOLDER / "directory.json").write_text(written, "ascii")


if __name__ == "__main__":
    main()
