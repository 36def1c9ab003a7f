"""Which keys an entry binds: added when they come into use, ended when another follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from provenance.directory.entries import BoundKey, DirectoryProducer, KeyUse


def bind_keys(
    entry: DirectoryProducer, present: Mapping[KeyUse, bytes], now: datetime
) -> DirectoryProducer:
    """Bind the keys that are in use now, by their SubjectPublicKeyInfo.

    The first key for a use holds since the entry does. One that follows another holds from now on,
    and the other until now: what it signed before stays good.
    """
    keys = list(entry.keys)
    for use, spki in present.items():
        known = [key for key in keys if key.use is use]
        if any(key.spki == spki and key.valid_to is None for key in known):
            continue
        others = [key for key in keys if key.use is not use]
        ended = [replace(key, valid_to=key.valid_to or now) for key in known if key.spki != spki]
        keys = [*others, *ended, BoundKey(use, spki, now if known else entry.valid_from)]
    return replace(entry, keys=tuple(keys))
