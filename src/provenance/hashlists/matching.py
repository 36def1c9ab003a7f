"""Compare a picture's hashes and stamps with lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from provenance.errors import HashListError
from provenance.fingerprint import MATCH_DISTANCE, HammingIndex, Pdq
from provenance.hashlists.files import HashList
from provenance.hashlists.records import PDQ, SALTED_STAMP, STAMP, STAMPS, Hash, HashRecord, ListUse
from provenance.hashlists.salting import MOST_SALTS, read_salt, salt_stamp
from provenance.stamp_id import StampId

MATCH_LIMIT = 100
"""Matches of one list that are taken for one orientation; a hash with more is one of a pattern,
not of a picture."""


NO_DIGESTS: Mapping[str, str] = {}
"""Of a picture that came without a file."""


@dataclass(frozen=True)
class ListMatch:
    """A hash of a list that a picture matches: the list, the distance in bits, the cases.

    ``kind`` is ``pdq``, that of the digest that is equal, or that of the listed stamp, which is
    ``stamp_id``. A listed stamp says nothing yet of whether its mark belongs on the picture.
    """

    list: str
    distance: int
    cases: tuple[str, ...]
    kind: str = PDQ
    use: ListUse = ListUse.KNOWN
    stamp_id: StampId | None = None


class Matcher:
    """Looks pictures up in lists. By convention, distances up to 31 of 256 bits match.

    Attributes
    ----------
    names
        The names of the lists, in their order.
    has_stamps
        Whether any list holds stamps, so that it pays to read a picture's mark.

    Raises
    ------
    HashListError
        A list has too many salts.
    """

    def __init__(self, lists: Iterable[HashList]) -> None:
        self._lists = tuple(map(_Indexed.build, lists))
        self.names = tuple(each.name for each in self._lists)
        self.has_stamps = any(each.stamps for each in self._lists)

    @property
    def stamps(self) -> int:
        """How many stamps the lists hold."""
        return sum(len(each.stamps) for each in self._lists)

    def match(
        self,
        hashes: Iterable[Pdq],
        digests: Mapping[str, str] = NO_DIGESTS,
        stamps: Iterable[StampId] = (),
    ) -> tuple[ListMatch, ...]:
        """Find what a picture matches in any of its orientations, nearest first.

        A picture whose hash is not reliable matches no hash. ``digests`` are those of its file by
        kind; they match where a list holds the same. ``stamps`` are those of its marks.
        """
        reliable = [bytes.fromhex(each.hex) for each in hashes if each.reliable]
        asked = tuple(dict.fromkeys(stamps))
        found = [
            match
            for each in self._lists
            for match in (
                *each.find_equal(digests),
                *each.find_stamps(asked),
                *each.find_near(reliable),
            )
        ]
        return tuple(
            sorted(found, key=lambda match: (match.distance, match.list, match.cases, match.kind))
        )

    def knows(self, stamp_id: StampId) -> bool:
        """Tell whether any list holds a stamp."""
        return any(True for each in self._lists for _ in each.find_stamps((stamp_id,)))


@dataclass(frozen=True)
class _Indexed:
    """One list, ready to be searched; ``near`` numbers its PDQ hashes as the index does."""

    name: str
    index: HammingIndex
    near: tuple[HashRecord, ...]
    digests: Mapping[Hash, HashRecord]
    stamps: Mapping[Hash, HashRecord]
    salts: tuple[bytes, ...]

    @classmethod
    def build(cls, listed: HashList) -> _Indexed:
        hashes = list(listed.list_live())
        near = [(value, record) for (kind, value), record in hashes if kind == PDQ]
        index = HammingIndex()
        index.extend([bytes.fromhex(value) for value, _ in near])
        stamps = {key: record for key, record in hashes if key[0] in STAMPS}
        digests = {key: record for key, record in hashes if key[0] not in (PDQ, *STAMPS)}
        salts = dict.fromkeys(read_salt(value) for kind, value in stamps if kind == SALTED_STAMP)
        if len(salts) > MOST_SALTS:
            raise HashListError(
                f"The hash list {listed.name} has {len(salts)} salts, and at most {MOST_SALTS} are "
                "looked up: ask its maker for one with a single salt."
            )
        records = tuple(record for _, record in near)
        return cls(listed.name, index, records, digests, stamps, tuple(salts))

    def find_near(self, queries: Iterable[bytes]) -> Iterator[ListMatch]:
        nearest: dict[int, int] = {}
        for query in queries:
            for number, distance in self.index.within(query, MATCH_DISTANCE, MATCH_LIMIT):
                nearest[number] = min(distance, nearest.get(number, distance))
        for number, distance in nearest.items():
            yield self._describe(self.near[number], PDQ, distance)

    def find_equal(self, digests: Mapping[str, str]) -> Iterator[ListMatch]:
        for each in digests.items():
            if each in self.digests:
                yield self._describe(self.digests[each], each[0])

    def find_stamps(self, stamps: Iterable[StampId]) -> Iterator[ListMatch]:
        for stamp_id in stamps:
            for each in self._spell(stamp_id):
                if each in self.stamps:
                    yield self._describe(self.stamps[each], each[0], stamp_id=stamp_id)

    def _spell(self, stamp_id: StampId) -> Iterator[Hash]:
        """Yield how a stamp would stand in this list; each salt costs a scrypt."""
        yield STAMP, stamp_id
        for salt in self.salts:
            yield SALTED_STAMP, salt_stamp(stamp_id, salt)

    def _describe(
        self, record: HashRecord, kind: str, distance: int = 0, *, stamp_id: StampId | None = None
    ) -> ListMatch:
        return ListMatch(self.name, distance, record.cases, kind, record.use, stamp_id)
