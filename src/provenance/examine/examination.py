"""One picture under examination, in which each thing is read once.

A verdict, an inspection and a case folder are views of it: they ask for what they show, and what
another view asked for before is not read again. Nothing is judged here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from provenance import fingerprint, imaging, manifest, watermark
from provenance.directory import Directory
from provenance.errors import ImageTooLargeError, InputError, ManifestError
from provenance.examine.checkpoints import CheckpointKeeper
from provenance.examine.circuit_breaker import CircuitBreaker
from provenance.examine.content_check import NOT_COMPARED, Comparison, compare_marked, compare_whole
from provenance.examine.faint_marks import match_private, match_public
from provenance.examine.log_standing import LogPolicy
from provenance.examine.notes import Note
from provenance.examine.own_manifest import OwnManifest, read_own
from provenance.examine.record_lookup import LookupStatus, RecordLookup, Similar
from provenance.fingerprint import LatticeFingerprint, Pdq
from provenance.geometry import Region
from provenance.imaging import MIME, Picture
from provenance.labels import Statement, list_statements, read_pointer
from provenance.limits import DEFAULT_LIMITS, Limits
from provenance.manifest import Coverage, HistoryEntry, ManifestReading, StampStatement, Trust
from provenance.once import once
from provenance.progress import Stage, enter
from provenance.registry import Registry
from provenance.response import Checked, Fault, Outcome, Response, check_all
from provenance.stamp_id import StampId
from provenance.watermark import Detection, LockKey

MOST_OPENED = 12
"""Fingerprints that one examination tries to open, at a tenth of a second each: a mark has one in
its record and one in the file, and whoever writes many marks must not buy more time with them."""


MAX_TRIED = 100
"""Stamps of responses that are tried on a picture whose mark can't be read: as many as a look-up by
likeness gives. Each costs 8 ms at a quarter of a megapixel."""


@dataclass(frozen=True)
class Sources:
    """The sources of an examination: whom to trust, whom to ask, what to look for.

    ``all_marks`` asks for every mark in the picture, whatever the first one proves.
    """

    trust: Trust
    keeper: CheckpointKeeper
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    registry: Registry | None = None
    directory: Directory | None = None
    keys: tuple[bytes, ...] = ()
    lock_key: LockKey | None = None
    limits: Limits = DEFAULT_LIMITS
    similar: bool = True
    log_policy: LogPolicy = field(default_factory=LogPolicy)
    all_marks: bool = False
    responses: tuple[Response, ...] = ()


@dataclass(frozen=True)
class FoundMark:
    """A mark that was read in the pixels.

    ``layer`` is 0 for public marks, else the number of the secret key; ``by_record`` marks are too
    faint to be read without the registry's records.
    """

    detection: Detection
    layer: int = 0
    by_record: bool = False

    @property
    def private(self) -> bool:
        """Whether it was read with a secret key."""
        return self.layer > 0


class Examination:
    """What is known about one picture; each attribute is read when it is first asked for.

    For one thread at a time.

    Attributes
    ----------
    data, sidecar
        The file's bytes, and its sidecar: a manifest store that came with the file, not in it.
    sources
        What it is examined with.
    time
        When the examination began.
    """

    def __init__(
        self, data: bytes, sources: Sources, time: datetime, sidecar: bytes | None = None
    ) -> None:
        self.data = data
        self.sidecar = sidecar
        self.sources = sources
        self.time = time
        self._recorded: dict[str, ManifestReading | None] = {}
        self._opened: dict[tuple[str, bytes, bytes], LatticeFingerprint | None] = {}
        self._every: dict[int, tuple[FoundMark, ...]] = {}
        self._answers: dict[StampId, tuple[Checked, ...]] = {}
        self._answered: dict[str, ManifestReading | None] = {}
        self._compared: dict[tuple[StampStatement, Detection], tuple[Comparison, Region]] = {}

    # --- the file ---------------------------------------------------------------------------------

    @once
    def sha256(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @once
    def md5(self) -> str:
        """MD5 of the file, in hex: lists of known imagery are often kept in it."""
        return hashlib.md5(self.data, usedforsecurity=False).hexdigest()

    @property
    def picture(self) -> Picture | None:
        """The decoded picture; None where ``obstacle`` says why there is none."""
        return self._decoded[0]

    @property
    def obstacle(self) -> InputError | None:
        """Why the pixels can't be decoded; a picture over a limit is refused altogether."""
        return self._decoded[1]

    @once
    def _decoded(self) -> tuple[Picture | None, InputError | None]:
        enter(Stage.DECODING)
        try:
            return imaging.decode(self.data, self.sources.limits), None
        except ImageTooLargeError:
            raise
        except InputError as error:
            return None, error

    # --- manifests --------------------------------------------------------------------------------

    @once
    def own(self) -> OwnManifest:
        """The manifest in the file, or else the sidecar's."""
        own = read_own(self.data, self._mime, self.sources.trust, self.sidecar)
        pointer = read_pointer(self.picture) if own.absent and self.picture else None
        return (
            replace(own, notes=(Note("manifest", "manifest.pointer", pointer),)) if pointer else own
        )

    @once
    def coverage(self) -> Coverage:
        """What the hard binding of that manifest leaves out of the file."""
        own, data = self.own, self.data
        if own.reading is None:
            return Coverage()
        if own.beside and self.sidecar is not None:
            data, _ = manifest.reattach_if_possible(data, self.sidecar)
        return manifest.find_coverage(data, own.reading)

    @once
    def statements(self) -> tuple[Statement, ...]:
        """What the metadata state of the picture's origin; none where a manifest binds them."""
        reading = self.own.reading
        bound = reading is not None and reading.hard_binding == "match" and not reading.broken
        return () if bound or self.picture is None else list_statements(self.picture)

    @once
    def history(self) -> tuple[HistoryEntry, ...]:
        """Every manifest in the store of that one, the active one first."""
        reading = self.own.reading
        return () if reading is None else manifest.list_history(reading, self.sources.trust)

    def recorded_manifest(self, stamp_id: StampId) -> ManifestReading | None:
        """Return the manifest that a stamp's record keeps, read against this file."""
        if stamp_id not in self._recorded:
            store = self.records.look_up(stamp_id).store
            self._recorded[stamp_id] = None if store is None else self._read(store)
        return self._recorded[stamp_id]

    def answers(self, stamp_id: StampId) -> tuple[Checked, ...]:
        """Return the responses about a stamp, checked by themselves and against each other."""
        if stamp_id not in self._answers:
            about = [each for each in self.sources.responses if each.stamp_id == stamp_id]
            directory = self.sources.directory
            found = check_all(about, directory, self.time, self._find_stranger)
            self._answers[stamp_id] = found
        return self._answers[stamp_id]

    def answered_manifest(self, answer: Checked) -> ManifestReading | None:
        """Return the manifest that a response holds, read against this file."""
        key, held = answer.response.sha256, answer.response.held
        if key not in self._answered:
            self._answered[key] = None if held is None else self._read(held.store)
        return self._answered[key]

    def _find_stranger(self, answer: Checked) -> Fault | None:
        """Find out whether a manifest is signed by what the entry binds that answered."""
        if answer.response.held is None:
            return None
        reading = self.answered_manifest(answer)
        ours = reading is not None and answer.covers(reading.signer)
        return None if ours else Fault.SIGNER

    def _read(self, store: bytes) -> ManifestReading | None:
        try:
            return manifest.read(self.data, self._mime, self.sources.trust, store)
        except ManifestError:
            return None

    @property
    def _mime(self) -> str:
        return MIME.get(imaging.recognise(self.data) or "", manifest.ANY_TYPE)

    # --- marks and fingerprints -------------------------------------------------------------------

    @once
    def marks(self) -> tuple[FoundMark, ...]:
        """The marks in the pixels: the public one first, then those of the secret keys."""
        found = enumerate(each.found for each in self._searched)
        return tuple(FoundMark(each, layer) for layer, each in found if each is not None)

    @once
    def _searched(self) -> list[watermark.Outcome]:
        if self.picture is None:
            return []
        enter(Stage.LOOKING)
        return watermark.search_each(self.picture.rgb, self._keys)

    @property
    def _keys(self) -> tuple[bytes | None, ...]:
        return (None, *self.sources.keys)

    @property
    def layers(self) -> range:
        """The layers that marks may lie in: 0 is the public one, then one for each secret key."""
        return range(len(self._keys))

    def every_mark(self, layer: int) -> tuple[FoundMark, ...]:
        """Search one layer to its end, past what is found there."""
        if self.picture is None:
            return ()
        if layer not in self._every:
            key = self._keys[layer]
            found = watermark.detect_all(self.picture.rgb, key, keys=len(self._keys))
            self._every[layer] = tuple(FoundMark(each, layer) for each in found)
        return self._every[layer]

    @once
    def recorded_mark(self) -> FoundMark | None:
        """A mark that only records lead to: of pictures that look alike, or of its own bits.

        None where a public mark is sure by itself, unless the registry does not know that one: a
        louder mark of others must not hide one's own. Responses at hand hold records too. Private
        marks are looked for where nothing else was found.
        """
        if self.picture is None or self._is_known(self._searched[0].found):
            return None
        alike = (*(each.stamp_id for each in self.similar), *self._answered_stamps)
        payloads = [each.payload for each in dict.fromkeys(alike)]
        rgb, lock_key = self.picture.rgb, self.sources.lock_key
        found = match_public(rgb, payloads, lock_key, len(payloads))
        if found is None and self.records.size:
            answers = (
                (each, self.records.look_up(StampId.from_payload(each))) for each in self._unsure
            )
            held = [payload for payload, answer in answers if answer.row is not None]
            found = match_public(rgb, held, lock_key, self.records.size)
        if found is not None:
            return FoundMark(found, by_record=True)
        private = None if self.marks else match_private(rgb, payloads, self.sources.keys)
        return None if private is None else FoundMark(*private, by_record=True)

    def _is_known(self, found: Detection | None) -> bool:
        if found is None or not self.records.size:
            return found is not None
        status = self.records.look_up(StampId.from_payload(found.payload)).status
        return status is not LookupStatus.NONE

    @property
    def _unsure(self) -> tuple[bytes, ...]:
        return self._searched[0].unsure

    @once
    def hashes(self) -> tuple[Pdq, ...]:
        """The picture's PDQ hashes, its own first, then turned or enlarged; none without pixels."""
        return () if self.picture is None else fingerprint.pdq_variants(self.picture.rgb)

    @once
    def reliable_hashes(self) -> tuple[Pdq, ...]:
        """The hashes that may be compared: none when the picture is too plain."""
        return tuple(each for each in self.hashes if each.reliable)

    def compare_marked(
        self, statement: StampStatement, found: Detection
    ) -> tuple[Comparison, Region]:
        """Compare what was signed with the pixels that carry a mark."""
        if self.picture is None:
            return NOT_COMPARED, found.region
        if (statement, found) not in self._compared:
            locks = [found.lock] if found.lock else self._derived_locks(found.payload)
            opened = (self._open(statement, lock) for lock in locks)
            reference = next(filter(None, opened), None)
            compared = compare_marked(
                statement, reference, self.picture.rgb, found, self.reliable_hashes
            )
            self._compared[statement, found] = compared
        return self._compared[statement, found]

    def _derived_locks(self, payload: bytes) -> list[bytes]:
        """The locks that a payload's mark may have: private marks hold none.

        Stamping derives them from the site's key of locks or, where there is none, from the key of
        the private mark.
        """
        keys = (self.sources.lock_key, *map(LockKey, self.sources.keys))
        return [key.derive(payload) for key in keys if key is not None]

    def compare_whole(self, statement: StampStatement) -> Comparison:
        """Compare what was signed with the whole picture, in which no mark was found."""
        if self.picture is None:
            return NOT_COMPARED
        key = self.sources.lock_key
        reference = None if key is None else self._open(statement, key.derive(statement.payload))
        return compare_whole(statement, reference, self.picture.rgb, self.reliable_hashes)

    def _open(self, statement: StampStatement, lock: bytes) -> LatticeFingerprint | None:
        """Open a signed fingerprint, once for each lock; a stranger's file gets a few tries."""
        tried = statement.lattice, statement.payload, lock
        if tried not in self._opened and fingerprint.is_sealed(statement.lattice):
            if len(self._opened) >= MOST_OPENED:
                return None
            self._opened[tried] = fingerprint.unseal(*tried)
        return self._opened.get(tried)

    # --- the registry -----------------------------------------------------------------------------

    @once
    def records(self) -> RecordLookup:
        """The registry's answers; first its log is compared with the checkpoint seen before."""
        return RecordLookup(self.sources.registry, self.sources.keeper, self.sources.breaker)

    @once
    def similar(self) -> tuple[Similar, ...]:
        """Records of pictures that look alike, in registry and responses; nearest first."""
        if not self.sources.similar:
            return ()
        enter(Stage.COMPARING)
        found = self.records.find_near(each.hex for each in self.reliable_hashes)
        known = {each.stamp_id for each in found}
        answered = (each for each in self._near_answers() if each.stamp_id not in known)
        return tuple(sorted((*found, *answered), key=lambda each: each.distance))

    def _near_answers(self) -> Iterator[Similar]:
        """Yield what good responses hold of pictures that look alike."""
        hashes = [each.hex for each in self.reliable_hashes]
        for stamp_id in self._answered_stamps if hashes else ():
            for answer in self.answers(stamp_id):
                held = answer.response.held
                if held is None or answer.fault is not None:
                    continue
                own = Pdq(held.record.pdq, held.record.pdq_quality)
                distance = min(fingerprint.pdq_distance(each, own.hex) for each in hashes)
                if own.reliable and distance <= fingerprint.MATCH_DISTANCE:
                    yield Similar(stamp_id, distance)
                    break

    @property
    def _answered_stamps(self) -> tuple[StampId, ...]:
        """The stamps that responses at hand say they know; nothing of it is checked yet."""
        found = (each for each in self.sources.responses if each.outcome is Outcome.FOUND)
        return tuple(dict.fromkeys(each.stamp_id for each in found))[:MAX_TRIED]
