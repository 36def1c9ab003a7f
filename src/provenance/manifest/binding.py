"""The hard binding of a manifest: which bytes of a file the signed hash covers.

C2PA ties a manifest to a file in three ways: by ranges of bytes, by boxes of its container, or by
boxes of an ISO media file. Each says in its own words what is not hashed; here all of it is spans.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.containers import OTHER, Span, bmff, find_container, jpeg, png
from provenance.manifest import cose, jumbf
from provenance.manifest.report import as_mapping, as_mappings

DATA, BOXES, BMFF = "c2pa.hash.data", "c2pa.hash.boxes", "c2pa.hash.bmff"
"""How the labels of the three hard bindings begin; a version may follow."""

MAX_ITEMS = 100_000
"""CBOR items of a hard binding. One with a hash for each of 10,000 segments has 60,000."""

MAX_EXCLUSIONS = 200
"""Exclusions of a hard binding, to bound the time. The most that are known are twenty."""

_INDEX = re.compile(r"\[\d+\]")  # in the path of a box: which of several
_STORE, _SIGNATURE = "C2PA", "PNGh"  # how box hashes call the store, and a PNG's first bytes
_HASHES = ("sha256", "sha384", "sha512")  # C2PA's, by the names that hashlib has


def read_binding(manifest: bytes) -> tuple[str, Mapping[str, Any]]:
    """Return label and content of the one hard binding of a manifest, given its superbox.

    Raises
    ------
    ValueError
        There is none, or there are several, or it can't be read.
    """
    assertions = jumbf.find_superbox(manifest, "c2pa.assertions")
    labels = [label.decode("utf-8", "replace") for label in jumbf.list_labels(assertions)]
    found = [label for label in labels if label.startswith((DATA, BOXES, BMFF))]
    if len(found) != 1:
        raise ValueError(f"{len(found)} hard bindings")
    box = jumbf.find_box(jumbf.find_superbox(assertions, found[0]), b"cbor")
    return found[0], as_mapping(cose.decode_cbor(box, MAX_ITEMS))


def find_unknown_hash(manifest: bytes) -> str | None:
    """Return the algorithm of a claim's hashes if C2PA has no such one: nobody can check them then.

    Raises
    ------
    ValueError
        The claim can't be read.
    """
    labels = [each.decode("utf-8", "replace") for each in jumbf.list_labels(manifest)]
    label = next((each for each in labels if each.startswith("c2pa.claim")), "")
    box = jumbf.find_box(jumbf.find_superbox(manifest, label), b"cbor")
    name = as_mapping(cose.decode_cbor(box, MAX_ITEMS)).get("alg")
    return name if isinstance(name, str) and name not in _HASHES else None


def holds_as_stated(label: str, binding: Mapping[str, Any], data: bytes) -> bool:
    """Tell whether a hash over ranges of bytes is that of the file, whatever it leaves out.

    Validators refuse a range that is not the manifest's or metadata's, and say the same of it as of
    a file that was changed.

    Raises
    ------
    ValueError
        The binding can't be read.
    """
    if not label.startswith(DATA) or (name := binding.get("alg", _HASHES[0])) not in _HASHES:
        return False
    found, last = hashlib.new(str(name)), 0
    for span in sorted(find_spans(label, binding, data), key=lambda each: each.start):
        found.update(memoryview(data)[last : max(last, span.start)])
        last = max(last, span.end)
    found.update(memoryview(data)[last:])
    return found.digest() == binding.get("hash")


def find_spans(label: str, binding: Mapping[str, Any], data: bytes) -> Iterator[Span]:
    """Yield the bytes of a file that a hard binding leaves out.

    Raises
    ------
    ValueError
        The binding can't be read, or is not of such a file.
    CorruptImageError
        The file can't be walked over.
    """
    listed = as_mappings(binding.get("exclusions"))
    if len(listed) > MAX_EXCLUSIONS:
        raise ValueError("too many exclusions")
    if label.startswith(DATA):
        for each in listed:
            yield _clip(0, _read_number(each, "start"), _read_number(each, "length"), len(data))
    elif label.startswith(BMFF):
        for each in listed:
            yield from _find_in_boxes(each, data)
    else:
        yield from _find_in_segments(as_mappings(binding.get("boxes")), data)


def _clip(base: int, start: int, length: int, end: int) -> Span:
    first = min(base + start, end)
    return Span(first, min(length, end - first))


def _read_number(stated: Mapping[str, Any], key: str) -> int:
    number = stated.get(key)
    if type(number) is not int or number < 0:
        raise ValueError(f"no {key}")
    return number


def _find_in_boxes(exclusion: Mapping[str, Any], data: bytes) -> Iterator[Span]:
    """Find what an exclusion of an ISO media file's boxes leaves out.

    Of its conditions only two are checked, without which the manifest's own box is not told from
    those of others. So more may be named than is left out, and never less.
    """
    wanted = _INDEX.sub("", str(exclusion.get("xpath")))
    length, parts = exclusion.get("length"), as_mappings(exclusion.get("subset"))
    path: list[bytes] = []
    for piece in bmff.walk(data):
        path[piece.depth :] = [piece.kind]
        if wanted != "/" + b"/".join(path).decode("latin-1"):
            continue
        box = piece.read(data)
        if (length and length != len(box)) or not _holds(box, exclusion):
            continue
        for part in parts or ({"offset": 0, "length": len(box)},):
            offset, size = _read_number(part, "offset"), _read_number(part, "length")
            yield _clip(piece.start, offset, size or len(box), piece.end)


def _holds(box: bytes, exclusion: Mapping[str, Any]) -> bool:
    """Tell whether a box has the content that an exclusion asks for."""
    return all(
        box[at : at + len(value)] == value
        for each in as_mappings(exclusion.get("data"))
        if isinstance(value := each.get("value"), bytes) and type(at := each.get("offset")) is int
    )


def _find_in_segments(boxes: list[Mapping[str, Any]], data: bytes) -> Iterator[Span]:
    """Find what a box hash leaves out of a JPEG or PNG: whole boxes, or bytes within them.

    Its boxes are the file's, in order. What belongs to none is left out too, such as whatever was
    appended to the picture.
    """
    units, at = _list_units(data), 0
    for box in boxes:
        names = box.get("names")
        if not isinstance(names, list) or not names:
            raise ValueError("a box hash of no boxes")
        if at == 0 and data.startswith(png.SIGNATURE) and names[0] != _SIGNATURE:
            at = 1  # not all signers list it
        own = units[at : at + len(names)] or units[-1:]  # the boxes of all scans are one
        at += len(names)
        if names == [_STORE] or box.get("excluded") is True:
            yield Span(own[0].start, own[-1].end - own[0].start)
            continue
        for part in as_mappings(box.get("exclusions")):
            index = _read_number(part, "boxIndex") if "boxIndex" in part else 0
            if index >= len(own):
                raise ValueError("an exclusion in no box")
            first, length = _read_number(part, "start"), _read_number(part, "length")
            yield _clip(own[index].start, first, length, own[index].end)
    yield from _find_gaps(units[:at], len(data))


def _find_gaps(units: list[Span], end: int) -> Iterator[Span]:
    last = 0
    for unit in units:
        yield Span(last, unit.start - last)
        last = unit.end
    yield Span(last, end - last)


def _list_units(data: bytes) -> list[Span]:
    """List what a box hash calls boxes: a store is one, and so is a JPEG from its first scan on.

    Raises
    ------
    ValueError
        The file is of another kind.
    """
    container = find_container(data)
    if container not in (jpeg, png):
        raise ValueError("a box hash of another kind of file")
    stores = container.list_store_pieces(data)
    units = []
    for piece in container.walk(data):
        end = stores[-1].end if piece in stores else piece.end
        if container is jpeg and piece.kind == jpeg.SCAN:
            end = jpeg.find_end(data, piece.start)
        if (piece.kind != OTHER or not piece.start) and piece not in stores[1:]:
            units.append(Span(piece.start, end - piece.start))
    return units
