"""A witness: it cosigns checkpoints of logs that only ever grow, and keeps the last one of each.

By C2SP's tlog-witness, without a server: the request is a file, and so is the answer. A witness
that cosigned one state of a log never cosigns another that does not extend it, so that two readers
with the same witness can't be shown two histories.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.errors import ConfigError, LogIntegrityError
from provenance.files import locked, read_named, write_atomic
from provenance.registry.checkpoint import MAX_NOTE_BYTES, Checkpoint
from provenance.registry.cosignature import cosign
from provenance.registry.proof_files import ConsistencyProof
from provenance.registry.vkey import COSIGNATURE, VerifierKey, check_name

if TYPE_CHECKING:
    from provenance.signers import LogKey


class Witness:
    """A witness with its own name, key, and folder for what it cosigned.

    Raises
    ------
    ConfigError
        The name can't be one.
    """

    def __init__(
        self,
        name: str,
        key: LogKey,
        folder: Path,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._name = check_name(name)
        self._key = key
        self._folder = folder
        self._clock = clock

    @property
    def public(self) -> VerifierKey:
        """The key by which others check its cosignatures."""
        return VerifierKey(self._name, self._key.public, COSIGNATURE)

    def last(self, origin: str) -> Checkpoint:
        """Give the last checkpoint of a log that it cosigned, an empty one if there is none.

        Raises
        ------
        ConfigError
            What it kept is damaged: cosigning on could sign two histories.
        """
        file = self._file(origin)
        if not file.exists():
            return Checkpoint.empty(origin)
        try:
            kept = Checkpoint.parse(read_named(file, "checkpoint", MAX_NOTE_BYTES, ConfigError))
        except LogIntegrityError as error:
            raise ConfigError(f"{file} is damaged; restore it from a backup. {error}") from error
        if kept.origin != origin:
            raise ConfigError(f"{file} holds a checkpoint of another log, {kept.origin}.")
        return kept

    def cosign(self, request: ConsistencyProof, log: VerifierKey) -> Checkpoint:
        """Check that a log's checkpoint extends the last one, keep it, and cosign it.

        ``log`` is the public key of the log that the witness follows.

        Raises
        ------
        LogIntegrityError
            The checkpoint is not signed by the log's key, or does not extend the last one.
        OutputError
            The new state can't be kept, so nothing is cosigned.
        """
        head = request.checkpoint
        if head.origin != log.name:
            raise LogIntegrityError(f"The checkpoint is of {head.origin}, not of {log.name}.")
        head.verify(log.key)
        with locked(self._folder / ".lock"):
            seen = self.last(head.origin)
            request.verify(seen)
            cosigned = cosign(head, self._name, self._key, self._clock())
            write_atomic(self._file(head.origin), cosigned.text.encode(), overwrite=True)
        return cosigned

    def _file(self, origin: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"
