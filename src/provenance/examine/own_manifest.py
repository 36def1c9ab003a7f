"""The manifest that speaks for a file: the one it carries, or else its sidecar."""

from __future__ import annotations

from dataclasses import dataclass

from provenance import manifest
from provenance.errors import (
    ManifestDamagedError,
    ManifestNotFoundError,
    ManifestRemoteError,
    ManifestUnsupportedError,
)
from provenance.examine.notes import Note
from provenance.manifest import ManifestReading, Trust


@dataclass(frozen=True)
class OwnManifest:
    """A file's own manifest, or the reason why it can't be read; neither if it has none.

    ``beside`` says that it is the sidecar's.
    """

    reading: ManifestReading | None = None
    damage: ManifestDamagedError | None = None
    notes: tuple[Note, ...] = ()
    beside: bool = False

    @property
    def absent(self) -> bool:
        """Whether nothing at all was found."""
        return self.reading is None and self.damage is None and not self.notes


def read_own(data: bytes, mime: str, trust: Trust, sidecar: bytes | None) -> OwnManifest:
    """Read a file's own manifest; a sidecar is read only where the file carries none.

    Raises
    ------
    ManifestError
        The sidecar does not hold a manifest.
    """
    try:
        reading = manifest.read(data, mime, trust)
    except ManifestDamagedError as error:
        return OwnManifest(damage=error)
    except (ManifestNotFoundError, ManifestRemoteError, ManifestUnsupportedError) as error:
        if sidecar is not None:
            return _read_sidecar(data, trust, sidecar)
        absent = isinstance(error, ManifestNotFoundError)
        return OwnManifest(notes=() if absent else (Note("manifest", error.code),))
    unused = () if sidecar is None else (Note("manifest", "manifest.beside_unused"),)
    return OwnManifest(reading, notes=unused)


def _read_sidecar(data: bytes, trust: Trust, sidecar: bytes) -> OwnManifest:
    notes = (Note("manifest", "manifest.beside"),)
    try:
        return OwnManifest(manifest.read_sidecar(data, trust, sidecar), None, notes, beside=True)
    except ManifestDamagedError as error:
        return OwnManifest(None, error, notes, beside=True)
