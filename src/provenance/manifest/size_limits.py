"""A file in more pieces than any picture has never reaches the C2PA library, which may not return.

The limits are those of ``containers.limits``. The library's own walk over a file sees no more
pieces than ours: it stops where ours stops, and what it could read in two ways is refused.
"""

from __future__ import annotations

from provenance.containers import STORE_MARK, find_container, is_store
from provenance.errors import CorruptImageError, ManifestDamagedError, ManifestNotFoundError


def check_pieces(data: bytes) -> None:
    """Walk over a file once.

    Raises
    ------
    ManifestDamagedError
        It can't be walked over within the limits, and holds what looks like a manifest store.
    ManifestNotFoundError
        It can't be walked over, and holds nothing of the kind.
    """
    container = find_container(data)
    try:
        for _ in container.walk(data) if container else ():
            pass
    except CorruptImageError as error:
        if STORE_MARK in data:
            raise ManifestDamagedError(
                f"The file was not searched for a manifest. {error}"
            ) from error
        raise ManifestNotFoundError(f"There are no Content Credentials. {error}") from error


def measure_stores(data: bytes) -> int:
    """Return how many bytes of a file are manifest stores, at most: all, if it is not known."""
    if is_store(data):
        return len(data)
    container = find_container(data)
    try:
        if container is not None:
            pieces = container.list_store_pieces(data)
            return sum(piece.content_end - piece.content_start for piece in pieces)
    except CorruptImageError:
        pass
    return len(data) if STORE_MARK in data else 0
