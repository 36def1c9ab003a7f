"""Lists of hashes of known pictures, as platforms and helplines exchange them.

Two forms are read and written: ThreatExchange's file, with one line per hash, and StopNCII's
records in JSON, which say whether the person behind a hash still wants it matched. Withdrawn and
deleted hashes are never matched, and ``update`` removes them from a list for good.
"""

from provenance.hashlists.files import HashList, load
from provenance.hashlists.matching import ListMatch, Matcher
from provenance.hashlists.records import HashRecord, HashStatus
from provenance.hashlists.updating import UpdateResult, update

__all__ = [
    "HashList",
    "HashRecord",
    "HashStatus",
    "ListMatch",
    "Matcher",
    "UpdateResult",
    "load",
    "update",
]
