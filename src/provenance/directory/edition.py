"""One directory file as it was read: its entries, its signer, and for whom that signer speaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from provenance.directory.entries import DirectoryProducer
from provenance.errors import DirectoryError
from provenance.language import message
from provenance.text import quote

_GIVEN = message("the directory that the program was given")
_SIGNED = message(
    "the directory {file} (SHA-256 {digest}), which {signer} (certificate SHA-256 {certificate}) "
    "signed"
)
_SIGNED_FOR_ITSELF = message(
    "the directory {file} (SHA-256 {digest}), which {signer} (certificate SHA-256 {certificate}) "
    "signed for itself"
)


class Standing(IntEnum):
    """On which word a directory rests; the higher outranks the lower."""

    SELF = 1
    """The producer's own: one entry, signed by what this entry binds."""
    VETTED = 2
    """The same, and an anchor that vets identities certified the signer under this name."""
    AUTHORITY = 3
    """A directory authority's, which may list anybody."""


@dataclass(frozen=True)
class Edition:
    """One directory file.

    Attributes
    ----------
    signer, signer_sha256
        Subject of the signer's certificate, and its SHA-256.
    file, sha256
        The file's name and SHA-256.
    series
        What a newer edition replaces: all with the same text here.
    """

    producers: tuple[DirectoryProducer, ...]
    standing: Standing
    issued: datetime | None = None
    valid_until: datetime | None = None
    signer: str = ""
    signer_sha256: str = ""
    file: str = ""
    sha256: str = ""
    series: str = ""

    def is_stale(self, time: datetime) -> bool:
        """Tell whether there should be a newer edition by that time."""
        return self.valid_until is not None and time > self.valid_until

    def __str__(self) -> str:
        if not self.signer:
            return _GIVEN
        form = _SIGNED if self.standing is Standing.AUTHORITY else _SIGNED_FOR_ITSELF
        return form.format(
            file=self.file,
            digest=self.sha256,
            signer=quote(self.signer),
            certificate=self.signer_sha256,
        )


@dataclass(frozen=True)
class Listing:
    """An entry with the edition that holds it."""

    entry: DirectoryProducer
    edition: Edition

    @property
    def standing(self) -> Standing:
        """The standing of the edition."""
        return self.edition.standing

    def __str__(self) -> str:
        return str(self.edition)


def select_newest(editions: Iterable[Edition]) -> tuple[Edition, ...]:
    """Leave out editions that a newer one of the same series replaces, and repeated ones."""
    listed = tuple(dict.fromkeys(editions))
    return tuple(each for each in listed if not any(_replaces(newer, each) for newer in listed))


def check_agreement(editions: Iterable[Edition]) -> None:
    """Check that no two authorities say different things about one number.

    Raises
    ------
    DirectoryError
        Two do.
    """
    known: dict[int, Listing] = {}
    for edition in editions:
        if edition.standing is not Standing.AUTHORITY:
            continue
        for producer in edition.producers:
            other = known.setdefault(producer.number, Listing(producer, edition))
            if other.entry != producer:
                raise DirectoryError(
                    f"Two directories contradict each other about producer {producer.number}: "
                    f"{other} and {edition}. Leave one of them out."
                )


def _replaces(newer: Edition, older: Edition) -> bool:
    if not older.series or newer.series != older.series:
        return False
    return newer.issued is not None and older.issued is not None and newer.issued > older.issued
