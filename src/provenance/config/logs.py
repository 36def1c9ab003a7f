"""The logs, witnesses and copies that a config believes, and how far."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from provenance.config.sections import RegistrySection, TrustSection

if TYPE_CHECKING:
    from provenance.examine import LogPolicy
    from provenance.registry import VerifierKey


def read_logs(trust: TrustSection) -> tuple[VerifierKey, ...]:
    """Read the public keys of other producers' logs."""
    from provenance.registry import VerifierKey

    return tuple(map(VerifierKey.of_log, trust.logs))


def read_witnesses(trust: TrustSection) -> tuple[VerifierKey, ...]:
    """Read the public keys of the witnesses that count."""
    from provenance.registry import VerifierKey

    return tuple(map(VerifierKey.of_witness, trust.witnesses))


def read_log_policy(trust: TrustSection, registry: RegistrySection | None) -> LogPolicy | None:
    """Read how far the log of a registry is believed; None without a registry."""
    from provenance.examine import LogPolicy

    if registry is None:
        return None
    return LogPolicy(read_witnesses(trust), timedelta(hours=registry.max_age_hours))
