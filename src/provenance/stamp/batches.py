"""A batch of pictures whose marks are embedded together, on the device where they lie.

Only that is done together. What else makes a stamp is done for each picture as ever: the mark is
read back from the encoded bytes, and nothing leaves without its record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np

from provenance import imaging, watermark
from provenance.distribution import load_extra
from provenance.errors import (
    ConfigError,
    ImageTooSmallError,
    ProvenanceError,
    UnsupportedFormatError,
)
from provenance.imaging import ImageSource, Pixels
from provenance.stamp.assembly import Ahead, Job, PictureJob
from provenance.stamp.many import answer, count_cores
from provenance.stamp.options import StampOptions
from provenance.stamp.press import Press
from provenance.stamp.stamped_image import StampedImage
from provenance.watermark import LockKey


def stamp_batch(
    pictures: object,
    press: Press,
    options: StampOptions,
    make_job: Callable[[ImageSource], Job],
    *,
    device: str | None,
    workers: int | None,
) -> list[StampedImage | ProvenanceError]:
    """Return for each picture of a batch the stamp or the error; see ``Stamper.embed_batch``.

    Raises
    ------
    ConfigError
        PyTorch is not installed, or the options promise one stamp to a key.
    UnsupportedFormatError
        The pictures are not an array or a tensor of several.
    """
    if options.claim is not None:
        raise ConfigError("A key of claiming stands for one picture: stamp a batch without it.")
    if not imaging.is_array(pictures):
        raise UnsupportedFormatError(
            f"{type(pictures).__name__} is not a batch of equally large pictures: give an array or "
            "tensor, or use stamp_many."
        )
    load_extra("A batch on a device needs", "torch", "torch")  # before a model gets a number
    # a lock has to be known before its picture's turn comes: without a key, by one of this batch
    press = replace(press, lock_key=press.deriving_key or LockKey.generate())
    device = device or str(getattr(pictures, "device", "cpu"))
    with ThreadPoolExecutor(workers or count_cores(), "stamp") as pool:
        images = imaging.split(pictures)
        jobs = list(pool.map(lambda image: answer(partial(make_job, image)), images))
        made = [each for each in jobs if isinstance(each, PictureJob)]
        marked = iter(_mark_ahead(made, press, device))
        ready = [next(marked) if isinstance(each, PictureJob) else each for each in jobs]
        return list(pool.map(partial(_finish, press, options), ready))


def _mark_ahead(jobs: Sequence[PictureJob], press: Press, device: str) -> list[PictureJob]:
    """Mark the pictures of jobs under every key; those that can't hold a mark are left as they are.

    Their turn comes when each is stamped, and says what becomes of them.
    """
    if not jobs:
        return []
    payloads = [press.draw(job) for job in jobs]
    words = [each.pack() for each in payloads]
    locks = [press.derive_lock(each) for each in payloads]
    pixels: Pixels = np.stack([job.picture.rgb for job in jobs])
    failed = set[int]()
    try:
        for key in press.keys:
            done = watermark.embed_batch(pixels, words, key, locks=locks, device=device)
            pixels, failed = done.pictures, failed | set(done.failed)
    except ImageTooSmallError:
        return list(jobs)
    return [
        job if number in failed else replace(job, ahead=Ahead(payloads[number], pixels[number]))
        for number, job in enumerate(jobs)
    ]


def _finish(
    press: Press, options: StampOptions, job: Job | ProvenanceError
) -> StampedImage | ProvenanceError:
    if isinstance(job, ProvenanceError):
        return job
    if isinstance(job, PictureJob) and job.ahead is not None:
        return answer(partial(press.stamp_ahead, job, job.ahead.payload, options))
    return answer(partial(press.stamp, job, options, None, overwrite=False))
