"""The producer: who stamps."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.errors import ConfigError
from provenance.manifest import Training
from provenance.names import find_producer_fault
from provenance.stamp_id import LARGEST_PRODUCER


@dataclass(frozen=True)
class Producer:
    """Who stamps: the name, and the number that stands for it in every mark.

    ``training`` is what its pictures say about training models with them: ``"not-allowed"``,
    ``"allowed"`` or ``"unstated"``.

    Raises
    ------
    ConfigError
        The number is 0, which is reserved, or does not fit its bits; the name is empty; or the
        choice about training is another one.
    """

    name: str
    number: int
    training: str = Training.NOT_ALLOWED

    def __post_init__(self) -> None:
        if self.training not in list(Training):
            known = ", ".join(Training)
            raise ConfigError(f"The choice about training is {self.training!r}; say {known}.")
        if not 0 < self.number <= LARGEST_PRODUCER:
            raise ConfigError(
                f"The producer number {self.number} can't be used; it must lie in "
                f"1..{LARGEST_PRODUCER}."
            )
        if fault := find_producer_fault(self.name):
            raise ConfigError(f"The producer's name {fault}: choose another one.")
