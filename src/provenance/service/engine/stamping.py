"""Stamping in worker processes: what one order says, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.registry import ClaimKey

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
    from provenance.imaging import MIME

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
    """Carries out orders. Safe between threads."""

    def __init__(self, config: Config) -> None:
        self._work = Stamping(config.path).open()

    def start(self) -> None:
        """Get ready."""

    def stamp(self, order: StampOrder) -> StampAnswer:
        """Carry out an order; see ``carry_out``."""
        return self._work(order)

    def close(self) -> None:
        """End the workers."""
