"""A registry whose file somebody wrote to: its log contradicts what its tables say."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

TRIGGERS = ("records_update", "stores_update", "stores_delete")
"""What keeps programs that mean well from changing records."""
CHANGES = (
    "UPDATE records SET model = 'another' WHERE stamp_id = :id",
    "UPDATE stores SET store = (SELECT store FROM stores WHERE leaf_index = 0) WHERE {row}",
    "DELETE FROM stores WHERE {row}",
)
"""The first changes what is recorded, the second which manifest it leads to, the third loses it."""
ROW = "leaf_index = (SELECT leaf_index FROM records WHERE stamp_id = :id)"


def damage(registry: Path, out: Path, stamp_ids: list[str]) -> None:
    """Copy a registry and change its records of these stamps, by turns."""
    out.parent.mkdir()
    shutil.copy(registry, out)
    with closing(sqlite3.connect(out)) as database, database:
        for trigger in TRIGGERS:
            database.execute(f"DROP TRIGGER {trigger}")
        for number, stamp_id in enumerate(stamp_ids):
            change = CHANGES[number % len(CHANGES)].format(row=ROW)
            database.execute(change, {"id": stamp_id})
