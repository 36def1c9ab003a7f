"""The policy of RFC 3161 time stamps: when signatures get one, and which authority is asked."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from provenance.errors import ConfigError, TimestampError

logger = logging.getLogger(__name__)

T = TypeVar("T")

POLICIES = ("required", "best-effort", "off")
"""What ``signing.tsa_policy`` may be; ``TimeStamps`` says what each means."""

PAUSE_SECONDS = 60.0
"""How long best effort does not ask an authority that failed.

The SDK waits half a minute for an authority. One that is down must not cost that for every picture
of a batch.
"""


class TimeStamps:
    """When signed manifests get a time stamp, and from which authority.

    ``required``: nothing is signed without one. ``best-effort``: where the authority fails, the
    manifest is signed without one, and says why. ``off``: no authority is asked.

    Raises
    ------
    ConfigError
        The policy is unknown or lacks its authority, or the authority's address can't be used.
    """

    def __init__(
        self,
        authority: str | None = None,
        policy: str = "off",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if policy not in POLICIES:
            known = ", ".join(POLICIES)
            raise ConfigError(
                f"The setting signing.tsa_policy is {policy!r}; it must be one of {known}."
            )
        if policy != "off":
            _check_address(authority)
        self.authority = authority
        self.policy = policy
        self._clock = clock
        self._paused_until = 0.0
        self._reason = ""

    def apply(self, sign: Callable[[str | None, str | None], T]) -> T:
        """Sign by policy, with a time stamp or without one.

        ``sign(authority, reason_missing)`` gets the authority to ask, or the reason why there is no
        stamp. Both are None when the policy is off.

        Raises
        ------
        TimestampError
            A time stamp is required and the authority gave none.
        """
        if self.policy == "off":
            return sign(None, None)
        if self.policy == "required":
            return sign(self.authority, None)
        if self._clock() >= self._paused_until:
            try:
                return sign(self.authority, None)
            except TimestampError as error:
                self._reason = error.reason
                self._paused_until = self._clock() + PAUSE_SECONDS
                logger.warning("Signed without a time stamp: %s", error)
        return sign(None, self._reason)


OFF = TimeStamps()
"""No time stamps."""


def _check_address(authority: str | None) -> None:
    if not authority:
        raise ConfigError("Time stamps need an authority's address: set signing.tsa.")
    try:
        where = urlsplit(authority)
        is_web = where.scheme in ("http", "https") and bool(where.hostname)
        secret = where.username is not None or where.password is not None
    except ValueError:
        is_web, secret = False, False
    if not is_web or secret:
        raise ConfigError(
            "The setting signing.tsa must be an address like https://tsa.example/, "
            "without a user or password."
        )
