"""ZIP, and what is one within: Office files, EPUB, comic books.

What an archive says of itself is checked before anything in it is read: how long its list of
contents is, that no two members share bytes, and how long all pictures are when they are unpacked.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import pairwise

from provenance import films, imaging
from provenance.documents import pdf
from provenance.documents.parts import Part, Place
from provenance.errors import (
    CorruptImageError,
    ImageTooLargeError,
    InputError,
    NotExaminedError,
    UnsupportedFormatError,
)
from provenance.limits import Limits

STARTS = (b"PK\3\4", b"PK\5\6")
"""First bytes: of a member, or of the end where there is none."""

NESTED = (*STARTS, b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""How archives begin, of this kind and of others."""

MOST_MEMBERS = 10_000
MOST_LISTED = 4 * 2**20
"""Members, and bytes of the list that names them. It is held in memory as a whole, and takes about
a hundred bytes for each."""

MOST_RATIO, ALWAYS = 200, 2**20
"""How many times longer a member may get when it is unpacked, if it gets longer than ``ALWAYS``
bytes. Pictures are compressed already; only bare ones, such as a BMP of one colour, shrink more."""

HEAD = 64
"""Bytes of a member that are read to tell what it is."""

_END = b"PK\5\6"
_END_BYTES, _COMMENT, _LOCATOR = 22, 0xFFFF, 20
_LOCAL = 30  # bytes of a member's own header, without its name
_ENCRYPTED = 1


def is_archive(data: bytes) -> bool:
    """Tell whether a file begins like a ZIP."""
    return data.startswith(STARTS)


def open_parts(data: bytes, limits: Limits) -> Iterator[Part]:
    """Yield a part for each member that is no folder.

    Raises
    ------
    InputError
        The archive is damaged, over a limit, or made to cost more than it is worth.
    """
    _check_end(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            # Not is_dir, which Python 3.11 lets fail on a member without a name.
            members = [each for each in archive.infolist() if not each.filename.endswith("/")]
            _check_members(members)
            left = limits.max_bytes
            for each in members:
                part = _take_out(archive, each, left)
                left -= len(part.data)
                yield part
    except (zipfile.BadZipFile, ValueError, struct.error, EOFError, NotImplementedError) as error:
        raise CorruptImageError("The archive is damaged and can't be opened.") from error


def _check_end(data: bytes) -> None:
    """Refuse an archive by what its end says of the list of its members.

    Raises
    ------
    InputError
        There is no end, or the list is too long.
    """
    at = data.rfind(_END, max(0, len(data) - _END_BYTES - _COMMENT))
    if at < 0 or len(data) < at + _END_BYTES:
        raise CorruptImageError("The archive is cut off: its list of contents is missing.")
    members, listed = struct.unpack_from("<HI", data, at + 10)
    if members == 0xFFFF or data[max(0, at - _LOCATOR) : at].startswith(b"PK\6\7"):
        raise UnsupportedFormatError(
            "The archive is of the kind for very large ones (ZIP64), which is not handled; pack "
            "the pictures anew."
        )
    if members > MOST_MEMBERS or listed > MOST_LISTED:
        raise ImageTooLargeError(
            f"The archive holds {members:,} members, more than the limit of {MOST_MEMBERS:,}, or "
            "names them at too great length; unpack it."
        )


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse an archive whose members share bytes, so that few become many.

    Raises
    ------
    CorruptImageError
        Some do.
    """
    places = sorted((e.header_offset, e.header_offset + _LOCAL + e.compress_size) for e in members)
    if any(end > start for (_, end), (start, _) in pairwise(places)):
        raise CorruptImageError("The archive is damaged: members of it share the same bytes.")


def _take_out(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> Part:
    place = Place(member=member.filename)
    try:
        return Part(place, _read(archive, member, left))
    except InputError as error:
        return Part(place, error=error)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        broken = CorruptImageError("This member of the archive is damaged and can't be unpacked.")
        broken.__cause__ = error
        return Part(place, error=broken)


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    """Unpack a picture, within limits.

    Raises
    ------
    InputError
        It is something else, is locked, or gets too long.
    """
    if member.flag_bits & _ENCRYPTED:
        raise UnsupportedFormatError("This member is locked with a password; unpack it first.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnsupportedFormatError("This member is packed in an unusual way; unpack it first.")
    with archive.open(member) as stream:
        head = stream.read(HEAD)
        _require_picture(head)
        length = member.file_size
        if length > left or length > max(ALWAYS, MOST_RATIO * member.compress_size):
            raise ImageTooLargeError(
                f"This member has {length:,} bytes when unpacked, more than is allowed for it or "
                "for all of the archive; unpack it first."
            )
        data = head + stream.read(length - len(head))
        if len(data) != length or stream.read(1):
            raise CorruptImageError("This member is longer or shorter than the archive says.")
    return data


def _require_picture(head: bytes) -> None:
    """Refuse what is neither picture nor film, by its first bytes.

    Raises
    ------
    InputError
        It is none.
    """
    if head.startswith(NESTED) or pdf.is_pdf(head):
        raise NotExaminedError(
            "This member is an archive or document itself, and those are not opened within "
            "another; take it out and examine it by itself."
        )
    if films.recognise(head):
        return
    try:
        imaging.require_picture(head)
    except UnsupportedFormatError as error:
        if imaging.is_foreign(head):
            raise
        raise NotExaminedError("This member does not begin like a picture.") from error
