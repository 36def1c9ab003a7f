"""Do not ask again at once what just failed: a registry that is down costs one wait, not one each.

Shared by all examinations of a verifier, so also by the pictures of a batch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from provenance.errors import RegistryUnavailableError

PAUSE_S = 30.0
"""How long a registry that failed is left alone: as a rule, waiting for it costs a second."""


class CircuitBreaker:
    """Remembers that a registry could not be asked, and for a while says so without asking."""

    def __init__(
        self, pause_s: float = PAUSE_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pause_s = pause_s
        self._clock = clock
        self._lock = threading.Lock()
        self._failure: tuple[float, str] | None = None

    def check(self) -> None:
        """Let a question pass, unless one failed shortly before.

        Raises
        ------
        RegistryUnavailableError
            One did; the message is that of the failure.
        """
        with self._lock:
            if self._failure is None:
                return
            until, message = self._failure
            if self._clock() < until:
                raise RegistryUnavailableError(message)
            self._failure = None

    def trip(self, error: RegistryUnavailableError) -> None:
        """Stop questions for a while; a pause that runs is not made longer."""
        with self._lock:
            if self._failure is None:
                self._failure = (self._clock() + self._pause_s, str(error))
