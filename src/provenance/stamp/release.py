"""Record and file together: neither is ever left without the other (docs/adr/0010).

The signed bytes are on disk under a hidden name before the record is made, and get their own name
right after. Cut off before the record, there is nothing that counts; cut off after it, `resume`
finds the recorded bytes and gives them their name.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

from provenance import fingerprint, imaging, manifest
from provenance.errors import (
    ManifestError,
    OutputError,
    OutputExistsError,
    ProvenanceError,
    UnsupportedFormatError,
)
from provenance.files import Pending, name_pending, open_pending, read_bytes
from provenance.imaging import MIME, Picture
from provenance.limits import DEFAULT_LIMITS
from provenance.manifest import Trust
from provenance.records import StampRecord
from provenance.registry import Registry
from provenance.stamp.stamped_image import StampedImage

Target = str | os.PathLike[str]

Found = Literal["kept", "finished"]
"""What `resume` met: the finished file, or one that only lacked its name."""


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
        The file is there, or an interrupted run left it without its name, and ``overwrite`` is
        false. No record was made, unless another process made the file at this very moment.
    OutputNotWritableError, RegistryError
        Disk or registry refused. When the registry can't say whether it has the record, the hidden
        file stays for `resume`.
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


def resume(target: Target, registry: Registry) -> tuple[StampRecord, Found] | None:
    """Return the record of what an earlier run made of ``target``; None when it is still to do.

    What that run recorded and did not name gets its name, what it did not record is removed.

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
        left = _recorded(file.read(), path, registry)
        # A file without content holds the name where a disk knows no other way to claim it.
        if path.exists() and path.stat().st_size:
            record = _recorded(read_bytes(path, DEFAULT_LIMITS.max_bytes), path, registry)
            if record is None:
                raise OutputExistsError(
                    f"{os.fspath(target)} exists and is no stamp of this registry; name another "
                    "output or remove it"
                )
            if left is None or left == record:
                file.drop()
            return record, "kept"
        if left is None:
            file.drop()
            return None
        file.publish(overwrite=path.exists())
        return left, "finished"


def check_same(record: StampRecord, picture: Picture, model: str, version: str) -> None:
    """Make sure that an earlier stamp is what is asked for now.

    Raises OutputExistsError when it names another model or was put on another picture.
    """
    if (record.model, record.model_version) != (model, version):
        named = f"{record.model} {record.model_version}".strip()
        raise OutputExistsError(f"the output is stamped already, for the model {named}")
    own, then = fingerprint.pdq(picture.rgb), fingerprint.Pdq(record.pdq, record.pdq_quality)
    # Too plain to compare: the name has to do.
    if own.reliable and then.reliable:
        distance = fingerprint.pdq_distance(own.hex, then.hex)
        if distance > fingerprint.MATCH_DISTANCE:
            raise OutputExistsError("the output is a stamp of another picture")


def check_name(target: Target, format: str) -> None:  # noqa: A002 (the word users of Pillow know)
    """Raise OutputError when the file's suffix stands for another format."""
    if imaging.find_format(target) != format:
        raise OutputError(
            f"{os.fspath(target)} would hold a {format}; converting afterwards breaks the "
            "signature, so stamp with the format you want or name the file for this one."
        )


def _refuse(target: Target, file: Pending, registry: Registry) -> None:
    if file.target.exists():
        raise OutputExistsError(f"{os.fspath(target)} exists already; choose another name")
    if _recorded(file.read(), file.target, registry):
        raise OutputExistsError(
            f"{os.fspath(target)} was left unfinished by an interrupted run; "
            "--resume finishes it, --force gives it up"
        )


def _recorded(data: bytes, path: Path, registry: Registry) -> StampRecord | None:
    """Return the record of exactly these bytes, found by what they say themselves."""
    if not data:
        return None
    try:
        statement = manifest.read(data, MIME[imaging.find_format(path)], Trust.none()).statement
    except (ManifestError, UnsupportedFormatError):
        return None
    record = registry.by_id(statement.stamp_id) if statement else None
    same = record is not None and record.sha256 == hashlib.sha256(data).hexdigest()
    return record if same else None


def _may_be_recorded(record: StampRecord, registry: Registry) -> bool:
    """Tell whether the registry has the record; if it does not answer, it may have it."""
    try:
        found = registry.by_id(record.stamp_id)
    except ProvenanceError:
        return True
    return found is not None and found.sha256 == record.sha256
