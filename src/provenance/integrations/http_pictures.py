"""Which answers of HTTP hold a picture, by their head and first bytes, and what their head becomes.

Nothing here is believed that a mistake could make: an answer is looked at whatever its type says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from provenance.imaging import recognise

Headers = list[tuple[bytes, bytes]]

ENOUGH = 64
"""First bytes of a body that tell a picture's format."""

OTHER_PICTURES = (
    b"\xff\x0a\xff",
    b"\0\0\0\x0cJXL ",
    b"\0\0\0\x0cjP  ",
    b"8BPS",
    b"qoif",
)
"""How pictures begin that can't be stamped; those that a text could begin with are left out."""

BODILESS = frozenset({204, 304})
"""Statuses without a body."""

_OF_THE_BYTES = frozenset(
    {
        *(b"content-length", b"content-type", b"etag", b"accept-ranges", b"content-md5"),
        *(b"digest", b"content-digest", b"repr-digest", b"want-repr-digest"),
    }
)
"""What a head says of the bytes that are not sent."""


class Fate(Enum):
    """What becomes of an answer."""

    PASS = "pass"  # noqa: S105 (not a password)
    STAMP = "stamp"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Head:
    """Status and headers of an answer, names in lower case."""

    status: int
    headers: Headers

    def get(self, name: bytes) -> bytes:
        """Return a header's value, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), b"")

    @property
    def media_type(self) -> str:
        """The type of the body, without parameters; empty when it is not stated."""
        return self.get(b"content-type").partition(b";")[0].strip().lower().decode("latin-1")

    @property
    def states_picture(self) -> bool:
        """Whether the head says that the body is a picture, or a row of parts that may be some."""
        return self.media_type.startswith(("image/", "multipart/"))

    @property
    def flows(self) -> bool:
        """Whether the body is a stream of text events, whose head must not wait for the first."""
        return self.media_type == "text/event-stream"

    def without(self, names: Iterable[bytes]) -> Headers:
        """Return the headers but for those of these names."""
        left_out = frozenset(names)
        return [(key, value) for key, value in self.headers if key.lower() not in left_out]


def judge(head: Head, first: bytes, leave: Iterable[str]) -> tuple[Fate, str]:
    """Say what becomes of an answer, and why, by its head and the first bytes of its body.

    ``leave`` names media types that are let through as they are.
    """
    if head.media_type in leave or head.flows:
        return Fate.PASS, ""
    encoding = head.get(b"content-encoding").strip().lower()
    seen = recognise(first) is not None
    other = first.startswith(OTHER_PICTURES)
    if not (head.states_picture or seen or other):
        return Fate.PASS, ""
    if encoding not in (b"", b"identity"):
        return Fate.REFUSE, "it is compressed before it could be stamped"
    if head.status == 206 or head.get(b"content-range"):
        return Fate.REFUSE, "it is a part of a picture"
    if not seen:
        return Fate.REFUSE, "it is of a type that can't be stamped"
    return Fate.STAMP, ""


def restate(head: Head, size: int, mime: str, stamp_id: str) -> Headers:
    """Return the headers of the stamped picture; nobody on its way may change its bytes."""
    kept = head.without(_OF_THE_BYTES | {b"cache-control", *OWN})
    caching = [part for part in (head.get(b"cache-control"), b"no-transform") if part]
    return [
        *kept,
        (b"content-type", mime.encode()),
        (b"content-length", b"%d" % size),
        (b"cache-control", b", ".join(caching)),
        (b"accept-ranges", b"none"),
        (b"provenance-stamp-id", stamp_id.encode()),
    ]


def restate_bodiless(head: Head) -> Headers:
    """Return the headers of an answer to HEAD: the stamped picture would have other ones."""
    return head.without((_OF_THE_BYTES - {b"content-type"}) | OWN)


MODEL, VERSION, ACTION = b"provenance-model", b"provenance-model-version", b"provenance-action"
OWN = frozenset({MODEL, VERSION, ACTION})
"""Headers by which a program says what made its picture; they go no further."""
