"""What a running service does by itself: it forgets promises that nobody can ask for any more."""

from __future__ import annotations

import asyncio
import json
import logging

from provenance.errors import ProvenanceError
from provenance.service.web.site import Site

logger = logging.getLogger("provenance.service")

PAUSE_S = 24 * 3600.0
"""Promises live for seven days, so a day more or less is nothing."""


async def keep_up(site: Site) -> None:
    """Forget old promises at the start and once a day, until the task is cancelled.

    Several instances may do so at once. A failure is a line in the log: stamps go on without it.
    """
    while True:
        try:
            forgotten = await site.look_up(site.engine.forget_claims)
            line: dict[str, object] = {"event": "claims.forgotten", "count": forgotten}
        except ProvenanceError as error:
            line = {"event": "claims.not_forgotten", "code": error.code}
        logger.info("%s", json.dumps(line))
        await asyncio.sleep(PAUSE_S)
