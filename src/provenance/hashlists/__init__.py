"""Lists of hashes of known pictures, as platforms and helplines exchange them.

Five forms are read and written: ThreatExchange's lines, its CSV and the JSON of its Graph API,
StopNCII's records in JSON, which say whether the person behind a hash still wants it matched, and
Project VIC's data model. Withdrawn and deleted hashes are never matched, and ``update`` removes
them from a list for good. A record may hold a picture's stamp beside its hashes: then its mark is
looked up too.
"""

from provenance.hashlists.exhibits import list_exhibits
from provenance.hashlists.files import HashList, load
from provenance.hashlists.matching import NO_DIGESTS, ListMatch, Matcher
from provenance.hashlists.publishing import make_public
from provenance.hashlists.records import (
    PDQ,
    STAMP,
    STAMPS,
    Form,
    Hash,
    HashRecord,
    HashStatus,
    ListUse,
    hash_file,
)
from provenance.hashlists.updating import UpdateResult, add, convert, update, withdraw

__all__ = [
    "NO_DIGESTS",
    "PDQ",
    "STAMP",
    "STAMPS",
    "Form",
    "Hash",
    "HashList",
    "HashRecord",
    "HashStatus",
    "ListMatch",
    "ListUse",
    "Matcher",
    "UpdateResult",
    "add",
    "convert",
    "hash_file",
    "list_exhibits",
    "load",
    "make_public",
    "update",
    "withdraw",
]
