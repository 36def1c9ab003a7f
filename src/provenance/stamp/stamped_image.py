"""The result of stamping: the signed bytes and their record."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from provenance import imaging
from provenance.errors import OutputError
from provenance.files import write_atomic
from provenance.losses import Loss
from provenance.records import StampRecord
from provenance.watermark import Margin


@dataclass(frozen=True)
class StampedImage:
    """A stamped picture: its signed bytes, which must be kept as they are, and its record.

    ``margin`` says how much handling the public mark is expected to survive. It is None for a
    picture without a readable mark: once its manifest is stripped, only its looks lead back.
    ``timestamp_missing`` says why a time stamp is missing where there should be one, and
    ``losses`` what the picture held and this file does not.
    """

    data: bytes = field(repr=False)
    format: str
    record: StampRecord
    margin: Margin | None
    timestamp_missing: str | None = None
    losses: tuple[Loss, ...] = ()

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
        if imaging.find_format(path) != self.format:
            raise OutputError(
                f"{os.fspath(path)} would hold a {self.format}; name it {self.suffix}, or stamp "
                "with the format you want: converting afterwards breaks the signature."
            )
        write_atomic(path, self.data, overwrite)
