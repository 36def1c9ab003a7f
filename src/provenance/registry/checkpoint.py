"""Checkpoints: the log's head as text that anyone can keep, signed when the site has a log key.

The format is C2SP's tlog-checkpoint in a signed-note (c2sp.org/tlog-checkpoint, /signed-note), so
that existing witnesses and monitors read it. The signing key's name is the log's origin. A log
without a key gives the same text without signature lines. That proves nothing to a third party, but
a verifier still sees whether the log extends the one that it met before.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from provenance.errors import LogIntegrityError
from provenance.registry.log import EMPTY_ROOT, HASH_BYTES, MAX_SIZE, verify_consistency

if TYPE_CHECKING:  # cryptography is slow to import, and only signed logs need it
    from provenance.signers import LogKey, LogPublicKey

MAX_SIGNATURES = 100
"""Signed-note asks readers to take at least 16."""

MAX_NOTE_BYTES = 2**20
"""Room for all signatures, also post-quantum ones, of which each has up to 5 kB."""

ED25519 = b"\x01"
"""Signed-note's type of an Ed25519 signature over the note, as logs make it."""

KEY_ID_BYTES = 4
"""What signed-note gives a key's identifier."""

_SIGNATURE_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<data>[A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: who signed, with which key, and the signature itself."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a signed note."""
        return f"— {self.name} {encode_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class Checkpoint:
    """A log's head: the log's name, its number of entries, and the Merkle root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    signatures: tuple[NoteSignature, ...] = ()

    @classmethod
    def empty(cls, origin: str) -> Checkpoint:
        """Return the head of a log that has no entries yet, which every state of it extends."""
        return cls(origin, 0, EMPTY_ROOT)

    @property
    def body(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), encode_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @property
    def text(self) -> str:
        """The whole note, to keep or to publish; ``parse`` reads it back."""
        if not self.signatures:
            return self.body
        return self.body + "\n" + "".join(signature.line for signature in self.signatures)

    def sign(self, key: LogKey) -> Checkpoint:
        """Return the checkpoint with the log's own signature added."""
        signature = key.sign(self.body.encode())
        own = NoteSignature(self.origin, derive_key_id(self.origin, key.public), signature)
        return replace(self, signatures=(*self.signatures, own))

    def verify(self, key: LogPublicKey) -> None:
        """Check the log's signature.

        Raises
        ------
        LogIntegrityError
            No signature is by this key, or one that names this key is wrong.
        """
        for signature in self.require_key(key):
            if not key.verify(self.body.encode(), signature.signature):
                raise LogIntegrityError(f"The checkpoint of {self.origin} has a forged signature.")

    def require_key(self, key: LogPublicKey) -> list[NoteSignature]:
        """Return the signatures that name the log's key, without verifying them.

        Raises
        ------
        LogIntegrityError
            There are none.
        """
        wanted = derive_key_id(self.origin, key)
        own = [s for s in self.signatures if (s.name, s.key_id) == (self.origin, wanted)]
        if not own:
            raise LogIntegrityError(
                f"The checkpoint of {self.origin} is not signed by the log's key."
            )
        return own

    @classmethod
    def parse(cls, note: str | bytes) -> Checkpoint:
        """Read a checkpoint without verifying its signatures.

        Raises
        ------
        LogIntegrityError
            The text is not a checkpoint.
        """
        body, separator, signed = _decode(note).partition("\n\n")
        if separator:
            body += "\n"
        lines = _split_lines(body)
        if len(lines) < 3 or not all(lines):
            raise LogIntegrityError("The checkpoint is malformed: it needs origin, size and root.")
        if not _SIZE.fullmatch(lines[1]) or int(lines[1]) > MAX_SIZE:
            raise LogIntegrityError("The checkpoint is malformed: its second line is not a size.")
        root = decode_base64(lines[2])
        if len(root) != HASH_BYTES:
            raise LogIntegrityError(
                "The checkpoint is malformed: its third line is not a root hash."
            )
        signatures = _parse_signatures(_split_lines(signed)) if separator else ()
        return cls(lines[0], int(lines[1]), root, tuple(lines[3:]), signatures)


def derive_key_id(name: str, key: LogPublicKey, kind: bytes = ED25519) -> bytes:
    """Derive the four bytes that tell a name's keys apart: an identifier, not a proof."""
    return hashlib.sha256(name.encode() + b"\n" + kind + key.raw).digest()[:KEY_ID_BYTES]


def check_extends(seen: Checkpoint, present: Checkpoint, proof: Sequence[bytes]) -> None:
    """Check that a log still holds everything it held when ``seen`` was kept.

    Raises
    ------
    LogIntegrityError
        It is another log, it shrank, or its past was rewritten.
    """
    if seen.origin != present.origin:
        raise LogIntegrityError(
            f"This is the log {present.origin}, not {seen.origin} that was seen before."
        )
    verify_consistency(seen.size, present.size, proof, seen.root, present.root)


def _decode(note: str | bytes) -> str:
    """Turn the note into text without control characters, within bounds."""
    if len(note) > MAX_NOTE_BYTES:
        raise LogIntegrityError(f"The checkpoint is malformed: over {MAX_NOTE_BYTES} bytes.")
    try:
        text = note.decode() if isinstance(note, bytes) else note
        text.encode()
    except UnicodeError as error:
        raise LogIntegrityError("The checkpoint is malformed: it is not UTF-8 text.") from error
    if _CONTROL.search(text):
        raise LogIntegrityError("The checkpoint is malformed: it has control characters.")
    return text


def _split_lines(text: str) -> list[str]:
    if not text.endswith("\n"):
        raise LogIntegrityError("The checkpoint is malformed: its last line does not end.")
    return text[:-1].split("\n")


def _parse_signatures(lines: list[str]) -> tuple[NoteSignature, ...]:
    if len(lines) > MAX_SIGNATURES:
        raise LogIntegrityError(f"The checkpoint has over {MAX_SIGNATURES} signatures.")
    found = []
    for line in lines:
        match = _SIGNATURE_LINE.fullmatch(line)
        data = decode_base64(match["data"]) if match else b""
        if not match or len(data) <= KEY_ID_BYTES:
            raise LogIntegrityError("The checkpoint is malformed: it has a bad signature line.")
        found.append(NoteSignature(match["name"], data[:KEY_ID_BYTES], data[KEY_ID_BYTES:]))
    return tuple(found)


def encode_base64(data: bytes) -> str:
    """Spell bytes as C2SP's formats do."""
    return base64.b64encode(data).decode()


def decode_base64(text: str) -> bytes:
    """Read bytes back.

    Raises
    ------
    LogIntegrityError
        It is not base64, or not as we would spell it.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise LogIntegrityError("The checkpoint is malformed: it has broken base64.") from error
    if encode_base64(data) != text:
        raise LogIntegrityError("The checkpoint is malformed: its base64 is not canonical.")
    return data
