"""Record and file together: neither is ever left without the other (docs/adr/0010).

The signed bytes are on disk under a hidden name before the record is made, and get their own name
right after. A run that is cut off before the record leaves nothing that counts. After one that is
cut off later, ``resume`` finds the recorded bytes and gives them their name.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

from provenance import fingerprint, manifest
from provenance.containers import STORE_MARK
from provenance.errors import (
    ManifestError,
    OutputError,
    OutputExistsError,
    ProvenanceError,
)
from provenance.files import Pending, name_pending, open_pending, read_bytes
from provenance.imaging import Picture
from provenance.limits import DEFAULT_LIMITS
from provenance.manifest import Trust
from provenance.records import StampRecord
from provenance.registry import Registry
from provenance.stamp.kinds import MIME, find_format, recognise
from provenance.stamp.stamped_image import StampedImage

Target = str | os.PathLike[str]

Resumed = Literal["kept", "finished"]
"""What ``resume`` found: the finished file, or one that only lacked its name."""


def release(
    stamped: StampedImage,
    store: bytes,
    registry: Registry,
    target: Target,
    *,
    account: bytes | None = None,
    overwrite: bool,
) -> None:
    """Make the record and write the file.

    Raises
    ------
    OutputExistsError
        ``overwrite`` is false, and the file exists or an interrupted run left it without its name.
        No record was made, unless another process made the file at this very moment.
    OutputNotWritableError, RegistryError
        Disk or registry refused. When the registry can't say whether it has the record, the hidden
        file stays for ``resume``.
    """
    with open_pending(target) as file:
        if not overwrite:
            _refuse(target, file, registry)
        try:
            file.write(stamped.data)
            registry.append(stamped.record, store, account)
        except BaseException:
            if not _may_be_recorded(stamped.record, registry):
                file.drop()
            raise
        file.publish(overwrite=overwrite)


def resume(target: Target, registry: Registry) -> tuple[StampRecord, Resumed] | None:
    """Return the record of an earlier run's file ``target``; None when it is still to be made.

    A file that this run recorded gets its name; one that it did not record is removed.

    Raises
    ------
    OutputExistsError
        Another file has the name.
    OutputNotWritableError, RegistryError
        Disk or registry refused.
    """
    path = Path(os.path.realpath(target))
    if not path.exists() and not name_pending(path).exists():
        return None
    with open_pending(path) as file:
        left = find_record(file.read(), registry)
        # A file without content holds the name where a disk knows no other way to claim it.
        if path.exists() and path.stat().st_size:
            record = find_record(read_bytes(path, DEFAULT_LIMITS.max_bytes), registry)
            if record is None:
                raise OutputExistsError(
                    f"{os.fspath(target)} exists and is not a stamp of this registry; name another "
                    "output or remove it."
                )
            if left is None or left == record:
                file.drop()
            return record, "kept"
        if left is None:
            file.drop()
            return None
        file.publish(overwrite=path.exists())
        return left, "finished"


def check_same_stamp(
    record: StampRecord, picture: Picture | None, model: str, version: str
) -> None:
    """Check that a record is of the stamp that is asked for now; of a film, only by the model.

    Raises
    ------
    OutputExistsError
        It names another model, or is of another picture.
    """
    if (record.model, record.model_version) != (model, version):
        named = f"{record.model} {record.model_version}".strip()
        raise OutputExistsError(
            f"The output is stamped already, for the model {named}; name another output."
        )
    if picture is None:
        return
    own, then = fingerprint.pdq(picture.rgb), fingerprint.Pdq(record.pdq, record.pdq_quality)
    # Of pictures too plain to compare, the matching name has to do.
    if own.reliable and then.reliable:
        distance = fingerprint.pdq_distance(own.hex, then.hex)
        if distance > fingerprint.MATCH_DISTANCE:
            raise OutputExistsError(
                "The output is a stamp of another picture; name another output."
            )


def check_name(target: Target, format: str) -> None:  # noqa: A002 (the word users of Pillow know)
    """Check that the file's suffix stands for the format.

    Raises
    ------
    OutputError
        It stands for another one.
    """
    if find_format(target) != format:
        raise OutputError(
            f"{os.fspath(target)} would hold a {format}; converting afterwards breaks the "
            "signature, so stamp with the format you want or name the file for this one."
        )


def _refuse(target: Target, file: Pending, registry: Registry) -> None:
    if file.target.exists():
        raise OutputExistsError(f"{os.fspath(target)} exists already; choose another name.")
    if find_record(file.read(), registry):
        raise OutputExistsError(
            f"{os.fspath(target)} was left unfinished by an interrupted run; "
            "--resume finishes it, --force gives it up."
        )


def find_record(data: bytes, registry: Registry) -> StampRecord | None:
    """Find the record of exactly these bytes by the stamp id that they state."""
    format = recognise(data)  # noqa: A001 (the word users of Pillow know)
    if format is None or STORE_MARK not in data:
        return None
    try:
        statement = manifest.read(data, MIME[format], Trust.none()).statement
    except ManifestError:
        return None
    record = registry.by_id(statement.stamp_id) if statement else None
    same = record is not None and record.sha256 == hashlib.sha256(data).hexdigest()
    return record if same else None


def _may_be_recorded(record: StampRecord, registry: Registry) -> bool:
    """Tell whether the registry has the record, or does not answer and so may have it."""
    try:
        found = registry.by_id(record.stamp_id)
    except ProvenanceError:
        return True
    return found is not None and found.sha256 == record.sha256
