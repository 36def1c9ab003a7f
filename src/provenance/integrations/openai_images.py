"""What an API of images in the style of OpenAI answers, with its pictures stamped.

``stamp_answer`` takes a whole answer, ``stamp_events`` the events of a stream. A picture that can't
be stamped is left out, and an error stands in its place: nothing unstamped is passed on. Pictures
that are only named by an address are fetched within bounds and from public addresses alone, see
``provenance.fetching``, and handed out as ``b64_json``.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from provenance.errors import InputError, ProvenanceError
from provenance.fetching import STRANGERS, Guard, fetch
from provenance.integrations.model_stamper import ModelStamper
from provenance.manifest import ModelAction

EVENT_LIMIT = 96 * 2**20
"""Characters of one event: a picture of 64 MiB in base64, and room for what is said of it."""

PARTIAL = ".partial_image"
"""How the types of events end that hold a preview."""

ACTIONS: Mapping[str, ModelAction] = {
    "generations": ModelAction.CREATED,
    "edits": ModelAction.EDITED,
    "variations": ModelAction.EDITED,
}
"""What a model does, by the last part of the address that it is asked at."""


@dataclass(frozen=True)
class Restamper:
    """Stamps the pictures of answers.

    Attributes
    ----------
    maker
        What to stamp with; ``of`` and ``doing`` say for which model and action.
    guard
        Where pictures may be fetched from.
    max_bytes
        Length of one picture.
    """

    maker: ModelStamper
    guard: Guard = STRANGERS
    max_bytes: int = field(default=64 * 2**20)

    def stamp_answer(self, answer: Any) -> dict[str, Any]:
        """Return an answer whose pictures are stamped.

        Raises
        ------
        ProvenanceError
            A picture can't be had or stamped.
        """
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, list):
            raise InputError("The answer holds no list of pictures, so it is not passed on.")
        return {**answer, "data": [self._stamp_item(each) for each in data]}

    def stamp_events(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the events of a stream, each with its empty line; previews are left out.

        An event whose picture can't be stamped becomes one of type ``error``, and ends the stream.
        """
        try:
            for event in _split_events(lines):
                yield from self._stamp_event(event)
        except ProvenanceError as error:
            yield _write_event({"type": "error", "error": describe(error)})

    def _stamp_event(self, data: str) -> Iterator[str]:
        if data == "[DONE]":
            yield "data: [DONE]\n\n"
            return
        event = _read_object(data)
        if str(event.get("type", "")).endswith(PARTIAL):
            return
        if "b64_json" in event or "url" in event:
            event = self._stamp_item(event)
        elif '"b64_json"' in data:
            raise InputError("An event of the stream holds a picture where none is looked for.")
        yield _write_event(event)

    def _stamp_item(self, item: Any) -> dict[str, Any]:
        if not isinstance(item, dict):
            raise InputError("The answer holds something else than pictures.")
        stamped, _ = self.maker.stamp_once(self._read(item))
        kept = {name: value for name, value in item.items() if name != "url"}
        return {**kept, "b64_json": base64.b64encode(stamped).decode("ascii")}

    def _read(self, item: Mapping[str, Any]) -> bytes:
        text, address = item.get("b64_json"), item.get("url")
        if isinstance(text, str) and len(text) <= self.max_bytes * 4 // 3 + 4:
            try:
                return base64.b64decode(text, validate=True)
            except binascii.Error as error:
                raise InputError("A picture of the answer is not base64.") from error
        if isinstance(address, str) and text is None:
            return fetch(address, self.max_bytes, self.guard).data
        raise InputError("A picture of the answer is missing, or too long.")


def describe(error: ProvenanceError) -> dict[str, Any]:
    """Return an error as such an API tells it; strangers are not told of the inside."""
    message = "The picture could not be stamped, so it is not sent."
    return {"message": message, "type": "server_error", "param": None, "code": error.code}


def _split_events(lines: Iterator[str]) -> Iterator[str]:
    """Yield the data of each event of a stream of server-sent events."""
    data: list[str] = []
    size = 0
    for line in lines:
        if not line.strip():
            if data:
                yield "\n".join(data)
            data, size = [], 0
        elif line.startswith("data:"):
            data.append(line.removeprefix("data:").strip())
            size += len(line)
            if size > EVENT_LIMIT:
                raise InputError(f"An event is over {EVENT_LIMIT:,} characters, the limit.")
    if data:
        yield "\n".join(data)


def _read_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InputError("An event of the stream is not JSON.") from error
    if not isinstance(value, dict):
        raise InputError("An event of the stream is not an object.")
    return value


def _write_event(event: Mapping[str, Any]) -> str:
    return f"event: {event.get('type', 'message')}\ndata: {json.dumps(event)}\n\n"
