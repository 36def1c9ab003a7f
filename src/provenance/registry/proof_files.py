"""Proofs as files that others read: C2SP's tlog-proof, and the request that witnesses take.

A *proof of inclusion* holds the entry's place, the hashes that lead to the root, and the
checkpoint. Its line ``extra`` holds the entry itself, which the format leaves to the application::

    c2sp.org/tlog-proof@v1
    extra BASE64
    index 5
    BASE64 (one line per hash)

    CHECKPOINT

A *proof of consistency* is the body of tlog-witness's ``add-checkpoint``: the size of the older
state, the hashes, and the newer checkpoint::

    old 3
    BASE64 (one line per hash)

    CHECKPOINT
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from provenance.errors import LogIntegrityError
from provenance.registry.checkpoint import (
    MAX_NOTE_BYTES,
    Checkpoint,
    check_extends,
    decode_base64,
    encode_base64,
)
from provenance.registry.leaf import MAX_LEAF_BYTES
from provenance.registry.log import MAX_PROOF_HASHES, MAX_SIZE, hash_leaf, verify_inclusion

MAX_PROOF_BYTES = MAX_NOTE_BYTES + 2 * MAX_LEAF_BYTES + 2**12
"""A checkpoint with all signatures, an entry in base64, and the hashes."""

_FIRST = "c2sp.org/tlog-proof@v1"
_OLD_PREFIX = b"old "
_NUMBER = "(0|[1-9][0-9]{0,18})"
_INDEX = re.compile(f"index {_NUMBER}")
_OLD = re.compile(f"old {_NUMBER}")


@dataclass(frozen=True)
class InclusionProof:
    """A proof that the log of ``checkpoint`` holds an entry at ``index``."""

    entry: bytes
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    @property
    def text(self) -> str:
        """The file; ``parse`` reads it back."""
        head = [_FIRST, f"extra {encode_base64(self.entry)}", f"index {self.index}"]
        return _join([*head, *map(encode_base64, self.hashes)], self.checkpoint)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a proof without verifying anything.

        Raises
        ------
        LogIntegrityError
            It is not such a file, or it lacks the entry.
        """
        lines, checkpoint = _split(data)
        if not lines or lines.pop(0) != _FIRST:
            raise LogIntegrityError(f"The proof is malformed: it does not begin with {_FIRST}.")
        entry = b""
        if lines and lines[0].startswith("extra "):
            entry = decode_base64(lines.pop(0).removeprefix("extra "))
        index = _read_number(_INDEX, lines)
        return cls(entry, index, _read_hashes(lines), checkpoint)

    def verify(self) -> None:
        """Check that the hashes lead from the entry to the root that the checkpoint names.

        Raises
        ------
        LogIntegrityError
            They do not.
        """
        if not self.entry:
            raise LogIntegrityError("The proof does not carry the entry that it is about.")
        head = self.checkpoint
        verify_inclusion(hash_leaf(self.entry), self.index, head.size, self.hashes, head.root)


@dataclass(frozen=True)
class ConsistencyProof:
    """A proof that the log of ``checkpoint`` extends its own state of ``old`` entries."""

    old: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    @property
    def text(self) -> str:
        """The file; ``parse`` reads it back."""
        return _join([f"old {self.old}", *map(encode_base64, self.hashes)], self.checkpoint)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a proof without verifying anything.

        Raises
        ------
        LogIntegrityError
            It is not such a file.
        """
        lines, checkpoint = _split(data)
        return cls(_read_number(_OLD, lines), _read_hashes(lines), checkpoint)

    def verify(self, seen: Checkpoint) -> None:
        """Check that the checkpoint extends one that was seen before.

        Raises
        ------
        LogIntegrityError
            It does not, or the proof is about another state.
        """
        if seen.size != self.old:
            raise LogIntegrityError(
                f"The proof starts at {self.old} entries, and the checkpoint seen before has "
                f"{seen.size}; get a proof from there."
            )
        check_extends(seen, self.checkpoint, self.hashes)


def parse_proof(data: bytes) -> InclusionProof | ConsistencyProof:
    """Read a proof of either kind.

    Raises
    ------
    LogIntegrityError
        It is neither.
    """
    if data.startswith(_OLD_PREFIX):
        return ConsistencyProof.parse(data)
    return InclusionProof.parse(data)


def _join(lines: list[str], checkpoint: Checkpoint) -> str:
    return "".join(f"{line}\n" for line in lines) + "\n" + checkpoint.text


def _split(data: bytes) -> tuple[list[str], Checkpoint]:
    if len(data) > MAX_PROOF_BYTES:
        raise LogIntegrityError(f"The proof is malformed: over {MAX_PROOF_BYTES} bytes.")
    head, separator, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise LogIntegrityError("The proof is malformed: it is not text.") from error
    if not separator or not all(lines):
        raise LogIntegrityError("The proof is malformed: no checkpoint follows an empty line.")
    return lines, Checkpoint.parse(note)


def _read_number(pattern: re.Pattern[str], lines: list[str]) -> int:
    """Take the line with the number off the front."""
    match = pattern.fullmatch(lines.pop(0)) if lines else None
    if match is None or int(match[1]) > MAX_SIZE:
        raise LogIntegrityError("The proof is malformed: it lacks the place in the log.")
    return int(match[1])


def _read_hashes(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > MAX_PROOF_HASHES:
        raise LogIntegrityError(f"A proof of {len(lines)} hashes is longer than any log needs.")
    return tuple(map(decode_base64, lines))
