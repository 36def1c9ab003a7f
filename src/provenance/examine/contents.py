"""The contents of one file, as far as they can be read without asking anybody: each part once.

All that strangers wrote is taken apart here: pixels, metadata, manifests. So a process of its own
can do it for somebody else, with questions and answers that are plain values; see ``asking``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from provenance import fingerprint, imaging, manifest, watermark
from provenance.documents import Part, open_parts
from provenance.errors import ImageTooLargeError, InputCostError, InputError, ManifestError
from provenance.examine.content_check import NOT_COMPARED, Comparison, compare_marked, compare_whole
from provenance.examine.marked_part import cut_marked_parts
from provenance.examine.notes import Note
from provenance.examine.own_manifest import OwnManifest, read_own
from provenance.fingerprint import LatticeFingerprint, Pdq
from provenance.geometry import Region
from provenance.imaging import MIME, Picture, Pixels
from provenance.labels import FoundLabels, Statement, list_statements, read_labels, read_pointer
from provenance.limits import DEFAULT_LIMITS, Limits
from provenance.manifest import (
    Coverage,
    HistoryEntry,
    HistorySigner,
    ManifestReading,
    StampStatement,
    Trust,
)
from provenance.once import once
from provenance.watermark import Detection, LockKey, Outcome, Search

MOST_OPENED, MOST_OPENED_OF_ALL = 12, 120
"""Fingerprints that one examination tries to open, at a tenth of a second each: a mark has one in
its record and one in the file, and whoever writes many marks must not buy more time with them. More
where every mark is asked for."""

WARM_SIDE = 256
"""Pixels of the empty picture that a process is warmed up with."""


@dataclass(frozen=True)
class Means:
    """What contents are read with: trusted certificates, secret keys of marks, and limits.

    ``most_opened`` bounds how many signed fingerprints are tried to be opened; ``search`` says how
    hard to look for marks.
    """

    trust: Trust
    keys: tuple[bytes, ...] = ()
    lock_key: LockKey | None = None
    limits: Limits = DEFAULT_LIMITS
    most_opened: int = MOST_OPENED
    search: Search = field(default_factory=Search)


def warm_up() -> None:
    """Load what reading a file needs, and compute what all pictures share; it starts no thread."""
    manifest.load_sdk()
    plain, _ = imaging.load_picture(np.zeros((WARM_SIDE, WARM_SIDE, 3), np.uint8))
    contents = Contents(imaging.encode(plain), None, Means(Trust.none()))
    contents.search()
    contents.hash_pdq()


@dataclass(frozen=True)
class FilmDescribed:
    """How long a film is, how many frames it has, and how many of them are looked at."""

    seconds: float
    frames: int
    looked_at: int


@dataclass(frozen=True)
class Seen:
    """Where in a film a mark was seen: between which seconds, and in what share of its length."""

    first: float
    last: float
    share: float


@dataclass(frozen=True)
class Described:
    """A decoded picture without its pixels.

    ``metadata`` names those of ``icc``, ``exif`` and ``xmp`` that it has; ``film`` is set for one.
    """

    format: str
    width: int
    height: int
    orientation: int
    alpha: bool
    metadata: tuple[str, ...]
    film: FilmDescribed | None = None


class Contents:
    """Reads one file. For one thread at a time."""

    _views = 1  # pictures that are searched before it is said that there is no mark

    def __init__(self, data: bytes, sidecar: bytes | None, means: Means) -> None:
        self._data = data
        self._sidecar = sidecar
        self._means = means
        self._opened: dict[tuple[str, bytes, bytes], LatticeFingerprint | None] = {}

    def list_parts(self) -> tuple[Part, ...]:
        """List the parts of a document, with their bytes.

        Raises
        ------
        InputError
            It can't be opened, or is over a limit.
        """
        return tuple(open_parts(self._data, self._means.limits))

    # --- the picture ------------------------------------------------------------------------------

    def describe(self) -> tuple[Described | None, InputError | None]:
        """Decode the picture, and describe it or say why it can't be decoded.

        Raises
        ------
        ImageTooLargeError
            It is over a limit.
        InputCostError
            There is not enough memory.
        """
        picture, obstacle = self._decoded
        if picture is None:
            return None, obstacle
        metadata = tuple(name for name in ("icc", "exif", "xmp") if getattr(picture, name))
        described = Described(
            picture.format,
            picture.width,
            picture.height,
            picture.orientation,
            picture.alpha is not None,
            metadata,
        )
        return described, None

    @once
    def _decoded(self) -> tuple[Picture | None, InputError | None]:
        try:
            return imaging.decode(self._data, self._means.limits), None
        except (ImageTooLargeError, InputCostError):
            raise
        except InputError as error:
            return None, error

    @property
    def _picture(self) -> Picture | None:
        return self._decoded[0]

    def list_statements(self) -> tuple[Statement, ...]:
        """List what the metadata state of the picture's origin, unsigned."""
        return () if self._picture is None else list_statements(self._picture)

    def read_labels(self) -> FoundLabels:
        """Read the labels in the metadata."""
        return FoundLabels() if self._picture is None else read_labels(self._picture)

    # --- manifests --------------------------------------------------------------------------------

    def read_own(self) -> OwnManifest:
        """Read the manifest in the file, or else the sidecar's."""
        return self._own

    @once
    def _own(self) -> OwnManifest:
        own = read_own(self._data, self._mime, self._means.trust, self._sidecar)
        pointer = read_pointer(self._picture) if own.absent and self._picture else None
        return (
            replace(own, notes=(Note("manifest", "manifest.pointer", pointer),)) if pointer else own
        )

    def find_coverage(self) -> Coverage:
        """Find what the hard binding of that manifest leaves out of the file."""
        own, data = self._own, self._data
        if own.reading is None:
            return Coverage()
        if own.beside and self._sidecar is not None:
            data, _ = manifest.reattach_if_possible(data, self._sidecar)
        return manifest.find_coverage(data, own.reading)

    def read_store(self, store: bytes) -> ManifestReading | None:
        """Read a manifest from elsewhere against this file; None if it can't be read."""
        try:
            return manifest.read(self._data, self._mime, self._means.trust, store)
        except ManifestError:
            return None

    def list_history(self, reading: ManifestReading) -> tuple[HistoryEntry, ...]:
        """List every manifest in the store of one that was read, the active one first."""
        return manifest.list_history(reading, self._means.trust)

    def list_signers(self, reading: ManifestReading) -> dict[str, HistorySigner]:
        """List who signed each of them."""
        return manifest.list_signers(reading, self._means.trust)

    @property
    def _mime(self) -> str:
        return MIME.get(imaging.recognise(self._data) or "", manifest.ANY_TYPE)

    # --- marks and fingerprints -------------------------------------------------------------------

    def search(self) -> list[Outcome]:
        """Search the pixels for the public mark, then for those of the secret keys."""
        picture = self._picture
        if picture is None:
            return []
        return watermark.search_each(picture.rgb, self._keys, self._means.search)

    @property
    def _keys(self) -> tuple[bytes | None, ...]:
        return (None, *self._means.keys)

    def find_span(self) -> Seen | None:
        """Return when the mark begins and ends: in a film."""
        return None

    @property
    def _pixels(self) -> Pixels | None:
        """What is searched for more marks."""
        return None if self._picture is None else self._picture.rgb

    def search_all(self, layer: int) -> list[Detection]:
        """Search one layer to its end, past what is found there."""
        if self._pixels is None:
            return []
        keys, search = self._keys, self._means.search
        return watermark.detect_all(
            self._pixels, keys[layer], keys=self._views * len(keys), search=search
        )

    def match(self, payloads: Sequence[bytes], among: int) -> Detection | None:
        """Tell which of some payloads the public mark is, chosen from so many.

        They are held against the picture as words, where the locks can be derived, and then alone.
        The probability counts both.
        """
        pixels, key = self._pixels, self._means.lock_key
        if pixels is None:
            return None
        tries = [list(payloads)]
        if key is not None:
            tries.insert(0, [each + key.derive(each) for each in payloads])
        among, search = len(tries) * max(among, len(payloads)), self._means.search
        among *= self._views
        found = (watermark.match(pixels, each, among=among, search=search) for each in tries)
        return next(filter(None, found), None)

    def match_private(self, payloads: Sequence[bytes]) -> tuple[Detection, int] | None:
        """Tell which of some payloads a private mark is, and the number of its key.

        Without a pilot that takes seconds.
        """
        pixels, keys = self._pixels, self._means.keys
        if pixels is None:
            return None
        among = self._views * len(payloads) * len(keys)
        for layer, key in enumerate(keys, 1):
            found = watermark.match(pixels, payloads, key, among=among, search=self._means.search)
            if found is not None:
                return found, layer
        return None

    def hash_pdq(self) -> tuple[Pdq, ...]:
        """Compute the picture's PDQ hashes, its own first, then turned or enlarged."""
        return self._hashes

    @once
    def _hashes(self) -> tuple[Pdq, ...]:
        return () if self._picture is None else fingerprint.pdq_variants(self._picture.rgb)

    def hash_inside(self, found: Sequence[Detection]) -> tuple[Pdq, ...]:
        """Compute the hashes of the picture without bars, and of the parts that carry marks."""
        picture = self._picture
        if picture is None:
            return ()
        parts = [part for each in found for part in cut_marked_parts(picture.rgb, each)]
        return fingerprint.pdq_inside(picture.rgb, parts)

    @property
    def _reliable_hashes(self) -> tuple[Pdq, ...]:
        return tuple(each for each in self._hashes if each.reliable)

    def compare_marked(
        self, statement: StampStatement, found: Detection
    ) -> tuple[Comparison, Region]:
        """Compare what was signed with the pixels that carry a mark."""
        if self._pixels is None:
            return NOT_COMPARED, found.region
        locks = [found.lock] if found.lock else self._derive_locks(found.payload)
        opened = [self._open(statement, lock) for lock in locks]
        reference = next(filter(None, opened), None)
        compared, region = self._compare_marked(statement, reference, found)
        asked = ((statement.lattice, statement.payload, lock) for lock in locks)
        tried = any(each in self._opened for each in asked)
        return replace(compared, untried=compared.sealed and not tried), region

    def _compare_marked(
        self, statement: StampStatement, reference: LatticeFingerprint | None, found: Detection
    ) -> tuple[Comparison, Region]:
        if self._picture is None:
            return NOT_COMPARED, found.region
        rgb = self._picture.rgb
        return compare_marked(statement, reference, rgb, found, self._reliable_hashes)

    def _derive_locks(self, payload: bytes) -> list[bytes]:
        """The locks that a payload's mark may have: private marks hold none.

        Stamping derives them from the site's key of locks or, where there is none, from the key of
        the private mark.
        """
        keys = (self._means.lock_key, *map(LockKey, self._means.keys))
        return [key.derive(payload) for key in keys if key is not None]

    def compare_whole(self, statement: StampStatement) -> Comparison:
        """Compare what was signed with the whole picture, in which no mark was found."""
        if self._pixels is None:
            return NOT_COMPARED
        key = self._means.lock_key
        reference = None if key is None else self._open(statement, key.derive(statement.payload))
        return self._compare_whole(statement, reference)

    def _compare_whole(
        self, statement: StampStatement, reference: LatticeFingerprint | None
    ) -> Comparison:
        if self._picture is None:
            return NOT_COMPARED
        return compare_whole(statement, reference, self._picture.rgb, self._reliable_hashes)

    def _open(self, statement: StampStatement, lock: bytes) -> LatticeFingerprint | None:
        """Open a signed fingerprint, once for each lock; a stranger's file gets a few tries."""
        tried = statement.lattice, statement.payload, lock
        if tried not in self._opened and fingerprint.is_sealed(statement.lattice):
            if len(self._opened) >= self._means.most_opened:
                return None
            self._opened[tried] = fingerprint.unseal(*tried)
        return self._opened.get(tried)
