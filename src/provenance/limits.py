"""What a picture may cost: by its length and header, before it is decoded, and in a worker."""

from __future__ import annotations

import os
from dataclasses import dataclass

from provenance.errors import ImageTooLargeError
from provenance.files import refuse_over
from provenance.workers import Allowance

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Bounds checked on the file's length and header, before any pixel is decoded.

    Attributes
    ----------
    max_bytes
        File size, bytes. A 100-megapixel photograph as lossless PNG stays under it.
    max_pixels
        Width times height. 2**27 (134 million) lets the largest camera sensors in (102 megapixels)
        and bounds the decoded RGBA array to 512 MiB.
    max_side
        Width and height each, pixels: the most a JPEG can state.
    max_scans
        Scans of a JPEG. Encoders write about ten; the decoder's time grows with them.
    """

    max_bytes: int = 256 * 2**20
    max_pixels: int = 2**27
    max_side: int = 65_535
    max_scans: int = 100

    def check_bytes(self, count: int) -> None:
        """Check the length of a file, in bytes.

        Raises
        ------
        ImageTooLargeError
            It is over the limit.
        """
        refuse_over(self.max_bytes, count)

    def check_size(self, width: int, height: int) -> None:
        """Check the size of a picture, in pixels.

        Raises
        ------
        ImageTooLargeError
            It is over a limit.
        """
        if max(width, height) > self.max_side:
            raise ImageTooLargeError(
                f"The picture is {width} x {height} pixels, and a side may have at most "
                f"{self.max_side:,}; raise max_side to accept it."
            )
        if width * height > self.max_pixels:
            raise ImageTooLargeError(
                f"The picture is {width} x {height} pixels, more than the limit of "
                f"{self.max_pixels:,} in all; raise max_pixels to accept it."
            )

    def check_scans(self, count: int) -> None:
        """Check how many scans a JPEG has.

        Raises
        ------
        ImageTooLargeError
            There are more than ``max_scans``.
        """
        if count > self.max_scans:
            raise ImageTooLargeError(
                f"The JPEG has {count} scans, more than the limit of {self.max_scans}; "
                "raise max_scans to accept it."
            )


DEFAULT_LIMITS = Limits()
"""What holds when nobody chooses limits."""


@dataclass(frozen=True)
class Isolation:
    """Worker processes that take files apart, and what each may take.

    Attributes
    ----------
    workers
        How many; as many as there are processor cores when None.
    memory_mib
        MiB that a worker may write to, libraries included. The default suffices for any picture
        within ``DEFAULT_LIMITS``. Linux enforces it; macOS and Windows have nothing of the kind.
    seconds
        How long one file may take, without what the registry takes. A JPEG of 132 megapixels, just
        within ``DEFAULT_LIMITS``, took 12 on a busy machine, and 1.4 GB.
    jobs
        Files after which another process takes a worker's place: what is left of them in memory is
        gone by then.

    Raises
    ------
    ConfigError
        A limit is too low for anything.
    """

    workers: int | None = None
    memory_mib: int = 4096
    seconds: int = 120
    jobs: int = 100

    def __post_init__(self) -> None:
        self.allow()

    def allow(self) -> Allowance:
        """Return what each worker may take."""
        return Allowance(self.memory_mib * MIB, self.seconds, self.jobs)

    def count(self) -> int:
        """Return how many workers there are."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return self.workers or cores or 1
