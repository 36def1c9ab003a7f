"""Compare a picture's hashes with lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provenance.fingerprint import MATCH_DISTANCE, HammingIndex, Pdq
from provenance.hashlists.files import HashList
from provenance.hashlists.records import PDQ

MATCH_LIMIT = 100
"""Matches of one list that are taken for one orientation; a hash with more is one of a pattern,
not of a picture."""


NO_DIGESTS: Mapping[str, str] = {}
"""Of a picture that came without a file."""


@dataclass(frozen=True)
class ListMatch:
    """A hash of a list that a picture is near to: the list, the distance in bits, the cases.

    ``kind`` is ``pdq``, or that of the digest that is equal.
    """

    list: str
    distance: int
    cases: tuple[str, ...]
    kind: str = PDQ


class Matcher:
    """Looks pictures up in lists. By convention, distances up to 31 of 256 bits match."""

    def __init__(self, lists: Iterable[HashList]) -> None:
        self._lists = []
        for each in lists:
            index = HammingIndex()
            index.extend([bytes.fromhex(record.value) for record in each.live])
            digests = {(r.signal, r.value): r.cases for r in each.digests}
            self._lists.append((each.name, each.live, index, digests))

    def match(
        self, hashes: Iterable[Pdq], digests: Mapping[str, str] = NO_DIGESTS
    ) -> tuple[ListMatch, ...]:
        """Find the hashes that a picture matches in any of its orientations, nearest first.

        A picture whose hash is not reliable matches none of them. ``digests`` are those of its
        file by kind; they match where a list holds the same.
        """
        reliable = [bytes.fromhex(each.hex) for each in hashes if each.reliable]
        found: list[ListMatch] = []
        for name, records, index, listed in self._lists:
            equal = (each for each in digests.items() if each in listed)
            found += [ListMatch(name, 0, listed[each], each[0]) for each in equal]
            nearest: dict[int, int] = {}
            for query in reliable:
                for number, distance in index.within(query, MATCH_DISTANCE, MATCH_LIMIT):
                    nearest[number] = min(distance, nearest.get(number, distance))
            found += [ListMatch(name, near, records[n].cases) for n, near in nearest.items()]
        return tuple(
            sorted(found, key=lambda match: (match.distance, match.list, match.cases, match.kind))
        )
