"""One directory from the entries of several: what a directory authority is about to sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from provenance.directory.edition import Listing, Standing
from provenance.directory.entries import DirectoryProducer, is_self_drawn
from provenance.directory.names import fold_name
from provenance.errors import DirectoryError


def merge(
    listings: Sequence[Listing], assigned: Mapping[int, int]
) -> tuple[DirectoryProducer, ...]:
    """Merge entries by their binding: a producer's own file renews what an authority listed.

    The number that an authority gave stays; ``assigned`` maps numbers to new ones.

    Raises
    ------
    DirectoryError
        Two producers share a number or a name, or an assignment can't be made.
    """
    merged: dict[object, DirectoryProducer] = {}
    for listing in sorted(listings, key=lambda each: -each.standing):
        entry, known = listing.entry, merged.get(listing.entry.binding)
        if known is not None and listing.standing is not Standing.AUTHORITY:
            entry = replace(entry, number=known.number)
        merged[entry.binding] = entry
    _check_assignments(assigned, merged.values())
    entries = tuple(
        replace(entry, number=assigned.get(entry.number, entry.number)) for entry in merged.values()
    )
    _check_distinct(entries)
    return tuple(sorted(entries, key=lambda entry: entry.number))


def _check_assignments(assigned: Mapping[int, int], entries: Iterable[DirectoryProducer]) -> None:
    numbers = {entry.number for entry in entries}
    for old, new in assigned.items():
        if old not in numbers:
            raise DirectoryError(f"No entry has the number {old}, so it can't be changed.")
        if is_self_drawn(new) or new < 1:
            raise DirectoryError(f"The number {new} can't be assigned: use 1 to 524287.")


def _check_distinct(entries: Sequence[DirectoryProducer]) -> None:
    numbers: dict[int, DirectoryProducer] = {}
    names: dict[str, DirectoryProducer] = {}
    for entry in entries:
        other = numbers.setdefault(entry.number, entry)
        if other is not entry:
            raise DirectoryError(
                f'"{other.name}" and "{entry.name}" have one number, {entry.number}: assign '
                "another to one of them."
            )
        twin = names.setdefault(fold_name(entry.name), entry)
        if twin is not entry:
            raise DirectoryError(
                f'"{twin.name}" ({twin.number}) and "{entry.name}" ({entry.number}) look like '
                "one name: find out who may use it, and leave the other one out."
            )
