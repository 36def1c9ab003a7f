"""Many pictures from one program: a batch by threads, and an event loop that waits for none."""

from __future__ import annotations

import asyncio
import contextvars
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from provenance import imaging
from provenance.errors import ProvenanceError
from provenance.imaging import ImageSource
from provenance.stamp.stamped_image import StampedImage

T = TypeVar("T")


class Stamps(Protocol):
    """Whatever stamps a picture: a ``Stamper``, or what stands before one."""

    def stamp(self, image: ImageSource, /, *arguments: Any, **options: Any) -> StampedImage:
        """Stamp a picture."""


def stamp_many(
    stamper: Stamps, images: object, *, workers: int | None = None, **options: Any
) -> Iterator[StampedImage | ProvenanceError]:
    """Stamp a batch, and yield for each picture the stamp or the error, in their order.

    Parameters
    ----------
    images
        An array or tensor (N, H, W, C) or (N, C, H, W), or any iterable of what ``Stamper.stamp``
        takes. An iterable is asked for the next picture when there is room for it: no more than
        twice as many as ``workers`` are in memory, whether or not their stamps were taken.
    workers
        Threads; one per core when not given.
    options
        The keywords of ``Stamper.stamp``, for every picture.

    Raises
    ------
    UnsupportedFormatError
        ``images`` can not be taken apart.
    """
    count = workers or count_cores()
    with ThreadPoolExecutor(count, "stamp") as pool:
        waiting: deque[Future[StampedImage | ProvenanceError]] = deque()
        try:
            for image in imaging.split(images):
                waiting.append(pool.submit(answer, partial(stamper.stamp, image, **options)))
                if len(waiting) == 2 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def answer(work: Callable[[], T]) -> T | ProvenanceError:
    """Return what the work gives, or its error."""
    try:
        return work()
    except ProvenanceError as error:
        return error


class Threads:
    """Threads of its own for work that an event loop must not wait for.

    ``waiting`` counts what is not in work yet. A task that is cancelled while its work waits costs
    nothing; what is in work goes on to its end, and only the answer is lost.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or count_cores()
        self._pool = ThreadPoolExecutor(self._workers, "stamp")
        self._unfinished = set[Future[Any]]()

    @property
    def waiting(self) -> int:
        """What is not in work yet."""
        return max(0, len(self._unfinished) - self._workers)

    async def run(self, work: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Work in a thread; errors are those of the work."""
        # As asyncio.to_thread does, but in threads that nothing else waits for.
        context = contextvars.copy_context()
        future = self._pool.submit(partial(context.run, work, *arguments, **options))
        self._unfinished.add(future)
        future.add_done_callback(self._unfinished.discard)
        return await asyncio.wrap_future(future)

    async def aclose(self) -> None:
        """Wait until what is in work is done, and end the threads."""
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)


class AsyncStamper:
    """Stamps for programs with an event loop, which goes on meanwhile.

    At most ``workers`` pictures are in work, in threads of its own; further ones wait their turn,
    and ``waiting`` counts them, so that a service can refuse instead of queueing without end. A
    task that is cancelled while its picture waits costs nothing. Once the picture is in work, it is
    stamped and recorded to the end, since a record can't be taken back; only the answer is lost.

    Parameters
    ----------
    stamper
        What to stamp with.
    workers
        Threads; one per core when not given.
    """

    def __init__(self, stamper: Stamps, *, workers: int | None = None) -> None:
        self._stamper = stamper
        self._threads = Threads(workers)

    @property
    def waiting(self) -> int:
        """Pictures that are not in work yet."""
        return self._threads.waiting

    async def stamp(self, image: ImageSource, **options: Any) -> StampedImage:
        """Stamp a picture; ``options`` and errors are those of ``Stamper.stamp``."""
        return await self._threads.run(self._stamper.stamp, image, **options)

    async def aclose(self) -> None:
        """Wait until what is in work is done, and end the threads."""
        await self._threads.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


def count_cores() -> int:
    """Count the processor's cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
