"""Stamping in worker processes: what one order says, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from provenance.registry import ClaimKey
from provenance.workers import Failure, WorkerPool

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.losses import Loss
    from provenance.records import StampRecord
    from provenance.stamp import Stamper


@dataclass(frozen=True)
class StampOrder:
    """A picture to stamp, and how."""

    data: bytes = field(repr=False)
    model: str
    model_version: str = ""
    created: datetime | None = None
    action: str = "created"
    account: str | None = field(default=None, repr=False)
    force: bool = False
    best_effort: bool = False
    strict: bool = False
    claim: ClaimKey | None = None


@dataclass(frozen=True)
class StampAnswer:
    """The signed bytes, with their record."""

    data: bytes = field(repr=False)
    mime: str
    record: StampRecord
    marked: bool
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True)
class Stamping:
    """The task of a worker: it reads the config itself, for keys do not travel."""

    config: Path

    def open(self) -> Callable[[StampOrder], StampAnswer]:
        """Build the stamper, and return the function that carries out one order."""
        from provenance.config import load

        stamper = load(self.config).stamper()
        return lambda order: carry_out(stamper, order)


def carry_out(stamper: Stamper, order: StampOrder) -> StampAnswer:
    """Stamp one picture.

    Raises
    ------
    ProvenanceError
        See ``Stamper.stamp``.
    """
    from provenance.stamp import MIME

    if order.best_effort:
        stamper = stamper.best_effort()
    if order.strict:
        stamper = stamper.strict()
    if order.action != "created":
        stamper = stamper.editing(placed=order.action == "placed")
    if order.account is not None:
        stamper = stamper.for_account(order.account)
    if order.claim is not None:
        stamper = stamper.claiming(order.claim)
    stamped = stamper.stamp(
        order.data,
        model=order.model,
        model_version=order.model_version,
        created=order.created,
        force=order.force,
    )
    mime = MIME[stamped.format]
    return StampAnswer(stamped.data, mime, stamped.record, stamped.marked, stamped.losses)


class StampingCrew:
    """Worker processes that carry out orders; one that dies costs its own. Safe between threads."""

    def __init__(self, config: Config) -> None:
        isolation = config.isolation
        task = Stamping(config.path)
        self._pool = WorkerPool(task, isolation.count(), isolation.allow(), prepare)

    def start(self) -> None:
        """Start the workers."""
        self._pool.start()

    def stamp(self, order: StampOrder) -> StampAnswer:
        """Carry out an order.

        Raises
        ------
        ProvenanceError
            See ``Stamper.stamp``; or the picture was too costly, or crashed the worker.
        """
        with self._pool.lend() as worker:
            worker.send(order)
            found = worker.receive()
        if isinstance(found, Failure):
            raise found.error
        return cast("StampAnswer", found)

    def close(self) -> None:
        """End the workers."""
        self._pool.close()


def prepare() -> None:
    """Load what stamping needs, before there are workers; it starts no thread."""
    import provenance.config
    import provenance.stamp
    from provenance import manifest
    from provenance.service.lines import write_json_lines

    write_json_lines()  # a worker has a registry of its own, whose driver may complain
    _ = provenance.config, provenance.stamp
    manifest.load_sdk()
