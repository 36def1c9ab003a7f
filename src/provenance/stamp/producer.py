"""Who stamps."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.errors import ConfigError
from provenance.watermark.format import PRODUCER_BITS

LARGEST_NUMBER = (1 << PRODUCER_BITS) - 1


@dataclass(frozen=True)
class Producer:
    """Who stamps: the name, and the number that stands for it in every mark.

    Raises
    ------
    ConfigError
        The number is 0, which is reserved, or does not fit its bits; or there is no name.
    """

    name: str
    number: int

    def __post_init__(self) -> None:
        if not 0 < self.number <= LARGEST_NUMBER:
            raise ConfigError(
                f"The producer number {self.number} can't be used; it must lie in "
                f"1..{LARGEST_NUMBER}."
            )
        if not self.name.strip():
            raise ConfigError("The producer has no name; give one.")
