"""What the hard binding of a manifest leaves out: bytes that may change without anybody noticing.

Some of it the standard itself leaves out, first of all the manifest store, which holds the hash.
The rest is the signer's choice.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.errors import CorruptImageError
from provenance.manifest import ancestry, jumbf
from provenance.manifest.binding import find_spans, read_binding
from provenance.manifest.parts import Part, PartKind, name_parts
from provenance.manifest.validation import ManifestReading

_BY_STANDARD = frozenset((PartKind.STORE, PartKind.FILE_TYPE, PartKind.FILM_INDEX))
# What C2PA leaves out of any binding by itself; the last two only ISO media files have.


@dataclass(frozen=True)
class Omission:
    """Bytes of a file that the hard binding leaves out.

    Attributes
    ----------
    kind
        What they hold.
    start, end
        Where they begin, and where the next ones begin.
    by_standard
        Whether the standard itself leaves this out, and not only this signer.
    """

    kind: PartKind
    start: int
    end: int
    by_standard: bool


@dataclass(frozen=True)
class Coverage:
    """What a hard binding leaves out of a file.

    ``binding`` is its label; None where there is none, or where it can't be understood. Then
    nothing is known to be covered.
    """

    binding: str | None = None
    omissions: tuple[Omission, ...] = ()

    @property
    def extra(self) -> tuple[Omission, ...]:
        """What is left out beyond what the standard leaves out."""
        return tuple(each for each in self.omissions if not each.by_standard)

    @property
    def complete(self) -> bool:
        """Whether everything is covered that the standard lets a signer cover."""
        return self.binding is not None and not self.extra


NOTHING = Coverage()
"""The coverage of a manifest that is tied to no bytes."""


def find_coverage(data: bytes, reading: ManifestReading) -> Coverage:
    """Return what the hard binding of a manifest leaves out of the file in which it was read.

    Ask only where ``reading.hard_binding`` is a match; of other files it says nothing. Of an update
    manifest it is the binding of the manifest that it updates.
    """
    if reading.report is None or reading.hard_binding != "match":
        return NOTHING
    try:
        manifest = jumbf.find_manifest(reading.store, ancestry.find_bound(reading.report))
        label, binding = read_binding(manifest)
        spans = tuple(find_spans(label, binding, data))
    except (ValueError, CorruptImageError):
        return NOTHING
    return Coverage(label, tuple(map(_judge, name_parts(data, spans))))


def _judge(part: Part) -> Omission:
    return Omission(part.kind, part.start, part.end, part.kind in _BY_STANDARD)
