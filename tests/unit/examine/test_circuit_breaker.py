"""A registry that is down costs one wait, not one for each picture."""

from __future__ import annotations

import pytest

from provenance.errors import RegistryUnavailableError
from provenance.examine.circuit_breaker import CircuitBreaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_a_failure_questions_fail_at_once_and_then_pass_again() -> None:
    clock = Clock()
    breaker = CircuitBreaker(10, clock)
    breaker.check()
    breaker.trip(RegistryUnavailableError("It is locked."))
    clock.now = 9
    with pytest.raises(RegistryUnavailableError, match=r"^It is locked\.$"):
        breaker.check()
    breaker.trip(RegistryUnavailableError("It is locked."))  # makes no pause longer
    clock.now = 10
    breaker.check()
    breaker.check()
