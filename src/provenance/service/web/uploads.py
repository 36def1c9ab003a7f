"""Uploads: read into memory within bounds, and nowhere else.

Web frameworks spool the parts of a form to disk. Here they are taken apart as they come, and names
of files are dropped unread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from provenance.errors import ImageTooLargeError
from provenance.service.refusals import MalformedRequestError

MAX_SECONDS = 60.0
"""For a whole upload: 32 MiB by a slow line of 5 Mbit/s."""

MAX_FIELD = 2**16
"""Bytes of all parts of a form besides the files, which are a few words."""

MAX_PARTS = 16

FILE_FIELDS = ("file", "manifest")
"""Parts that hold files: the picture, and a sidecar manifest that came with it."""

TEXT_FIELDS = ("address", "lang", "opinion", "sha256", "text")
"""Parts that hold text: those of the page's forms."""


@dataclass(frozen=True)
class Upload:
    """What came: files and texts by the name of their field."""

    files: Mapping[str, bytes] = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def picture(self) -> bytes:
        """The picture; empty where none came."""
        return self.files.get("file", b"")

    @property
    def manifest(self) -> bytes | None:
        """The sidecar manifest, if one came."""
        return self.files.get("manifest") or None


async def read_upload(request: Request, max_bytes: int) -> Upload:
    """Read the body of a request: raw, or a form whose field ``file`` is the picture.

    Raises
    ------
    ImageTooLargeError
        It is over the limit, which is noticed before all of it came.
    MalformedRequestError
        It holds no picture, is not what it says, or came too slowly.
    """
    upload = await _read(request, max_bytes)
    if not upload.picture:
        raise MalformedRequestError(
            "There is no picture: send its bytes as the body, or a form with the field file."
        )
    return upload


async def read_form(request: Request, max_bytes: int) -> Upload:
    """Read a form of the page, which may lack a picture; see ``read_upload``.

    Raises
    ------
    ImageTooLargeError, MalformedRequestError
        It is over the limit, is not a form, or came too slowly.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise MalformedRequestError("This address takes a form.")
    return await _read(request, max_bytes)


async def _read(request: Request, max_bytes: int) -> Upload:
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > max_bytes + MAX_FIELD:
        refuse_large(max_bytes)
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    try:
        async with asyncio.timeout(MAX_SECONDS):
            if kind != b"multipart/form-data":
                return Upload({"file": await _read_raw(request.stream(), max_bytes)})
            form = _Form(options.get(b"boundary", b""), max_bytes)
            async for chunk in request.stream():
                form.feed(chunk)
            return form.end()
    except TimeoutError as error:
        raise MalformedRequestError(
            f"The upload took over {MAX_SECONDS:.0f} seconds, so it was given up."
        ) from error
    except (FormParserError, UnicodeDecodeError) as error:
        raise MalformedRequestError("The form is malformed.") from error
    except ClientDisconnect as error:
        raise MalformedRequestError("The upload was cut off.") from error


async def read_body(request: Request, max_bytes: int) -> bytes:
    """Read a small body of another kind.

    Raises
    ------
    ImageTooLargeError, MalformedRequestError
        It is over the limit, or came too slowly.
    """
    try:
        async with asyncio.timeout(MAX_SECONDS):
            return await _read_raw(request.stream(), max_bytes)
    except (TimeoutError, ClientDisconnect) as error:
        raise MalformedRequestError("The body was cut off, or came too slowly.") from error


async def _read_raw(stream: AsyncIterator[bytes], max_bytes: int) -> bytes:
    data = bytearray()
    async for chunk in stream:
        data += chunk
        if len(data) > max_bytes:
            refuse_large(max_bytes)
    return bytes(data)


def refuse_large(max_bytes: int) -> None:
    """Refuse an upload that is over the limit.

    Raises
    ------
    ImageTooLargeError
        Always.
    """
    raise ImageTooLargeError(f"The upload is over the limit of {max_bytes:,} bytes.")


class _Form:
    """A form as it comes; only known fields are kept."""

    def __init__(self, boundary: bytes, max_bytes: int) -> None:
        if not boundary:
            raise MalformedRequestError("The form names no boundary.")
        self._max_bytes = max_bytes
        self._size = self._parts = 0
        self._name, self._value = bytearray(), bytearray()
        self._part = ""
        self._kept: dict[str, bytearray] = {}
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._add_name,
                "on_header_value": self._add_value,
                "on_header_end": self._end_header,
                "on_part_data": self._add_data,
                "on_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> None:
        self._parser.write(chunk)

    def end(self) -> Upload:
        self._parser.finalize()
        if not self._ended:
            raise MalformedRequestError("The form was cut off.")
        kept = {name: bytes(data) for name, data in self._kept.items()}
        texts = {name: kept.pop(name).decode("utf-8") for name in TEXT_FIELDS if name in kept}
        return Upload(kept, texts)

    def _begin(self) -> None:
        self._part = ""
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise MalformedRequestError(f"The form has over {MAX_PARTS} parts.")

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._name.lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._part = options.get(b"name", b"").decode("utf-8")
            if self._part in self._kept:
                raise MalformedRequestError(f"The form has the field {self._part} twice.")
            if self._part in (*FILE_FIELDS, *TEXT_FIELDS):
                self._kept[self._part] = bytearray()
        self._name.clear()
        self._value.clear()

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        is_file = self._part in FILE_FIELDS
        self._size += end - start
        if self._size > self._max_bytes + (0 if is_file else MAX_FIELD):
            refuse_large(self._max_bytes)
        if self._part in self._kept:
            self._kept[self._part] += data[start:end]

    def _end(self) -> None:
        self._ended = True
