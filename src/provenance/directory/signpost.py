"""The signpost: for a detector that has read a producer number, whose it is and whom to ask.

A mark of this kind is found and read with public constants alone; its first 24 bits are the
format's version and the producer number. So a stranger's detector needs only this list::

    {"type": "provenance.signpost.1", "issued": TIME,
     "mark": {"alg": NAME, "bits": 96, "fields": [{"name": "version", "bits": 4}, ...]},
     "producers": [{"number": 1, "name": ..., "standing": ..., "endpoint": ..., ...}]}

It points and proves nothing: proof is the producer's signed response, or its manifest. A number
from 524288 up was drawn by its user, so its entry says who uses it by their own word.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from provenance.canonical import to_utc_text
from provenance.directory.directory import Directory
from provenance.directory.edition import Listing
from provenance.directory.entries import is_self_drawn
from provenance.stamp_id import FIELDS, PAYLOAD_BYTES
from provenance.watermark import ALG

SIGNPOST_TYPE = "provenance.signpost.1"
"""What the document's ``type`` says of this format."""


def make_signpost(directory: Directory, number: int | None, now: datetime) -> dict[str, Any]:
    """Make the document: of one producer number, or of all that the directory lists."""
    found = directory.listings if number is None else directory.find_listings(number)
    chosen = [each for each in found if each in directory.find_listings(each.entry.number)]
    return {
        "type": SIGNPOST_TYPE,
        "issued": to_utc_text(now),
        "mark": {
            "alg": ALG,
            "bits": 8 * PAYLOAD_BYTES,
            "fields": [{"name": name, "bits": bits} for name, bits in FIELDS],
        },
        "producers": [
            _describe(each, now) for each in sorted(chosen, key=lambda each: each.entry.number)
        ],
    }


def _describe(listing: Listing, now: datetime) -> dict[str, Any]:
    entry = listing.entry
    endpoint = entry.endpoint
    return {
        "number": entry.number,
        "name": entry.name,
        "contact": entry.contact,
        "self_drawn": is_self_drawn(entry.number),
        "standing": listing.standing.name.lower(),
        "status": entry.status_at(now).value,
        "endpoint": endpoint,
        "detector": f"{endpoint}/v1/verify" if endpoint else None,
        "responses": f"{endpoint}/v1/responses/" if endpoint else None,
        "resolution": f"{endpoint}/v1" if endpoint else None,
    }
