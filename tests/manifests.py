"""Manifests written by hand, box by box: what others sign and the SDK does not write.

Each is signed as C2PA says, by a key of the test's own, and lies in a PNG. What is put into it, and
around it, is up to the test.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding

from provenance.certificates import load_pem_chain
from provenance.containers import png
from provenance.signers import Signer

Value = Mapping[Any, Any] | Iterable[Any] | str | bytes | int | bool | None

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/composite"
CREATED = {
    "action": "c2pa.created",
    "when": "2026-11-29T10:00:00Z",
    "softwareAgent": {"name": "lab-net", "version": "9"},
    "digitalSourceType": GENERATED,
}
"""What a generator states of a picture."""

_TYPE_END = bytes.fromhex("00110010800000aa00389b71")  # what follows the four letters of a type
_REQUESTABLE = 3  # toggles of a description: it has a label, by which it can be referred to


@dataclass(frozen=True)
class Assertion:
    """An assertion; the signer stands for one that is ``created``."""

    label: str
    data: Value
    created: bool = True


def actions(*each: Mapping[str, Any], created: bool = True, **more: Value) -> Assertion:
    """The list of what was done."""
    return Assertion("c2pa.actions.v2", {"actions": list(each), **more}, created)


def urn(number: int) -> str:
    """The URN of a manifest."""
    return f"urn:c2pa:{UUID(int=number, version=4)}"


def write_manifest(
    signer: Signer,
    picture: bytes,
    *assertions: Assertion,
    number: int = 1,
    bound: bool = True,
    around: int = 0,
    algorithm: str | None = "sha256",
    left_out: tuple[int, int] | None = None,
) -> bytes:
    """The superbox of one manifest in a PNG, where it shares the store with so many bytes.

    It is ``bound`` to the picture's bytes, or to none; those from one place to another may be
    ``left_out``. ``algorithm`` is what the claim names for all its hashes.
    """
    size = 0
    for _ in range(3):  # until the store's length, which it states itself, is the one that it has
        stated = [*assertions, Assertion("c2pa.hash.data", _bind(picture, size, left_out))]
        made = _write(signer, stated if bound else assertions, urn(number), algorithm)
        size = len(write_store(made)) + around
    return made


def write_store(*manifests: bytes) -> bytes:
    """The store of these superboxes, the active manifest last."""
    return superbox(b"c2pa", "c2pa", *manifests)


def put(picture: bytes, store: bytes) -> bytes:
    """The PNG with the store in it."""
    return png.insert(picture, store, None)


def sign_by_hand(
    signer: Signer, picture: bytes, *assertions: Assertion, bound: bool = True
) -> bytes:
    """The PNG with one manifest that states this."""
    return put(picture, write_store(write_manifest(signer, picture, *assertions, bound=bound)))


def box(kind: bytes, content: bytes) -> bytes:
    """One box."""
    return struct.pack(">I4s", 8 + len(content), kind) + content


def superbox(kind: bytes, label: str, *boxes: bytes) -> bytes:
    """A box of boxes, with its description."""
    described = kind + _TYPE_END + bytes([_REQUESTABLE]) + label.encode() + b"\0"
    return box(b"jumb", box(b"jumd", described) + b"".join(boxes))


def insert_box(superbox_: bytes, added: bytes, *path: int, at: int = 1) -> bytes:
    """Put a box among those of a superbox; ``path`` leads to a superbox within it."""
    boxes = list(split(superbox_[8:]))
    if path:
        boxes[path[0]] = insert_box(boxes[path[0]], added, *path[1:], at=at)
    else:
        boxes.insert(at, added)
    return box(b"jumb", b"".join(boxes))


def encode_cbor(value: Value) -> bytes:
    """CBOR (RFC 8949) of what JSON knows, and of bytes."""
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case Mapping():
            pairs = b"".join(encode_cbor(k) + encode_cbor(v) for k, v in value.items())
            return _head(5, len(value)) + pairs
    items = [encode_cbor(each) for each in value]
    return _head(4, len(items)) + b"".join(items)


def _write(
    signer: Signer, assertions: Iterable[Assertion], label: str, algorithm: str | None
) -> bytes:
    numbers: dict[str, int] = {}
    boxes: list[bytes] = []
    links: dict[bool, list[Value]] = {True: [], False: []}
    for each in assertions:
        seen = numbers[each.label] = numbers.get(each.label, 0) + 1
        name = each.label if seen == 1 else f"{each.label}__{seen - 1}"
        boxes.append(superbox(b"cbor", name, box(b"cbor", encode_cbor(each.data))))
        address = f"self#jumbf=c2pa.assertions/{name}"
        digest = hashlib.sha256(boxes[-1][8:]).digest()
        links[each.created].append({"url": address, "hash": digest})
    claim = {
        "instanceID": "xmp:iid:00000000-0000-4000-8000-000000000001",
        "claim_generator_info": {"name": "lab", "version": "1", "specVersion": "2.2.0"},
        "signature": f"self#jumbf=/c2pa/{label}/c2pa.signature",
        "created_assertions": links[True],
        **({"gathered_assertions": links[False]} if links[False] else {}),
        **({"alg": algorithm} if algorithm else {}),
    }
    signed = encode_cbor(claim)
    return superbox(
        b"c2ma",
        label,
        superbox(b"c2as", "c2pa.assertions", *boxes),
        superbox(b"c2cl", "c2pa.claim.v2", box(b"cbor", signed)),
        superbox(b"c2cs", "c2pa.signature", box(b"cbor", _sign(signer, signed))),
    )


def _bind(picture: bytes, store_size: int, left_out: tuple[int, int] | None) -> Value:
    chunk = {"start": png.HEADER_END, "length": store_size + 12}
    first, last = left_out or (len(picture), len(picture))
    if first < png.HEADER_END:
        ranges = [{"start": first, "length": last - first + chunk["length"]}]
    else:
        more = {"start": first + chunk["length"], "length": last - first}
        ranges = [chunk, more] if left_out else [chunk]
    return {
        "exclusions": ranges,
        "name": "jumbf manifest",
        "alg": "sha256",
        "hash": hashlib.sha256(picture[:first] + picture[last:]).digest(),
        "pad": bytes(6 - len(_head(0, chunk["length"]))),
    }


def _sign(signer: Signer, payload: bytes) -> bytes:
    """A COSE_Sign1 (RFC 9052) with the payload left out, by ES256."""
    chain = [c.public_bytes(Encoding.DER) for c in load_pem_chain(signer.certificate_chain)]
    protected = encode_cbor({1: -7, 33: chain if len(chain) > 1 else chain[0]})
    signature = signer.sign(encode_cbor(["Signature1", protected, b"", payload]))
    return b"\xd2" + encode_cbor([protected, {}, None, _as_numbers(signature)])


def _as_numbers(signature: bytes) -> bytes:
    """An ES256 signature as COSE has it: two numbers of 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    if len(signature) == 64:
        return signature
    return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signature))


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    for code, width in ((24, 1), (25, 2), (26, 4)):
        if number < 1 << 8 * width:
            return bytes([kind << 5 | code]) + number.to_bytes(width, "big")
    raise ValueError(number)


def split(boxes: bytes) -> Iterable[bytes]:
    """The boxes of a sequence."""
    at = 0
    while at < len(boxes):
        size = int.from_bytes(boxes[at : at + 4], "big")
        yield boxes[at : at + size]
        at += size
