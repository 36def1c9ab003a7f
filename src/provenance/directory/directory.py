"""What one or several directory files say together, and whom a number or a certificate names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.directory.entries import (
    DirectoryModel,
    DirectoryProducer,
    Status,
    is_self_drawn,
)
from provenance.directory.file import read
from provenance.directory.schema import SchemaError
from provenance.errors import DirectoryError

if TYPE_CHECKING:
    from cryptography import x509

    from provenance.certificates import SignerCertificate


class Directory:
    """What one or several directory files say.

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
        """Read and merge files, each signed by someone the anchors vouch for.

        Raises
        ------
        DirectoryError
            A file can't be read, is not signed, is malformed, or contradicts another.
        """
        producers: list[DirectoryProducer] = []
        for path in paths:
            try:
                producers += read(path.read_bytes(), anchors)
            except OSError as exc:
                raise DirectoryError(
                    f"The directory {path} can't be read: {exc.strerror}."
                ) from exc
            except SchemaError as exc:
                raise DirectoryError(f"The directory {path} can't be used: {exc}.") from exc
        return cls(producers)

    @property
    def producers(self) -> tuple[DirectoryProducer, ...]:
        """All entries by number: what the files list, which for self-drawn numbers names nobody."""
        return tuple(self._producers[number] for number in sorted(self._producers))

    def knows(self, number: int) -> bool:
        """Tell whether the number is listed, whoever uses it."""
        return number in self._producers

    def binds(self, number: int, certificate: SignerCertificate) -> bool:
        """Tell whether this certificate speaks for the number; see `status_at` for when."""
        entry = self._producers.get(number)
        return entry is not None and entry.binding.covers(certificate)

    def producer(
        self, number: int, certificate: SignerCertificate | None = None
    ) -> DirectoryProducer | None:
        """Say whose a number is.

        Without a certificate, None for a self-drawn number. With one, None unless it is bound to
        the number, whoever assigned that.
        """
        if certificate is None:
            return None if is_self_drawn(number) else self._producers.get(number)
        return self._producers[number] if self.binds(number, certificate) else None

    def model(
        self, number: int, model_number: int, certificate: SignerCertificate | None = None
    ) -> DirectoryModel | None:
        """Say what a model number stands for, under the same rule as `producer`."""
        producer = self.producer(number, certificate)
        models = producer.models if producer else ()
        return next((model for model in models if model.number == model_number), None)

    def revoked_at(self, certificate: SignerCertificate) -> datetime | None:
        """Say since when a certificate's word no longer counts, whatever it signs.

        A thief of a revoked producer's key need not use its number, nor state an honest time.
        """
        bound = (p for p in self._producers.values() if p.binding.covers(certificate))
        return min((p.revoked_at for p in bound if p.revoked_at), default=None)

    def status_at(self, number: int, time: datetime) -> Status:
        """Say whether the entry of a number holds at a time."""
        entry = self._producers.get(number)
        return entry.status_at(time) if entry else Status.UNKNOWN
