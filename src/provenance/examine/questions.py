"""What is asked of producers during one examination: only what the registry does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from provenance.examine.record_lookup import LookupStatus, RecordLookup
from provenance.response import Asked, Asker, Response
from provenance.stamp_id import StampId

MOST_ASKED = 4
"""Questions about one picture: whoever writes many marks must not make us ask many."""


class Questions:
    """Asks producers about stamps; ``asked`` says whom, and what came of it."""

    def __init__(self, asker: Asker | None) -> None:
        self._asker = asker
        self.asked: list[Asked] = []

    def ask(self, stamp_id: StampId, records: Callable[[], RecordLookup]) -> Iterator[Response]:
        """Yield what the producer of a stamp answers that the registry does not know."""
        if self._asker is None or len(self.asked) >= MOST_ASKED:
            return
        if records().look_up(stamp_id).status is LookupStatus.FOUND:
            return
        for each in self._asker.ask(stamp_id):
            self.asked.append(each)
            if each.response is not None:
                yield each.response
