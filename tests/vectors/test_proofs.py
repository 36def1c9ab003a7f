"""Canonical JSON, envelopes, log entries, proofs and checkpoints: this library agrees."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from provenance.canonical import to_canonical_json
from provenance.certificates import encode_public_key, hash_certificate
from provenance.errors import ConfigError, LogIntegrityError, RegistryError, RequestError
from provenance.registry import Checkpoint, encode_leaf, encode_revocation, leaf, revocation
from provenance.registry.cosignature import find_cosignatures
from provenance.registry.log import hash_leaf, verify_consistency, verify_inclusion
from provenance.registry.proof_files import InclusionProof
from provenance.registry.vkey import VerifierKey
from provenance.response import read_request
from provenance.strict_json import SchemaError, parse

VECTORS = Path(__file__).resolve().parents[2] / "vectors"


def load(name: str) -> Any:
    return json.loads((VECTORS / name).read_text("ascii"))


def named(name: str, key: str = "cases") -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", load(name)[key], ids=lambda case: case["name"])


@named("envelope/canonical.json")
def test_canonical_json(case: dict[str, Any]) -> None:
    try:
        spelled = to_canonical_json(parse(case["text"].encode())).hex()
    except (SchemaError, ValueError):
        spelled = None
    assert spelled == case["canonical"]


@named("envelope/envelope.json")
def test_envelope(case: dict[str, Any]) -> None:
    expected = case["expected"]
    data = case["file"].encode()
    if not expected["read"]:
        with pytest.raises(RequestError):
            read_request(data)
        return
    sealed = read_request(data).sealed
    assert sealed is not None
    leaf = sealed.chain[0] if sealed.chain else None
    assert expected == {
        "read": True,
        "holds": sealed.holds,
        "sha256": sealed.sha256,
        "certificate_sha256": hash_certificate(leaf) if leaf else None,
        "spki_sha256": hashlib.sha256(encode_public_key(leaf)).hexdigest() if leaf else None,
    }


@named("log/entries.json")
def test_entry(case: dict[str, Any]) -> None:
    given, store = case["leaf"], bytes.fromhex(case["store"])
    kind = given.get("type") if isinstance(given, dict) else None
    try:
        if kind == "provenance.revocation.1":
            entry = encode_revocation(revocation.read_revocation_leaf(given))
        else:
            entry = encode_leaf(leaf.read_leaf(given, store), store)
    except RegistryError:
        assert case["entry"] is None
        return
    assert entry.hex() == case["entry"]
    assert hash_leaf(entry).hex() == case["leaf_hash"]


@named("log/proofs.json", "inclusion")
def test_inclusion(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(each) for each in case["proof"]]
    leaf_hash, root = bytes.fromhex(case["leaf_hash"]), bytes.fromhex(case["root"])
    assert (
        holds(verify_inclusion, leaf_hash, case["index"], case["size"], proof, root)
        == (case["holds"])
    )


@named("log/proofs.json", "consistency")
def test_consistency(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(each) for each in case["proof"]]
    roots = bytes.fromhex(case["old_root"]), bytes.fromhex(case["new_root"])
    assert holds(verify_consistency, case["old"], case["new"], proof, *roots) == case["holds"]


def holds(verify: Any, *given: Any) -> bool:
    try:
        verify(*given)
    except LogIntegrityError:
        return False
    return True


NOTES = load("log/notes.json")
LOG, WITNESS = VerifierKey.of_log(NOTES["log_key"]), VerifierKey.of_witness(NOTES["witness_key"])


@named("log/notes.json")
def test_note(case: dict[str, Any]) -> None:
    expected = case["expected"]
    if not expected["read"]:
        with pytest.raises(LogIntegrityError):
            Checkpoint.parse(case["note"])
        return
    head = Checkpoint.parse(case["note"])
    assert expected == {
        "read": True,
        "log": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        "signed": holds(head.verify, LOG.key),
        "cosigned": find_cosignature(head),
    }


def find_cosignature(head: Checkpoint) -> int | str | None:
    try:
        found = find_cosignatures(head, [WITNESS])
    except LogIntegrityError:
        return "witness.forged"
    return int(found[0].time.timestamp()) if found else None


@named("log/files.json")
def test_proof_file(case: dict[str, Any]) -> None:
    expected, data = case["expected"], case["file"].encode()
    if not expected["read"]:
        with pytest.raises(LogIntegrityError):
            InclusionProof.parse(data)
        return
    proof = InclusionProof.parse(data)
    assert holds(proof.verify) == expected["holds"]
    if "index" in expected:
        assert (proof.index, proof.entry.hex()) == (expected["index"], expected["entry"])
        assert proof.checkpoint.text == expected["checkpoint"]


def test_keys_of_logs() -> None:
    assert base64.b64encode(LOG.key.spki).decode() == NOTES["log_spki"]
    for text in NOTES["refused_keys"]:
        with pytest.raises(ConfigError):
            VerifierKey.of_log(text)
