"""Read times on the command line: ISO 8601, always with a time zone."""

from __future__ import annotations

from datetime import UTC, datetime

import click


def read_time(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> datetime | None:
    """Read an ISO 8601 time that states its zone.

    Raises
    ------
    click.BadParameter
        The text is not such a time.
    """
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is not an ISO 8601 time: write it as 2026-03-01T12:00:00Z."
        ) from error
    if time.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no time zone: add Z or an offset such as +01:00.")
    return time.astimezone(UTC)
