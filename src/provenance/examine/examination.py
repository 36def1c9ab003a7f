"""One picture under examination, in which each thing is read once.

A verdict, an inspection and a case folder are views of it: they ask for what they show, and what
another view asked for before is not read again. Nothing is judged here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from provenance import fingerprint, watermark
from provenance.errors import InputError
from provenance.examine.asking import OwnReader, Reader
from provenance.examine.content_check import Comparison
from provenance.examine.contents import Contents, Described, Seen
from provenance.examine.own_manifest import OwnManifest
from provenance.examine.questions import Questions
from provenance.examine.record_lookup import LookupStatus, RecordLookup, Similar
from provenance.examine.sources import Sources
from provenance.fingerprint import Pdq
from provenance.geometry import Region
from provenance.hashlists import ListMatch, hash_file
from provenance.labels import FoundLabels, Statement
from provenance.manifest import (
    Coverage,
    HistoryEntry,
    HistorySigner,
    ManifestReading,
    StampStatement,
)
from provenance.once import once
from provenance.progress import Stage, enter
from provenance.response import Checked, Fault, Outcome, check_all
from provenance.stamp_id import StampId
from provenance.watermark import Detection

MAX_TRIED = 100
"""Stamps of responses that are tried on a picture whose mark can't be read: as many as a look-up by
likeness gives. Each costs 8 ms at a quarter of a megapixel."""


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
        self,
        data: bytes,
        sources: Sources,
        time: datetime,
        sidecar: bytes | None = None,
        reader: Reader | None = None,
    ) -> None:
        self.data = data
        self.sidecar = sidecar
        self.sources = sources
        self.time = time
        self._reader = reader or OwnReader(data, sidecar, sources.means)
        self._recorded: dict[str, ManifestReading | None] = {}
        self._every: dict[int, tuple[FoundMark, ...]] = {}
        self._answers: dict[StampId, tuple[Checked, ...]] = {}
        self.questions = Questions(sources.asker)
        self._answered: dict[str, ManifestReading | None] = {}
        self._compared: dict[tuple[StampStatement, Detection], tuple[Comparison, Region]] = {}

    def close(self) -> None:
        """Give back the worker that reads the file, if one does; what was read stays."""
        self._reader.close()

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
    def digests(self) -> dict[str, str]:
        """The digests of the file, by kind as hash lists name it."""
        return hash_file(self.data)

    @property
    def picture(self) -> Described | None:
        """The decoded picture; None where ``obstacle`` says why there is none."""
        return self._described[0]

    @property
    def obstacle(self) -> InputError | None:
        """Why the pixels can't be decoded; a picture over a limit is refused altogether."""
        return self._described[1]

    @once
    def _described(self) -> tuple[Described | None, InputError | None]:
        enter(Stage.DECODING)
        return self._reader.ask(Contents.describe)

    @once
    def labels(self) -> FoundLabels:
        """The labels in the metadata."""
        return self._reader.ask(Contents.read_labels)

    @once
    def statements(self) -> tuple[Statement, ...]:
        """What the metadata state of the picture's origin, unsigned."""
        return self._reader.ask(Contents.list_statements) if self.picture else ()

    @property
    def unbound_statements(self) -> tuple[Statement, ...]:
        """Those statements; none where a manifest binds them."""
        reading = self.own.reading
        bound = reading is not None and reading.hard_binding == "match" and not reading.broken
        return () if bound else self.statements

    # --- manifests --------------------------------------------------------------------------------

    @once
    def own(self) -> OwnManifest:
        """The manifest in the file, or else the sidecar's."""
        return self._reader.ask(Contents.read_own)

    @once
    def coverage(self) -> Coverage:
        """What the hard binding of that manifest leaves out of the file."""
        return Coverage() if self.own.reading is None else self._reader.ask(Contents.find_coverage)

    def list_history(self, reading: ManifestReading | None) -> tuple[HistoryEntry, ...]:
        """Return every manifest in the store of one that was read here, the active one first."""
        return () if reading is None else self._reader.ask(Contents.list_history, reading)

    def list_signers(self, reading: ManifestReading) -> dict[str, HistorySigner]:
        """Return who signed each of these, by URN."""
        return self._reader.ask(Contents.list_signers, reading)

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
            about += self.questions.ask(stamp_id, lambda: self.records)
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
        return self._reader.ask(Contents.read_store, store)

    @once
    def marks(self) -> tuple[FoundMark, ...]:
        """The marks in the pixels: the public one first, then those of the secret keys."""
        found = enumerate(each.found for each in self._searched)
        return tuple(FoundMark(each, layer) for layer, each in found if each is not None)

    @once
    def span(self) -> Seen | None:
        """When the first mark begins and ends: in a film."""
        return self._reader.ask(Contents.find_span) if self.marks else None

    @once
    def _searched(self) -> list[watermark.Outcome]:
        if self.picture is None:
            return []
        enter(Stage.LOOKING)
        return self._reader.ask(Contents.search)

    @property
    def layers(self) -> range:
        """The layers that marks may lie in: 0 is the public one, then one for each secret key."""
        return range(1 + len(self.sources.keys))

    def every_mark(self, layer: int) -> tuple[FoundMark, ...]:
        """Search one layer to its end, past what is found there."""
        if self.picture is None:
            return ()
        if layer not in self._every:
            found = self._reader.ask(Contents.search_all, layer)
            self._every[layer] = tuple(FoundMark(each, layer) for each in found)
        return self._every[layer]

    @once
    def recorded_mark(self) -> FoundMark | None:
        """A mark that only records or lists lead to: of alike pictures, or of its own bits.

        None where a public mark is sure by itself, unless the registry does not know that one: a
        louder mark of others must not hide one's own. Responses hold records too. A private mark
        is looked for last.
        """
        if self.picture is None or self._is_known(self._searched[0].found):
            return None
        alike = (*(each.stamp_id for each in self.similar), *self._answered_stamps)
        payloads = [each.payload for each in dict.fromkeys(alike)]
        found = self._match(payloads)
        lists = self.sources.lists
        among = self.records.size + (lists.stamps if lists else 0)
        if found is None and among:
            unsure = self._searched[0].unsure
            held = [each for each in unsure if self._is_held(StampId.from_payload(each))]
            found = self._match(held, among=among)
        if found is None and not self.marks:
            return self._match_private(payloads)
        return FoundMark(found, by_record=True) if found else None

    def _match_private(self, payloads: list[bytes]) -> FoundMark | None:
        found = self._reader.ask(Contents.match_private, payloads) if self.sources.keys else None
        return FoundMark(*found, by_record=True) if found else None

    def _is_held(self, stamp_id: StampId) -> bool:
        """Tell whether the registry has a record of a stamp, or a list names it."""
        lists = self.sources.lists
        if self.records.size and self.records.look_up(stamp_id).row is not None:
            return True
        return lists is not None and lists.knows(stamp_id)

    def _match(self, payloads: list[bytes], among: int = 0) -> Detection | None:
        return self._reader.ask(Contents.match, payloads, among) if payloads else None

    def _is_known(self, found: Detection | None) -> bool:
        if found is None or not self.records.size:
            return found is not None
        status = self.records.look_up(StampId.from_payload(found.payload)).status
        return status is not LookupStatus.NONE

    @once
    def hashes(self) -> tuple[Pdq, ...]:
        """The picture's PDQ hashes, its own first, then turned or enlarged; none without pixels."""
        return () if self.picture is None else self._reader.ask(Contents.hash_pdq)

    @once
    def reliable_hashes(self) -> tuple[Pdq, ...]:
        """The hashes that may be compared: none when the picture is too plain."""
        return tuple(each for each in self.hashes if each.reliable)

    @once
    def listed_hashes(self) -> tuple[Pdq, ...]:
        """The hashes to look the picture up by in lists, its own first.

        They are of the whole picture, of it without bars, and of each part that carries a mark, so
        that screenshots are recognised; all in eight orientations.
        """
        if self.picture is None:
            return ()
        found = [each.detection for each in self.marks]
        return *self.hashes, *self._reader.ask(Contents.hash_inside, found)

    def find_listed(
        self, stamps: Iterable[StampId], *, pixels: bool = True
    ) -> tuple[ListMatch, ...] | None:
        """Find the picture on lists, also by stamps that it carries; None without lists."""
        lists = self.sources.lists
        if lists is None:
            return None
        return lists.match(self.listed_hashes if pixels else (), self.digests, stamps)

    def compare_marked(
        self, statement: StampStatement, found: Detection
    ) -> tuple[Comparison, Region]:
        """Compare what was signed with the pixels that carry a mark."""
        if (statement, found) not in self._compared:
            compared = self._reader.ask(Contents.compare_marked, statement, found)
            self._compared[statement, found] = compared
        return self._compared[statement, found]

    def compare_whole(self, statement: StampStatement) -> Comparison:
        """Compare what was signed with the whole picture, in which no mark was found."""
        return self._reader.ask(Contents.compare_whole, statement)

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
