"""Comparing a picture's hashes with lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provenance.fingerprint import MATCH_DISTANCE, HammingIndex, Pdq
from provenance.hashlists.files import HashList

MATCH_LIMIT = 100
"""Most matches of one list for one orientation; what matches more is no picture but a pattern."""


@dataclass(frozen=True)
class Match:
    """A hash of a list that a picture comes near: which list, how near, for which cases."""

    list: str
    distance: int
    cases: tuple[str, ...]


class Matcher:
    """Looks pictures up in lists. Distances up to 31 of 256 bits match, by the convention."""

    def __init__(self, lists: Iterable[HashList]) -> None:
        self._lists = []
        for each in lists:
            index = HammingIndex()
            index.extend([bytes.fromhex(record.value) for record in each.live])
            self._lists.append((each.name, each.live, index))

    def matches(self, hashes: Iterable[Pdq]) -> tuple[Match, ...]:
        """Find what a picture in any of its orientations matches, nearest first.

        A picture whose hash is not reliable matches nothing.
        """
        reliable = [bytes.fromhex(each.hex) for each in hashes if each.reliable]
        found: list[Match] = []
        for name, records, index in self._lists:
            nearest: dict[int, int] = {}
            for query in reliable:
                for number, distance in index.within(query, MATCH_DISTANCE, MATCH_LIMIT):
                    nearest[number] = min(distance, nearest.get(number, distance))
            found += [Match(name, near, records[n].cases) for n, near in nearest.items()]
        return tuple(sorted(found, key=lambda match: (match.distance, match.list, match.cases)))
