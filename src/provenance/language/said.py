"""Sentences that can be said again in another language.

A ``Said`` is a string, its English text, that remembers what it is made of: a message with the
values that fill it in. So verdicts, JSON and logs hold plain English, and whoever shows a sentence
to people asks for it in their language: ``speak``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, Self

from provenance.language.languages import ENGLISH, Language


class Form(Protocol):
    """What a sentence is made of."""

    def render(self, language: Language) -> str:
        """Write it in a language."""
        ...


class Said(str):
    """An English text that can be said in other languages; equal to any string with that text.

    What is made of it by the methods of strings is English only. Put it into a message, or join it
    with ``join``.
    """

    form: Form

    def __new__(cls, form: Form) -> Self:
        """Write the form in English, and keep it."""
        made = super().__new__(cls, form.render(ENGLISH))
        made.form = form
        return made

    def __getnewargs__(self) -> tuple[Form]:  # type: ignore[override]  # for pickle and copy
        return (self.form,)


def speak(text: object, language: Language) -> str:
    """Say a text in a language; anything but a ``Said``, such as a name, stays as it is."""
    if language is ENGLISH or not isinstance(text, Said):
        return str(text)
    return text.form.render(language)


@dataclass(frozen=True)
class Plain:
    """A message without values, as catalogues know it."""

    text: str
    context: str = ""

    def render(self, language: Language) -> str:
        """Look it up."""
        return language.translate(self.text, self.context)


@dataclass(frozen=True)
class Filled:
    """A message with the values that fill it in."""

    message: Form
    values: tuple[tuple[str, str], ...]

    def render(self, language: Language) -> str:
        """Look the message up, and fill it in with values in the same language."""
        values = {name: speak(value, language) for name, value in self.values}
        return self.message.render(language).format(**values)


@dataclass(frozen=True)
class Counted:
    """A message that has one form with the number one, and others with other numbers."""

    one: str
    many: str
    count: int

    def render(self, language: Language) -> str:
        """Look up the form that goes with the number."""
        return language.translate_count(self.one, self.many, self.count)


@dataclass(frozen=True)
class Joined:
    """Texts, one after the other."""

    parts: tuple[str, ...]
    by: str

    def render(self, language: Language) -> str:
        """Write each."""
        return self.by.join(speak(part, language) for part in self.parts)


class Message(Said):
    """A fixed sentence or part of one; its braces are filled in by ``format``."""

    def format(self, *args: object, **values: object) -> Said:
        """Fill the message in."""
        if args:
            raise TypeError(
                "The values of a message have names: translations may change the order."
            )
        return Said(Filled(self.form, _keep(values)))


def message(text: str) -> Message:
    """Mark a text as a message: it is looked for in the catalogues of other languages."""
    return Message(Plain(text))


def message_in(context: str, text: str) -> Message:
    """Mark a text whose translation depends on where it stands; ``context`` tells translators."""
    return Message(Plain(text, context))


def messages(one: str, many: str) -> tuple[str, str]:
    """Mark a message that goes with a number, for ``say_count``."""
    return one, many


def say_count(one: str, many: str, count: int, **values: object) -> Said:
    """Say what ``messages`` marked, in the form for a number, which fills in ``{count}``."""
    return Said(Filled(Counted(one, many, count), _keep({"count": count, **values})))


def join(parts: Iterable[str], by: str = " ") -> Said:
    """Join texts, leaving out empty ones."""
    return Said(Joined(tuple(part for part in parts if part), by))


def join_lines(lines: Iterable[str]) -> Said:
    """Join lines; empty ones stay."""
    return Said(Joined(tuple(lines), "\n"))


def _keep(values: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """Keep values as texts, which can be compared and sent to other processes."""
    return tuple((k, v if isinstance(v, Said) else str(v)) for k, v in values.items())
