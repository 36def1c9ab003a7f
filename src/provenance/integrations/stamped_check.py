"""Whether a file is stamped: what tests and gates ask of a picture before it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provenance import imaging, manifest, watermark
from provenance.errors import ManifestError, ProvenanceError
from provenance.imaging import MIME
from provenance.integrations.http_pictures import ENOUGH, OTHER_PICTURES
from provenance.manifest import Trust
from provenance.verify import State, Verifier


@dataclass(frozen=True)
class StampedCheck:
    """Finds out whether a picture is stamped.

    With a ``verifier`` it has to attribute the picture. Without one, manifest and mark have to be
    there, whole, and of the same stamp: that says nothing of who signed.
    """

    verifier: Verifier | None = None

    @classmethod
    def open(cls, config: Path | None) -> StampedCheck:
        """Build the check by a config file.

        Raises
        ------
        ConfigError
            The config can't be used.
        """
        if config is None:
            return cls()
        from provenance.config import load

        return cls(load(config).verifier())

    def is_picture(self, data: bytes) -> bool:
        """Tell by the first bytes whether this is a picture."""
        first = data[:ENOUGH]
        return imaging.recognise(first) is not None or first.startswith(OTHER_PICTURES)

    def find_fault(self, data: bytes) -> str | None:
        """Say why a file does not count as stamped; None if it does."""
        try:
            return self._find_fault(data)
        except ProvenanceError as error:
            return str(error)

    def _find_fault(self, data: bytes) -> str | None:
        if self.verifier is not None:
            verdict = self.verifier.verify(data)
            return None if verdict.state is State.ATTRIBUTED else verdict.explain()
        picture = imaging.decode(data)
        try:
            reading = manifest.read(data, MIME[picture.format], Trust.none())
        except ManifestError:
            return "It carries no manifest that can be read."
        if reading.statement is None:
            return "Its manifest is not that of a stamp."
        if reading.broken or reading.hard_binding != "match":
            return "It was changed after it was stamped, so its manifest no longer fits."
        payload = reading.statement.payload
        if not watermark.match(picture.rgb, [payload]):
            return "It carries no mark of the stamp that its manifest names."
        return None
