"""Compare a picture's hashes with lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provenance.fingerprint import MATCH_DISTANCE, HammingIndex, Pdq
from provenance.hashlists.files import HashList

MATCH_LIMIT = 100
"""Matches of one list that are taken for one orientation; a hash with more is one of a pattern,
not of a picture."""


@dataclass(frozen=True)
class ListMatch:
    """A hash of a list that a picture is near to: the list, the distance in bits, the cases."""

    list: str
    distance: int
    cases: tuple[str, ...]


class Matcher:
    """Looks pictures up in lists. By convention, distances up to 31 of 256 bits match."""

    def __init__(self, lists: Iterable[HashList]) -> None:
        self._lists = []
        for each in lists:
            index = HammingIndex()
            index.extend([bytes.fromhex(record.value) for record in each.live])
            self._lists.append((each.name, each.live, index))

    def match(self, hashes: Iterable[Pdq]) -> tuple[ListMatch, ...]:
        """Find the hashes that a picture matches in any of its orientations, nearest first.

        A picture whose hash is not reliable matches nothing.
        """
        reliable = [bytes.fromhex(each.hex) for each in hashes if each.reliable]
        found: list[ListMatch] = []
        for name, records, index in self._lists:
            nearest: dict[int, int] = {}
            for query in reliable:
                for number, distance in index.within(query, MATCH_DISTANCE, MATCH_LIMIT):
                    nearest[number] = min(distance, nearest.get(number, distance))
            found += [ListMatch(name, near, records[n].cases) for n, near in nearest.items()]
        return tuple(sorted(found, key=lambda match: (match.distance, match.list, match.cases)))
