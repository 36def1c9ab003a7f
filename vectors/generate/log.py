"""Write vectors/log: ``python vectors/generate/log.py``.

Imports nothing of provenance. The Merkle hashes are computed here straight from the recursive
definitions of RFC 6962, section 2.1, and compared with the values other projects publish; the leaf
is spelled by hand; Ed25519 is that of the ``cryptography`` package.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FOLDER = Path(__file__).resolve().parent.parent / "log"

# --- published by others -----------------------------------------------------------------------

# transparency-dev/merkle (Apache-2.0), testonly/constants.go: LeafInputs and RootHashes. The same
# eight leaves have served Certificate Transparency implementations since 2013.
LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# The same project, proof/verify_test.go; (index or old size, size) -> proof, indices from 0.
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
# golang.org/x/mod/sumdb/note (BSD-3-Clause), package documentation: key, text and signed note.
NOTE_SEED = (
    "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # after PRIVATE+KEY+PeterNeumann+c74f20a3+
)
NOTE_VERIFIER = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"  # after PeterNeumann+c74f20a3+
NOTE_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE_LINE = (
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# c2sp.org/tlog-checkpoint (CC BY 4.0), the example; its public key is not given.
SPECIFIED_CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)

# --- RFC 6962, section 2.1, word for word -------------------------------------------------------


def mth(leaves: list[bytes]) -> bytes:
    """Merkle Tree Hash."""
    n = len(leaves)
    if n == 0:
        return hashlib.sha256().digest()
    if n == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = split(n)
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """Merkle audit path of leaf m."""
    n = len(leaves)
    if n == 1:
        return []
    k = split(n)
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], known: bool) -> list[bytes]:
    """Merkle consistency proof of the first m leaves; PROOF(m, D) is subproof(m, D, True)."""
    n = len(leaves)
    if m == n:
        return [] if known else [mth(leaves)]
    k = split(n)
    if m <= k:
        return [*subproof(m, leaves[:k], known), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def split(n: int) -> int:
    """Find the largest power of two smaller than n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def tree() -> dict[str, object]:
    leaves = [bytes.fromhex(leaf) for leaf in LEAVES]
    roots = [mth(leaves[:n]).hex() for n in range(len(leaves) + 1)]
    inclusion = {
        (m, n): [item.hex() for item in path(m, leaves[:n])]
        for n in range(1, len(leaves) + 1)
        for m in range(n)
    }
    consistency = {
        (m, n): [item.hex() for item in subproof(m, leaves[:n], True)]
        for n in range(1, len(leaves) + 1)
        for m in range(1, n + 1)
    }
    assert roots == ROOTS
    assert all(inclusion[case] == proof for case, proof in INCLUSION.items())
    assert all(consistency[case] == proof for case, proof in CONSISTENCY.items())
    return {
        "origin": "leaves, roots and eight of the proofs: transparency-dev/merkle; the other "
        "proofs: computed by vectors/generate/log.py from RFC 6962, section 2.1",
        "leaves": LEAVES,
        "roots": roots,
        "inclusion": [
            {"index": m, "size": n, "proof": proof} for (m, n), proof in inclusion.items()
        ],
        "consistency": [
            {"old": m, "new": n, "proof": proof} for (m, n), proof in consistency.items()
        ],
    }


# --- checkpoints --------------------------------------------------------------------------------


def signature_line(name: str, key: Ed25519PrivateKey, text: str) -> str:
    public = key.public_key().public_bytes_raw()
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    return f"— {name} {base64.b64encode(key_id + key.sign(text.encode())).decode()}\n"


def checkpoints() -> dict[str, object]:
    seed = base64.b64decode(NOTE_SEED)[1:]  # the first byte says Ed25519
    peter = Ed25519PrivateKey.from_private_bytes(seed)
    assert peter.public_key().public_bytes_raw() == base64.b64decode(NOTE_VERIFIER)[1:]
    assert signature_line("PeterNeumann", peter, NOTE_TEXT) == NOTE_LINE

    own_seed = bytes(range(32))
    own = Ed25519PrivateKey.from_private_bytes(own_seed)
    origin = "unlisted.provenance/log/000102030405060708090a0b0c0d0e0f"
    body = f"{origin}\n8\n{base64.b64encode(bytes.fromhex(ROOTS[8])).decode()}\n"
    return {
        "origin": "note: golang.org/x/mod/sumdb/note, package documentation; specified: the "
        "example of c2sp.org/tlog-checkpoint; own: computed by vectors/generate/log.py",
        "note": {
            "name": "PeterNeumann",
            "public_key": peter.public_key().public_bytes_raw().hex(),
            "seed": seed.hex(),
            "text": NOTE_TEXT,
            "line": NOTE_LINE,
        },
        "specified": {
            "text": SPECIFIED_CHECKPOINT,
            "log": "example.com/behind-the-sofa",
            "size": 20852163,
            "root": "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62",
        },
        "own": {
            "log": origin,
            "size": 8,
            "root": ROOTS[8],
            "seed": own_seed.hex(),
            "public_key": own.public_key().public_bytes_raw().hex(),
            "text": f"{body}\n{signature_line(origin, own, body)}",
        },
    }


# --- the leaf of a record -----------------------------------------------------------------------

RECORD = {
    "stamp_id": "180000100f1234567890abcd",
    "manifest_urn": "urn:c2pa:6d1f3d7e-0b3c-4b0f-9f0a-0d9c7a1f2e3d",
    "producer": 524289,
    "producer_name": 'Beispiel "KI" \u00c4\u4f8b\U0001f5bc',
    "model": "example-diffusion",
    "model_version": "3\t\u0001",
    "model_number": 7,
    "created": "2026-01-31T11:59:30.000000Z",
    "recorded": "2026-01-31T12:00:00.250000Z",
    "sha256": hashlib.sha256(b"file").hexdigest(),
    "format": "PNG",
    "pdq": hashlib.sha256(b"pdq").hexdigest(),
    "pdq_quality": 100,
    "lattice": "lattice:1:16x12:AAECAw",
    "parent": None,
}
STORE = b"a manifest store"
# Spelled by hand: keys in order, no spaces, only what JSON must escape escaped.
LEAF = (
    '{"created":"2026-01-31T11:59:30.000000Z","format":"PNG","lattice":"lattice:1:16x12:AAECAw",'
    '"manifest_urn":"urn:c2pa:6d1f3d7e-0b3c-4b0f-9f0a-0d9c7a1f2e3d","model":"example-diffusion",'
    '"model_number":7,"model_version":"3\\t\\u0001","parent":null,'
    f'"pdq":"{RECORD["pdq"]}","pdq_quality":100,"producer":524289,'
    '"producer_name":"Beispiel \\"KI\\" \u00c4\u4f8b\U0001f5bc",'
    f'"recorded":"2026-01-31T12:00:00.250000Z","sha256":"{RECORD["sha256"]}",'
    '"stamp_id":"180000100f1234567890abcd",'
    f'"store_sha256":"{hashlib.sha256(STORE).hexdigest()}","type":"provenance.record.1"}}'
)


def leaf() -> dict[str, object]:
    return {
        "origin": "spelled by hand in vectors/generate/log.py",
        "record": RECORD,
        "store": STORE.hex(),
        "leaf": LEAF,
        "leaf_hash": hashlib.sha256(b"\x00" + LEAF.encode()).hexdigest(),
    }


if __name__ == "__main__":
    for name, content in (("tree", tree()), ("checkpoint", checkpoints()), ("leaf", leaf())):
        text = json.dumps(content, indent=1, ensure_ascii=True)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="ascii")
        print(f"vectors/log/{name}.json")
