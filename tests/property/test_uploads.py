"""Bodies of any bytes, cut anywhere: an upload, or a refusal, and the same however it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from provenance.errors import ProvenanceError
from provenance.service.web.uploads import MAX_PARTS, Upload, read_form, read_upload

LIMIT = 2_000
BOUNDARY = b"cut-here"
KINDS = (
    "multipart/form-data; boundary=cut-here",
    'multipart/form-data; boundary="cut-here"; charset=utf-8',
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "Multipart/Form-Data; boundary=cut-here",
    "application/octet-stream",
    "image/png",
    "",
    "multipart/mixed; boundary=cut-here",
    "\x00; boundary=\xff",
)


def read(kind: str, parts: Sequence[bytes], *, form: bool = False) -> Upload | str:
    """Read a body that comes in parts; a refusal is its code."""
    messages = [{"type": "http.request", "body": each, "more_body": True} for each in parts]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    coming = iter(messages)

    async def receive() -> Message:
        return next(coming)

    scope = {
        "type": "http",
        "method": "POST",
        "headers": [(b"content-type", kind.encode("latin-1"))],
    }
    try:
        return asyncio.run((read_form if form else read_upload)(Request(scope, receive), LIMIT))
    except ProvenanceError as error:
        return error.code


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    ends = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(ends)]


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A form, whole or damaged in a few places."""
    names = st.sampled_from(["file", "manifest", "lang", "text", "other", "", "file\\", "f\xff"])
    body = bytearray()
    for _ in range(draw(st.integers(0, MAX_PARTS + 2))):
        name, value = draw(names), draw(st.binary(max_size=40))
        head = draw(
            st.sampled_from(["; filename=x", "", '; filename="a\r\nb"', "; filename*=u''x"])
        )
        body += b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="'
        body += (
            name.encode("latin-1") + b'"' + head.encode("latin-1") + b"\r\n\r\n" + value + b"\r\n"
        )
    body += b"--" + BOUNDARY + draw(st.sampled_from([b"--\r\n", b"--", b"", b"\r\n"]))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(body)))
        body[at : at + draw(st.integers(0, 9))] = draw(st.binary(max_size=9))
    return bytes(body)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(KINDS), st.one_of(bodies(), st.binary(max_size=300)), st.lists(st.integers(0))
)
def test_any_body_is_an_upload_or_a_refusal(kind: str, body: bytes, places: list[int]) -> None:
    whole = read(kind, [body])
    assert isinstance(whole, Upload) or whole in ("service.request", "input.too_large")
    assert read(kind, cut(body, places)) == whole
    if isinstance(whole, Upload):
        assert sum(map(len, whole.files.values())) <= LIMIT
    form = read(kind, cut(body, places), form=True)
    assert isinstance(form, Upload) or form in ("service.request", "input.too_large")


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=LIMIT - 100), st.lists(st.integers(0)))
def test_a_picture_comes_through_as_it_is(picture: bytes, places: list[int]) -> None:
    """Raw, or in a form, for whatever bytes that do not hold the boundary."""
    assert read("image/png", cut(picture, places)) == Upload({"file": picture})
    if BOUNDARY in picture:
        return
    start = b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
    form = start + picture + b"\r\n--" + BOUNDARY + b"--\r\n"
    assert read(KINDS[0], cut(form, places)) == Upload({"file": picture})
