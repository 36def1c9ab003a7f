"""Headers of AV1 and HEVC, read bit by bit."""

from __future__ import annotations

from provenance.errors import CorruptImageError


class Bits:
    """Reads numbers of any number of bits, the highest first, and those of Exp-Golomb codes."""

    def __init__(self, data: bytes) -> None:
        self.value = int.from_bytes(data, "big")
        self.left = 8 * len(data)

    def take(self, count: int) -> int:
        """Read a number of so many bits.

        Raises
        ------
        CorruptImageError
            There are not so many left.
        """
        if count > self.left:
            raise CorruptImageError("A header ends before its fields do.")
        self.left -= count
        return self.value >> self.left & ((1 << count) - 1)

    def golomb(self) -> int:
        """Read a number that states its own length."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed_golomb(self) -> int:
        """Read such a number with a sign."""
        value = self.golomb()
        return (value + 1) // 2 if value & 1 else -(value // 2)
