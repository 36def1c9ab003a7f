"""The service's log: JSON lines on standard error, of the service and of its workers that stamp."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from provenance.canonical import to_utc_text


def write_json_lines() -> None:
    """Let this process write its log so; of libraries warnings alone: they may quote requests."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name, level in ((None, logging.WARNING), ("provenance", logging.INFO)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; a message that is JSON already keeps its keys."""
        head = {
            "time": to_utc_text(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
        }
        text = record.getMessage()
        try:
            said = json.loads(text) if text.startswith("{") else {"event": text}
        except ValueError:
            said = {"event": text}
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps({**head, **said})
