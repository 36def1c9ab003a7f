"""The frozen cases of vectors/log."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from provenance.records import StampRecord
from provenance.registry.checkpoint import Checkpoint, NoteSignature, derive_key_id
from provenance.registry.leaf import encode_leaf
from provenance.registry.log import (
    Frontier,
    hash_leaf,
    prove_consistency,
    prove_inclusion,
    verify_consistency,
    verify_inclusion,
)
from provenance.signers import LogKey, LogPublicKey

FOLDER = Path(__file__).parents[3] / "vectors" / "log"


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("ascii"))


@pytest.fixture(scope="module")
def tree() -> Any:
    return load("tree.json")


def hashes(texts: list[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(text) for text in texts)


def test_roots(tree: Any) -> None:
    frontier = Frontier()
    roots = [frontier.root]
    for leaf in hashes(tree["leaves"]):
        frontier, _ = frontier.append(hash_leaf(leaf))
        roots.append(frontier.root)
    assert tuple(roots) == hashes(tree["roots"])


@pytest.fixture(scope="module")
def nodes(tree: Any) -> dict[tuple[int, int], bytes]:
    stored: dict[tuple[int, int], bytes] = {}
    frontier = Frontier()
    for leaf in hashes(tree["leaves"]):
        frontier, new = frontier.append(hash_leaf(leaf))
        stored |= {(node.level, node.position): node.hash for node in new}
    return stored


def test_inclusion_proofs(tree: Any, nodes: dict[tuple[int, int], bytes]) -> None:
    roots, leaves = hashes(tree["roots"]), hashes(tree["leaves"])
    for case in tree["inclusion"]:
        index, size, proof = case["index"], case["size"], hashes(case["proof"])
        assert prove_inclusion(index, size, lambda *node: nodes[node]) == proof
        verify_inclusion(hash_leaf(leaves[index]), index, size, proof, roots[size])


def test_consistency_proofs(tree: Any, nodes: dict[tuple[int, int], bytes]) -> None:
    roots = hashes(tree["roots"])
    for case in tree["consistency"]:
        old, new, proof = case["old"], case["new"], hashes(case["proof"])
        assert prove_consistency(old, new, lambda *node: nodes[node]) == proof
        verify_consistency(old, new, proof, roots[old], roots[new])


def test_published_note() -> None:
    note = load("checkpoint.json")["note"]
    public = LogPublicKey(bytes.fromhex(note["public_key"]))
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(note["seed"]))
    signature = NoteSignature(
        note["name"], derive_key_id(note["name"], public), key.sign(note["text"].encode())
    )
    assert signature.line == note["line"]


def test_specified_checkpoint() -> None:
    case = load("checkpoint.json")["specified"]
    checkpoint = Checkpoint.parse(case["text"])
    assert (checkpoint.origin, checkpoint.size) == (case["log"], case["size"])
    assert checkpoint.root == bytes.fromhex(case["root"])
    assert checkpoint.text == case["text"]


def test_own_checkpoint() -> None:
    case = load("checkpoint.json")["own"]
    key = LogKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(case["seed"])))
    checkpoint = Checkpoint(case["log"], case["size"], bytes.fromhex(case["root"])).sign(key)
    assert checkpoint.text == case["text"]
    Checkpoint.parse(case["text"]).verify(LogPublicKey(bytes.fromhex(case["public_key"])))


def test_leaf() -> None:
    case = load("leaf.json")
    times = {name: datetime.fromisoformat(case["record"][name]) for name in ("created", "recorded")}
    record = StampRecord(**case["record"] | times)
    leaf = encode_leaf(record, bytes.fromhex(case["store"]))
    assert leaf.decode() == case["leaf"]
    assert hash_leaf(leaf).hex() == case["leaf_hash"]
