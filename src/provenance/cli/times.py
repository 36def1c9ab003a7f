"""Read times on the command line: ISO 8601, always with a time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

AHEAD = timedelta(minutes=10)
"""How far the clock of whoever states a time may be ahead of this machine's."""


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
        raise click.BadParameter(
            f"{text!r} has no time zone: write it as 2026-03-01T12:00:00Z, or with an offset "
            "such as +01:00 for the Z."
        )
    return time.astimezone(UTC)


def read_past_time(
    context: click.Context, option: click.Parameter, text: str | None
) -> datetime | None:
    """Read such a time of something that has happened; see ``read_time``.

    Raises
    ------
    click.BadParameter
        The text is not such a time, or lies in the future.
    """
    time = read_time(context, option, text)
    if time is not None and time > datetime.now(UTC) + AHEAD:
        raise click.BadParameter(f"{text!r} lies in the future: give the time at which it was.")
    return time
