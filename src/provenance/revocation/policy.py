"""The policy of a signer that states with each signature that its certificate is not revoked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from provenance.errors import ConfigError, RevocationError

if TYPE_CHECKING:
    from cryptography import x509

logger = logging.getLogger(__name__)

POLICIES = ("required", "best-effort", "off")
"""What ``signing.ocsp`` may be."""

PAUSE = timedelta(minutes=1)
"""How long best effort does not ask an issuer that failed, so that a batch does not wait."""


@dataclass
class _Kept:
    """The answer that was got last, and until when it is used."""

    answer: bytes | None
    until: datetime


@dataclass(frozen=True)
class Stapling:
    """Whether the issuer of the signer's certificate is asked, and what happens if it fails.

    ``required``: nothing is signed without its word that the certificate is good. ``best-effort``:
    where it can't be had, the manifest is signed without it. ``off``: nobody is asked. The issuer
    is asked where the certificate says, and again after half of the time for which it answered.

    Attributes
    ----------
    policy
        One of the three.
    issuers
        Certificates of authorities, for signers whose chain does not have their issuer's.

    Raises
    ------
    ConfigError
        The policy is another one.
    """

    policy: str = "off"
    issuers: Sequence[x509.Certificate] = ()
    _kept: dict[bytes, _Kept] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.policy not in POLICIES:
            known = ", ".join(POLICIES)
            raise ConfigError(
                f"The setting signing.ocsp is {self.policy!r}; it must be one of {known}."
            )

    def fetch(self, chain: bytes) -> bytes | None:
        """Return the issuer's answer for the first certificate of a PEM chain, None without one.

        Raises
        ------
        RevocationError
            The policy requires one, and it can't be had or does not say that all is well; or the
            issuer says that the certificate is revoked, whatever the policy.
        """
        if self.policy == "off":
            return None
        kept = self._kept.get(chain)
        if kept is not None and datetime.now(UTC) < kept.until:
            return kept.answer
        # Without a lock, which a fork could leave closed: at worst two threads ask.
        try:
            kept = self._ask(chain)
        except RevocationError as error:
            if self.policy == "required" or error.revoked:
                raise
            logger.warning("Signed without proof that the certificate is good: %s", error)
            kept = _Kept(None, datetime.now(UTC) + PAUSE)
        self._kept[chain] = kept
        return kept.answer

    def _ask(self, chain: bytes) -> _Kept:
        from provenance.revocation.client import ask

        now = datetime.now(UTC)
        answer, until = ask(chain, self.issuers)
        return _Kept(answer, now + (until - now) / 2)


OFF = Stapling()
"""Nobody is asked."""
