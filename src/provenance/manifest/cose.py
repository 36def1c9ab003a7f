"""The signer's certificates inside a manifest store, which the SDK uses but does not hand out.

The signature is CBOR (RFC 8949) in the shape of COSE (RFC 9052), with the chain under header 33
(RFC 9360). Only what C2PA writes is read; anything else, and anything large or deep, is a
``ValueError``.
"""

from __future__ import annotations

from typing import Any

from provenance.manifest import jumbf

MAX_DEPTH = 8
"""Levels of items within items. C2PA's signatures have four, with time stamps and revocation
lists."""

MAX_ITEMS = 1000
"""CBOR items. A signature with all its headers has fewer than fifty."""

_REVOCATION, _OCSP = "rVals", "ocspVals"  # header with revocation information, and what is in it
_PADDING = ("pad", "pad2")  # headers that only take room
_SIGN1_TAG = b"\xd2"  # COSE_Sign1 (RFC 9052), which may be left out

X5CHAIN = 33
"""Number of the header that holds the certificate chain (RFC 9360)."""


def read_certificate_chain(store: bytes, urn: str) -> tuple[bytes, ...]:
    """Return the DER certificates, leaf first, that came with the signature of a manifest.

    Raises
    ------
    ValueError
        The store does not have exactly one such manifest and signature.
    """
    return _find_chain(_signature(store, urn))


def _signature(store: bytes, urn: str) -> list[Any]:
    manifest = jumbf.find_manifest(store, urn)
    box = jumbf.find_superbox(manifest, "c2pa.signature")
    signature = decode_cbor(jumbf.find_box(box, b"cbor"))
    if not isinstance(signature, list) or len(signature) != 4:
        raise ValueError("not a COSE_Sign1")
    return signature


def read_time_stamps(store: bytes, urn: str) -> tuple[bytes, ...]:
    """Return the RFC 3161 tokens, or whole answers, that came with the signature of a manifest.

    Raises
    ------
    ValueError
        There are none, or the store does not have exactly one such signature.
    """
    unprotected = _signature(store, urn)[1]
    headers = unprotected if isinstance(unprotected, dict) else {}
    found = [headers[label] for label in ("sigTst", "sigTst2") if label in headers]
    tokens = found[0].get("tstTokens") if len(found) == 1 and isinstance(found[0], dict) else None
    values = [token.get("val") for token in tokens or () if isinstance(token, dict)]
    stamps = tuple(value for value in values if isinstance(value, bytes))
    if not stamps or len(stamps) != len(values):
        raise ValueError("no time stamps")
    return stamps


def read_revocation_values(store: bytes, urn: str) -> tuple[bytes, ...]:
    """Return the OCSP responses that came with the signature of a manifest; none if malformed.

    Raises
    ------
    ValueError
        The store does not have exactly one such signature.
    """
    unprotected = _signature(store, urn)[1]
    values = unprotected.get(_REVOCATION) if isinstance(unprotected, dict) else None
    listed = values.get(_OCSP) if isinstance(values, dict) else None
    return tuple(each for each in listed if isinstance(each, bytes)) if listed else ()


def staple(store: bytes, urn: str, answer: bytes) -> bytes:
    """Put an OCSP response next to the signature of a manifest, where there is padding.

    No signature covers the place, and no byte of the store moves.

    Raises
    ------
    ValueError
        There is not enough padding, or the store does not have exactly one such signature.
    """
    box = jumbf.find_box(
        jumbf.find_superbox(jumbf.find_manifest(store, urn), "c2pa.signature"), b"cbor"
    )
    protected, unprotected, payload, signature = _signature(store, urn)
    if not isinstance(unprotected, dict) or store.count(box) != 1:
        raise ValueError("no headers that can be added to")
    headers = {key: value for key, value in unprotected.items() if key not in _PADDING}
    headers[_REVOCATION] = {_OCSP: [answer]}
    tag = box[:1] if box[:1] == _SIGN1_TAG else b""

    def write(**padding: bytes) -> bytes:
        return tag + encode_cbor([protected, headers | padding, payload, signature])

    missing = len(box) - len(write(pad=b""))
    for padding in ({"pad": bytes(max(0, missing - head))} for head in range(3)):
        if len(made := write(**padding)) == len(box):
            return store.replace(box, made)
    raise ValueError("not enough padding")


def encode_cbor(value: Any) -> bytes:
    """Encode what ``decode_cbor`` decodes.

    Raises
    ------
    ValueError
        It is of another kind.
    """
    match value:
        case None | bool():
            return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
        case int():
            return _encode_head(0, value) if value >= 0 else _encode_head(1, -1 - value)
        case bytes():
            return _encode_head(2, len(value)) + value
        case str():
            return _encode_head(3, len(value.encode())) + value.encode()
        case list():
            return _encode_head(4, len(value)) + b"".join(map(encode_cbor, value))
        case dict():
            pairs = (encode_cbor(each) for pair in value.items() for each in pair)
            return _encode_head(5, len(value)) + b"".join(pairs)
    raise ValueError("not CBOR")


def _encode_head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    code = next(code for code in range(4) if number < 1 << (8 << code))
    return bytes([kind << 5 | 24 + code]) + number.to_bytes(1 << code, "big")


def decode_cbor(data: bytes, most: int = MAX_ITEMS) -> Any:
    """Decode one CBOR item, which may hold at most so many.

    Integers, strings, arrays, maps, tags (left out) and simple values are known.

    Raises
    ------
    ValueError
        It is malformed, too large or too deep, holds anything else, or is followed by more bytes.
    """
    reader = _Cbor(data, most)
    value = reader.item(0)
    if reader.at != len(data):
        raise ValueError("bytes after the CBOR item")
    return value


def _find_chain(signature: list[Any]) -> tuple[bytes, ...]:
    protected, unprotected = signature[:2]
    signed = decode_cbor(protected) if isinstance(protected, bytes) and protected else {}
    for headers in (signed, unprotected):
        for label in (X5CHAIN, "x5chain"):
            chain = headers.get(label) if isinstance(headers, dict) else None
            if chain is not None:
                ders = chain if isinstance(chain, list) else [chain]
                if not all(isinstance(der, bytes) for der in ders):
                    raise ValueError("a certificate is not bytes")
                return tuple(ders)
    raise ValueError("no certificate chain")


class _Cbor:
    """A reader over CBOR bytes that counts what it reads."""

    def __init__(self, data: bytes, most: int) -> None:
        self.data = data
        self.at = 0
        self.left = most

    def item(self, depth: int) -> Any:
        self.left -= 1
        if depth > MAX_DEPTH or self.left < 0:
            raise ValueError("too much CBOR")
        kind, short = divmod(self._take(1)[0], 32)
        if kind == 7:
            return self._simple(short)
        number = self._number(short)
        match kind:
            case 0:
                return number
            case 1:
                return -1 - number
            case 2:
                return self._take(number)
            case 3:
                return self._take(number).decode()
            case 4:
                return [self.item(depth + 1) for _ in range(number)]
            case 5:
                return self._map(number, depth)
        return self.item(depth + 1)  # a tag says how to read what follows; COSE needs no help

    def _map(self, pairs: int, depth: int) -> dict[int | str, Any]:
        result: dict[int | str, Any] = {}
        for _ in range(pairs):
            key = self.item(depth + 1)
            if not isinstance(key, int | str) or key in result:
                raise ValueError("an unusable map key")
            result[key] = self.item(depth + 1)
        return result

    def _number(self, short: int) -> int:
        if short < 24:
            return short
        if short > 27:
            raise ValueError("indefinite or reserved CBOR length")
        return int.from_bytes(self._take(1 << (short - 24)), "big")

    def _simple(self, short: int) -> bool | None:
        values = {20: False, 21: True, 22: None, 23: None}
        if short not in values:
            raise ValueError("a CBOR float or unknown simple value")
        return values[short]

    def _take(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) != count:
            raise ValueError("the CBOR ends early")
        self.at += count
        return taken
