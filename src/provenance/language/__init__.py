"""Sentences that can be said in several languages: messages, their values, and catalogues.

Messages are English, and so are verdicts, JSON and logs. A sentence made of a message remembers
it, and ``speak`` says it in another language (docs/adr/0022, docs/languages.md).
"""

from provenance.language.languages import ENGLISH, NAMES, Language, open_language
from provenance.language.said import (
    Message,
    Said,
    join,
    join_lines,
    message,
    message_in,
    messages,
    say_count,
    speak,
)

__all__ = [
    "ENGLISH",
    "NAMES",
    "Language",
    "Message",
    "Said",
    "join",
    "join_lines",
    "message",
    "message_in",
    "messages",
    "open_language",
    "say_count",
    "speak",
]
