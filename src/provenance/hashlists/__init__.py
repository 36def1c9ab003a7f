"""Lists of hashes of known pictures, as platforms and helplines exchange them.

Two forms are read and written: ThreatExchange's file, a line for each hash, and StopNCII's records
in JSON, which say whether the person behind a hash still wants it matched. What was withdrawn or
deleted is never matched, and `update` takes it out of a list for good.
"""

from provenance.hashlists.files import HashList, load
from provenance.hashlists.matching import Match, Matcher
from provenance.hashlists.records import HashRecord, Status
from provenance.hashlists.updating import Updated, update

__all__ = ["HashList", "HashRecord", "Match", "Matcher", "Status", "Updated", "load", "update"]
