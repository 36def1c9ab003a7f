"""The result of stamping: the signed bytes and their record."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from provenance import imaging, watermark
from provenance.errors import OutputError
from provenance.files import write_atomic
from provenance.limits import DEFAULT_LIMITS, Limits
from provenance.losses import Loss
from provenance.once import once
from provenance.records import StampRecord
from provenance.stamp.kinds import FILM_FORMATS, find_format


@dataclass(frozen=True)
class StampedImage:
    """A stamped picture: its signed bytes, which must be kept as they are, and its record.

    One that is not ``marked`` holds no readable mark: once its manifest is stripped, only its looks
    lead back. ``timestamp_missing`` says why a time stamp is missing where there should be one, and
    ``losses`` what the picture held and this file does not.
    """

    data: bytes = field(repr=False)
    format: str
    record: StampRecord
    marked: bool
    timestamp_missing: str | None = None
    losses: tuple[Loss, ...] = ()
    limits: Limits = field(default=DEFAULT_LIMITS, repr=False)

    @once
    def margin(self) -> watermark.Margin | None:
        """How much handling the public mark is expected to survive; None without a readable mark.

        It is measured when it is first asked for, from the signed bytes. Of films it is not known.
        """
        if not self.marked or self.format in FILM_FORMATS:
            return None
        rgb = imaging.decode(self.data, self.limits).rgb
        return watermark.margin(rgb, self.record.stamp_id.payload)

    @property
    def suffix(self) -> str:
        """The usual file name suffix of the format, with its dot."""
        return {"JPEG": ".jpg"}.get(self.format, f".{self.format.lower()}")

    def save(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write the signed bytes, verbatim and all at once.

        Raises
        ------
        OutputError
            The suffix stands for another format; converting would break the signature.
        OutputExistsError, OutputNotWritableError
            The file exists and ``overwrite`` is false, or it can't be written.
        """
        if find_format(path) != self.format:
            raise OutputError(
                f"{os.fspath(path)} would hold a {self.format}; name it {self.suffix}, or stamp "
                "with the format you want: converting afterwards breaks the signature."
            )
        write_atomic(path, self.data, overwrite)
