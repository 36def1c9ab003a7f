"""The trust that directory entries bring: each for what it binds, and for nothing else."""

from __future__ import annotations

from provenance.directory import Directory
from provenance.language import message
from provenance.manifest import ScopedAnchor, Trust, TrustList
from provenance.text import quote

_BROUGHT = message("authority of the entry {name} in {file}")


def scope_trust(trust: Trust, directory: Directory | None) -> Trust:
    """Add the authorities that entries bring, each within the scope of its entry."""
    listings = directory.listings if directory else ()
    return trust.extend(
        ScopedAnchor(
            TrustList(
                _BROUGHT.format(name=quote(each.entry.name), file=each.edition.file),
                each.entry.authority,
            ),
            each.entry.binding,
        )
        for each in listings
        if each.entry.authority
    )
