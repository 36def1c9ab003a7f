"""Check whether a case folder is still what its examiner signed, and name what was changed."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from provenance import hashchain, timestamps
from provenance.case.folder import seal
from provenance.case.folder.writing import CUSTODY, EXAMINER, REPORT
from provenance.certificates import hash_certificate, load_pem_chain
from provenance.errors import SignerKeyError, UnreadableInputError
from provenance.timestamps import TimeStamp

MAX_FILE_BYTES = 8 * 2**20
"""Larger files are not read, as a folder may come from a stranger. The PDF, the largest file, has a
tenth of a megabyte."""
MAX_FILES = 1000
"""More files are not read, for the same reason. A case folder holds a dozen, and three for each
stamp."""
MAX_FOLDER_BYTES = 64 * 2**20
"""What comes after so much is not read either. The largest cases have a tenth of it."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one file of a case folder.

    ``unsigned`` says that it is the signature that is missing, which no change explains by itself.
    """

    file: str
    problem: str
    unsigned: bool = False

    def __str__(self) -> str:
        return f"{self.file} {self.problem}"


def check(folder: Path, examiners: Sequence[x509.Certificate]) -> tuple[Fault, ...]:
    """Compare a case folder with what one of the examiners signed; without faults nothing changed.

    Certificates come from the caller, never from the folder: whoever changes a file can also sign
    anew with a key of their own.

    Raises
    ------
    UnreadableInputError
        There is no such folder, or it can't be read.
    """
    files, odd = _read(folder)
    return (*odd, *_check_seal(files, examiners), *_check_content(files))


def read_time_stamp(folder: Path, anchors: Sequence[x509.Certificate]) -> TimeStamp | None:
    """Read the time stamp on the signature of an unchanged folder; None if it has none.

    Raises
    ------
    TimestampError
        The time stamp is of something else.
    ConfigError
        The [timestamp] extra is not installed.
    """
    files, _ = _read(folder)
    if seal.TIME_STAMP not in files:
        return None
    return timestamps.read(files[seal.TIME_STAMP], files.get(seal.SIGNATURE, b""), anchors)


def _read(folder: Path) -> tuple[dict[str, bytes], list[Fault]]:
    """Read every file; anything but a regular file of ordinary size is a fault."""
    files: dict[str, bytes] = {}
    odd: list[Fault] = []
    left = MAX_FOLDER_BYTES
    try:
        names = sorted(path.name for path in folder.iterdir())
        for name in names[:MAX_FILES]:
            status = (folder / name).lstat()
            if not stat.S_ISREG(status.st_mode):
                odd.append(Fault(name, "was added: it is not a regular file."))
            elif status.st_size > MAX_FILE_BYTES:
                odd.append(Fault(name, f"was added or changed: it is over {MAX_FILE_BYTES} bytes."))
            elif status.st_size > left:
                odd.append(
                    Fault(name, f"was not read: the folder has over {MAX_FOLDER_BYTES} bytes.")
                )
            else:
                left -= status.st_size
                files[name] = (folder / name).read_bytes()
    except OSError as error:
        raise UnreadableInputError(
            f"The case folder {folder} can't be read: {error.strerror}."
        ) from error
    odd += [Fault(name, "was added.") for name in names[MAX_FILES:]]
    return files, odd


def _check_seal(
    files: Mapping[str, bytes], examiners: Sequence[x509.Certificate]
) -> Iterator[Fault]:
    missing = [name for name in (seal.SUMS, seal.SIGNATURE) if name not in files]
    for name in missing:
        unsigned = name == seal.SIGNATURE
        yield Fault(name, f"is missing{': nobody signed this folder' * unsigned}.", unsigned)
    if not missing:
        yield from _check_signature(files, seal.SUMS, seal.SIGNATURE, examiners)
    stamped, signed = seal.TIME_STAMP in files, seal.TIME_STAMP_SIGNATURE in files
    if stamped and signed:
        yield from _check_signature(files, seal.TIME_STAMP, seal.TIME_STAMP_SIGNATURE, examiners)
    expected = _says_time_stamped(files)
    if (expected or signed) and not stamped:
        yield Fault(seal.TIME_STAMP, "is missing.")
    if (expected or stamped) and not signed:
        yield Fault(seal.TIME_STAMP_SIGNATURE, "is missing.")


def _check_signature(
    files: Mapping[str, bytes], name: str, signature: str, examiners: Sequence[x509.Certificate]
) -> Iterator[Fault]:
    data, signed = files[name], files[signature]
    if any(seal.is_signed_by(examiner, data, signed) for examiner in examiners):
        return
    other = _load_examiner(files)
    if other is not None and seal.is_signed_by(other, data, signed):
        yield Fault(
            signature, f"is by another key, that of the certificate {hash_certificate(other)}."
        )
    else:
        yield Fault(signature, f"does not fit {name}: one of the two was changed.")


def _load_examiner(files: Mapping[str, bytes]) -> x509.Certificate | None:
    """Return the certificate in the folder: it tells who signed, not whom to trust."""
    try:
        return load_pem_chain(files.get(EXAMINER, b""))[0]
    except (SignerKeyError, IndexError):
        return None


def _check_content(files: Mapping[str, bytes]) -> Iterator[Fault]:
    if seal.SUMS not in files:
        return
    try:
        listed = seal.parse_sums(files[seal.SUMS])
    except ValueError:
        yield Fault(seal.SUMS, "was changed: it is not a list of digests.")
        return
    for name, digest in listed.items():
        if name not in files:
            yield Fault(name, "is missing.")
        elif hashlib.sha256(files[name]).hexdigest() != digest:
            yield Fault(name, "was changed.")
    for name in sorted(files.keys() - listed.keys() - set(seal.FILES)):
        yield Fault(name, "was added.")
    yield from _check_custody(files.get(CUSTODY, b""), listed)


def _check_custody(log: bytes, listed: Mapping[str, str]) -> Iterator[Fault]:
    """Check the log's chain, and that the files it names as written are those on the list."""
    try:
        entries, _ = hashchain.verify(log.splitlines())
    except hashchain.ChainError as error:
        yield Fault(CUSTODY, f"is broken: {error}.")
        return
    for entry in entries:
        name = str(entry.get("file"))
        written = entry.get("step") == "written" and name in listed
        if written and listed[name] != entry.get("sha256"):
            yield Fault(CUSTODY, f"says that a different {name} was written.")


def _says_time_stamped(files: Mapping[str, bytes]) -> bool:
    try:
        return bool(json.loads(files.get(REPORT, b""))["seal"]["time_stamped"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
