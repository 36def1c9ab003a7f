"""What directory files say together, and whom a number or a certificate names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.directory.entries import (
    DirectoryModel,
    DirectoryProducer,
    EntryStatus,
    is_self_drawn,
)
from provenance.directory.file import load
from provenance.errors import DirectoryError

if TYPE_CHECKING:
    from cryptography import x509

    from provenance.certificates import SignerCertificate


class Directory:
    """What one directory file says, or several together.

    Raises
    ------
    DirectoryError
        Two entries claim one number.
    """

    def __init__(self, producers: Iterable[DirectoryProducer] = ()) -> None:
        self._producers: dict[int, DirectoryProducer] = {}
        for producer in producers:
            known = self._producers.setdefault(producer.number, producer)
            if known != producer:
                raise DirectoryError(
                    f"Two directories contradict each other about producer {producer.number}; "
                    "leave one of them out."
                )

    @classmethod
    def load(cls, paths: Iterable[Path], anchors: Sequence[x509.Certificate]) -> Directory:
        """Read and merge files, each signed by someone for whom the anchors vouch.

        Raises
        ------
        DirectoryError
            A file can't be read, is not signed, is malformed, or contradicts another.
        """
        return cls(producer for path in paths for producer in load(path, anchors))

    @property
    def producers(self) -> tuple[DirectoryProducer, ...]:
        """All entries by number, also those of self-drawn numbers, which name nobody."""
        return tuple(self._producers[number] for number in sorted(self._producers))

    def knows(self, number: int) -> bool:
        """Tell whether the number is listed; anybody may use it."""
        return number in self._producers

    def binds(self, number: int, certificate: SignerCertificate) -> bool:
        """Tell whether this certificate speaks for the number; see ``status_at`` for when."""
        entry = self._producers.get(number)
        return entry is not None and entry.binding.covers(certificate)

    def producer(
        self, number: int, certificate: SignerCertificate | None = None
    ) -> DirectoryProducer | None:
        """Name the producer of a number.

        Without a certificate, a self-drawn number gives None. With one, every number gives None
        unless it is bound to this certificate.
        """
        if certificate is None:
            return None if is_self_drawn(number) else self._producers.get(number)
        return self._producers[number] if self.binds(number, certificate) else None

    def model(
        self, number: int, model_number: int, certificate: SignerCertificate | None = None
    ) -> DirectoryModel | None:
        """Say what a model number stands for, under the same rule as ``producer``."""
        producer = self.producer(number, certificate)
        models = producer.models if producer else ()
        return next((model for model in models if model.number == model_number), None)

    def revoked_at(self, certificate: SignerCertificate) -> datetime | None:
        """Say since when a certificate's word no longer counts, under any number.

        A thief of a revoked producer's key may use another number, and state a false time.
        """
        bound = (p for p in self._producers.values() if p.binding.covers(certificate))
        return min((p.revoked_at for p in bound if p.revoked_at), default=None)

    def status_at(self, number: int, time: datetime) -> EntryStatus:
        """Say whether the entry of a number is valid at a time."""
        entry = self._producers.get(number)
        return entry.status_at(time) if entry else EntryStatus.UNKNOWN
