"""Compressed manifests (C2PA 2.1 and later): a Brotli stream (RFC 7932) in place of the boxes."""

from __future__ import annotations

from collections.abc import Iterator

MAX_EXPANDED = 32 * 2**20
"""Bytes to which the compressed parts of one file may grow together. A manifest with the thumbnails
of a dozen ingredients has under three million."""

_BLOCK = 2**16  # bytes that are asked for at a time


def expand(data: bytes) -> bytes:
    """Decompress a stream.

    Raises
    ------
    ValueError
        It is not such a stream, is cut off, or grows beyond ``MAX_EXPANDED``.
    """
    parts, size = [], 0
    for part in decompress(data):
        parts.append(part)
        size += len(part)
        if size > MAX_EXPANDED:
            raise ValueError("a Brotli stream that grows too large")
    return b"".join(parts)


def decompress(data: bytes | memoryview) -> Iterator[bytes]:
    """Yield the content of a stream part by part, so that whoever has enough can stop.

    Raises
    ------
    ValueError
        It is not such a stream, or is cut off.
    """
    import brotli

    stream = brotli.Decompressor()
    while not stream.is_finished():
        try:
            part = stream.process(data, output_buffer_limit=_BLOCK)
        except brotli.error as error:
            raise ValueError("not a Brotli stream") from error
        if not part and not stream.is_finished():
            raise ValueError("a Brotli stream that is cut off")
        yield part
        data = b""
