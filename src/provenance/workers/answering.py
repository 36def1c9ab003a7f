"""What a worker does: get ready once, then answer each question with a value or a failure."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from provenance.errors import InternalError, ProvenanceError
from provenance.workers.allowance import Allowance

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Item_contra = TypeVar("Item_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)


class Task(Protocol[Item_contra, Answer_co]):
    """The work on each item. It is sent to the workers, so it has to be plain data."""

    def open(self) -> Callable[[Item_contra], Answer_co]:
        """Get ready, once in each process, and return the function that works on one item."""


@dataclass(frozen=True)
class Failure:
    """The answer on an item that failed."""

    error: ProvenanceError


def answer(work: Callable[[Item], Answer], item: Item, allowance: Allowance) -> Answer | Failure:
    """Work on an item; what goes wrong is an answer too."""
    try:
        return work(item)
    except ProvenanceError as error:
        return Failure(error)
    except MemoryError:
        return Failure(allowance.describe_excess())
    except Exception as error:  # a defect of ours must not stop the rest either
        if os.environ.get("PROVENANCE_DEBUG"):
            raise
        return Failure(
            InternalError(
                f"There is a defect in provenance: {type(error).__name__}: {error}. "
                "Please report it."
            )
        )
