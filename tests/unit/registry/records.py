"""Records for tests of a back end."""

from __future__ import annotations

from datetime import UTC, datetime

from provenance.records import StampRecord
from provenance.registry.base import Access
from provenance.stamp_id import StampId

ACCESS = Access("2026-17", "a test")


def record(number: int) -> StampRecord:
    return StampRecord(
        stamp_id=StampId(f"{number:024x}"),
        manifest_urn=f"urn:c2pa:{number}",
        producer=524_289,
        producer_name="Example AI",
        model="example",
        model_version="3",
        model_number=1,
        created=datetime(2026, 1, 31, tzinfo=UTC),
        recorded=datetime(2026, 1, 31, tzinfo=UTC),
        sha256=f"{number:064x}",
        format="PNG",
        pdq=f"{number:064x}",
        pdq_quality=100,
        lattice="lattice",
    )
