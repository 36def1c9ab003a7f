"""How names, numbers, times and lists are written in sentences.

Each language has its own forms, which stand in its catalogue like all other words. So a language is
one file, and a report has the same bytes on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from provenance.language import (
    Language,
    Message,
    Said,
    message,
    message_in,
    messages,
    say_count,
    speak,
)
from provenance.text.cleaning import clean

MAX_QUOTED = 120
"""Characters of a name inside a sentence: enough for any organisation, too few to bury the rest."""

MINUTE = message_in("form of a time, as of strftime", "%Y-%m-%d %H:%M UTC")
SECOND = message_in("form of a time, as of strftime", "%Y-%m-%d %H:%M:%S UTC")
DATE = message_in("form of a date, as of strftime", "%Y-%m-%d")
_UNKNOWN_TIME = message("an unknown time")
_THOUSANDS = message_in("between thousands", ",")
_DECIMALS = message_in("before decimals", ".")
_PERCENT = message("{number}%")
_AND = message("{first} and {last}")
_NAME = message_in("a name in quotation marks", '"{name}"')
_DAYS = messages("{count} day", "{count} days")
_HOURS = messages("{count} hour", "{count} hours")
_MINUTES = messages("{count} minute", "{count} minutes")
_MOMENT = message("less than a minute")
_ODDS = message("one in {number}")
_EVEN_ODDS = message("one in two")
_RAREST_ODDS = message("one in more than can be counted")

_ONE_DIGIT = 0.1  # a share below this needs a digit after the point
_MAX_EXPONENT = 12  # of ten: numbers beyond a trillion are hard to read when written out
_ROUNDING = 1e-9  # more than division can lose, so that a whole number is not rounded down


@dataclass(frozen=True)
class _Time:
    time: datetime
    form: Message

    def render(self, language: Language) -> str:
        return self.time.strftime(speak(self.form, language))


@dataclass(frozen=True)
class _Number:
    written: str  # as English writes it

    def render(self, language: Language) -> str:
        marks = {",": speak(_THOUSANDS, language), ".": speak(_DECIMALS, language)}
        return "".join(marks.get(each, each) for each in self.written)


@dataclass(frozen=True)
class _Listed:
    parts: tuple[str, ...]

    def render(self, language: Language) -> str:
        *first, last = (speak(part, language) for part in self.parts)
        if not first:
            return last
        return speak(_AND, language).format(first=", ".join(first), last=last)


@dataclass(frozen=True)
class _Name:
    name: str

    def render(self, language: Language) -> str:
        form = speak(_NAME, language)
        marks = {ord(mark): "'" for mark in form.replace("{name}", "") if not mark.isspace()}
        return form.format(name=self.name.translate(marks))


def quote(text: str) -> Said:
    """Put a stranger's name into quotation marks, with single spaces and its own marks single."""
    words = text[: 4 * MAX_QUOTED].replace('"', "'").split()
    line = clean(" ".join(words), 4 * MAX_QUOTED)
    return Said(_Name(f"{line[: MAX_QUOTED - 1]}…" if len(line) > MAX_QUOTED else line))


def format_time(time: datetime | None, form: Message = MINUTE) -> Said:
    """Write a time as people read it, in UTC."""
    return _UNKNOWN_TIME if time is None else Said(_Time(time.astimezone(UTC), form))


def format_age(age: timedelta) -> Said:
    """Write how long ago something was, in whole days, hours or minutes."""
    minutes = max(0, int(age / timedelta(minutes=1)))
    hours, days = minutes // 60, minutes // (24 * 60)
    if minutes < 1:
        return _MOMENT
    if days >= 2:
        return say_count(*_DAYS, days)
    if hours >= 2:
        return say_count(*_HOURS, hours)
    return say_count(*_MINUTES, minutes)


def format_number(number: int) -> Said:
    """Write a whole number in groups of three digits."""
    return Said(_Number(f"{number:,}"))


def format_percent(share: float) -> Said:
    """Write a share of 1, with the digits that it needs."""
    written = f"{share:.1%}" if share < _ONE_DIGIT else f"{share:.0%}"
    return _PERCENT.format(number=Said(_Number(written.removesuffix("%"))))


def format_odds(probability: float) -> Said:
    """Write a small probability as "one in N", rounded so that it never sounds rarer than it is."""
    if not 0 < probability < 0.5:
        return _EVEN_ODDS if probability >= 0.5 else _RAREST_ODDS
    exponent = math.floor(math.log10(1 / probability))
    if exponent > _MAX_EXPONENT:
        return _ODDS.format(number=f"10^{exponent}")
    whole = math.floor(1 / probability / 10**exponent + _ROUNDING) * 10**exponent
    return _ODDS.format(number=format_number(whole))


def join_names(names: Sequence[str]) -> Said:
    """Join names with commas and an "and"."""
    return Said(_Listed(tuple(names)))
