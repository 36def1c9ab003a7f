"""Who reads the contents of a file: this process, or a worker for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from provenance.documents import Part
from provenance.errors import ProvenanceError
from provenance.examine.contents import Contents, Means, warm_up
from provenance.examine.film_contents import open_contents
from provenance.limits import Isolation
from provenance.workers import Failure, Worker, WorkerPool

P = ParamSpec("P")
T = TypeVar("T")

Question = Callable[Concatenate[Contents, P], T]
"""A method of ``Contents``; its arguments and its answer are plain values."""


class Reader(Protocol):
    """Reads one file. For one thread at a time."""

    def ask(self, question: Question[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask for a part of the contents."""

    def close(self) -> None:
        """Say that no more questions come for now; one that does begins anew."""


class OwnReader:
    """Reads a file in this process."""

    def __init__(self, data: bytes, sidecar: bytes | None, means: Means) -> None:
        self._contents = open_contents(data, sidecar, means)

    def ask(self, question: Question[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask for a part of the contents."""
        return cast("T", _answer(self._contents, question, args, kwargs))

    def close(self) -> None:
        """Keep what was read: it costs nobody anything."""


def _answer(
    contents: Contents, question: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Answer as the kind of contents does: a film's answers are its own."""
    return getattr(contents, question.__name__)(*args, **kwargs)


@dataclass(frozen=True)
class _Reading:
    """The task of a worker: it is given a file, and then asked about it until it gets another."""

    means: Means

    def open(self) -> Callable[[Any], Any]:
        """Return the function that takes files and answers questions."""
        held: list[Contents] = []

        def answer(message: tuple[bytes, bytes | None] | tuple[Any, ...] | None) -> Any:
            if message is None:
                held.clear()
                return None
            if isinstance(message[0], bytes):
                held[:] = [open_contents(message[0], message[1], self.means)]
                return None
            question, args, kwargs = message
            return _answer(held[0], question, args, kwargs)

        return answer


class ReaderPool:
    """The workers that read files for a verifier. Safe between threads."""

    def __init__(self, means: Means, isolation: Isolation) -> None:
        self._pool = WorkerPool(_Reading(means), isolation.count(), isolation.allow(), warm_up)

    def start(self) -> None:
        """Start all workers, so that the first files need not wait for them."""
        self._pool.start()

    def open(self, data: bytes, sidecar: bytes | None) -> IsolatedReader:
        """Return the reader of one file."""
        return IsolatedReader(self._pool, data, sidecar)

    def list_parts(self, data: bytes) -> tuple[Part, ...]:
        """Have a worker take a document apart.

        Raises
        ------
        InputError
            It can't be opened, is over a limit, or costs or crashes the worker.
        """
        reader = self.open(data, None)
        try:
            return reader.ask(Contents.list_parts)
        finally:
            reader.close()

    def close(self) -> None:
        """End the workers."""
        self._pool.close()


@dataclass
class IsolatedReader:
    """Has a worker read a file; the worker is held from the first question until ``close``."""

    _pool: WorkerPool
    _data: bytes = field(repr=False)
    _sidecar: bytes | None = field(repr=False)
    _worker: Worker | None = None
    _held: ExitStack = field(default_factory=ExitStack)

    def ask(self, question: Question[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask for a part of the contents.

        Raises
        ------
        InputCostError
            It would take more memory or time than is allowed.
        InputCrashError
            The worker crashed.
        """
        try:
            if self._worker is None:
                self._worker = self._held.enter_context(self._pool.lend())
                self._exchange((self._data, self._sidecar))
            return cast("T", self._exchange((question, args, kwargs)))
        except ProvenanceError:
            self.close()
            raise

    def close(self) -> None:
        """Have the worker forget the file, and give it back."""
        worker, self._worker = self._worker, None
        if worker is not None and worker.alive:
            worker.send(None)
            worker.receive()
        self._held.close()

    def _exchange(self, message: Any) -> Any:
        worker = self._worker
        if worker is None:
            return None
        worker.send(message)
        found = worker.receive()
        if isinstance(found, Failure):
            raise found.error
        return found
