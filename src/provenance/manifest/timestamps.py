"""RFC 3161 time stamps: asked for by policy when signing, and believed by trust when reading."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

from provenance.errors import ConfigError, TimestampError
from provenance.manifest import cose
from provenance.manifest.codes import Validation
from provenance.manifest.report import Report
from provenance.manifest.trust import Trust
from provenance.signing.timestamp import is_anchored

logger = logging.getLogger(__name__)

T = TypeVar("T")
POLICIES = ("required", "best-effort", "off")

# The SDK waits half a minute for an authority. One that is down must not cost that for every
# picture of a batch, so best effort leaves it alone for a while.
PAUSE_SECONDS = 60.0

_BELIEVED = frozenset(("timeStamp.validated", "timeStamp.trusted"))


class TimeStamps:
    """When signed manifests get a time stamp, and from whom.

    ``required``: nothing is signed without one. ``best-effort``: where the authority fails, the
    manifest is signed without, and says why. ``off``: nobody is asked.

    Raises `ConfigError` for a policy without an authority, or an address that can't be used.
    """

    def __init__(
        self,
        authority: str | None = None,
        policy: str = "off",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if policy not in POLICIES:
            known = ", ".join(POLICIES)
            raise ConfigError(f"signing.tsa_policy is {policy!r}; it must be one of {known}.")
        if policy != "off":
            _check_address(authority)
        self.authority = authority
        self.policy = policy
        self._clock = clock
        self._paused_until = 0.0
        self._reason = ""

    def apply(self, sign: Callable[[str | None, str | None], T]) -> T:
        """Sign by policy: ``sign`` takes whom to ask, and why there is no stamp where there should.

        Raises `TimestampError` when one is required and there is none.
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


def failure(message: str, authority: str) -> TimestampError:
    """Say why an authority's answer made no time stamp; its address is shown without a query."""
    reason = "its answer can't be used"
    if "http resolver" in message:
        reason = "it did not answer"
    elif status := re.search(r"HTTP error \(status = (\d{3})", message):
        reason = f"it answered with HTTP status {status[1]}"
    where = urlsplit(authority)
    return TimestampError(
        f"The time-stamp authority {where.scheme}://{where.netloc}{where.path} gave no time "
        f"stamp: {reason}.",
        reason,
    )


def is_validated(report: Report) -> bool:
    """Tell whether a signed file's time stamp is one: of this signature, and signed itself."""
    return any(each.code == "timeStamp.validated" for each in report.results.active.success)


def proved_time(report: Report, validation: Validation, trust: Trust) -> datetime | None:
    """Return the time that an authority of the user's attests for a manifest, None without one.

    That the stamp is of this signature the SDK has checked. Whose it is it gets wrong: it takes
    anybody's for old claims, and signers' anchors for those of time-stamp authorities.
    """
    stated = report.active.signed_at
    if not _BELIEVED.issubset(validation.codes) or stated is None:
        return None
    try:
        at = datetime.fromisoformat(stated).astimezone(UTC)
        (token,) = cose.time_stamps(report.store, report.urn)
    except (ValueError, OverflowError):
        return None
    return at if is_anchored(token, trust.tsa_certificates, at, trust.revoked) else None


def _check_address(authority: str | None) -> None:
    if not authority:
        raise ConfigError("Time stamps need an authority's address: set signing.tsa.")
    try:
        where = urlsplit(authority)
        usable = where.scheme in ("http", "https") and bool(where.hostname)
        secret = where.username is not None or where.password is not None
    except ValueError:
        usable, secret = False, False
    if not usable or secret:
        raise ConfigError(
            "signing.tsa must be an address like https://tsa.example/, without a user or password."
        )
