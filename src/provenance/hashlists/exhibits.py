"""The exhibits of a case folder as records of a hash list: what identical copies are found by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provenance.hashlists.records import PDQ, HashRecord, check_hash

DIGESTS = ("sha256", "md5")
"""The digests that a case folder states of each exhibit."""


def list_exhibits(report: Mapping[str, Any]) -> list[HashRecord]:
    """List the exhibits of a parsed ``report.json``, each under the number of the case.

    Raises
    ------
    KeyError, TypeError
        It is not such a report.
    HashListError
        A hash in it is malformed.
    """
    case = str(report["case"])
    return [_list(each["input"], case) for each in report["exhibits"]]


def _list(given: Mapping[str, Any], case: str) -> HashRecord:
    """List one exhibit: its SHA-256 names it, and PDQ goes along where the picture has one."""
    hashes = [check_hash(kind, str(given[kind]), "report.json") for kind in DIGESTS]
    if given["pdq"]:
        hashes.append(check_hash(PDQ, str(given["pdq"]), "report.json"))
    first, *also = hashes
    return HashRecord(*first, cases=(case,), also=tuple(also))
