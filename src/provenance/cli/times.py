"""Times on the command line: ISO 8601, and never without a zone."""

from __future__ import annotations

from datetime import UTC, datetime

import click


def read_time(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> datetime | None:
    """Read an ISO 8601 time that says its zone."""
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as exc:
        raise click.BadParameter(f"{text!r} is no time such as 2026-03-01T12:00:00Z.") from exc
    if time.tzinfo is None:
        raise click.BadParameter(f"{text!r} names no time zone: end it with Z or +01:00.")
    return time.astimezone(UTC)
