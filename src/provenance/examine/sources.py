"""What a picture is examined with: whom to trust, whom to ask, what to look for."""

from __future__ import annotations

from dataclasses import dataclass, field

from provenance.directory import Directory
from provenance.examine.checkpoints import CheckpointKeeper
from provenance.examine.circuit_breaker import CircuitBreaker
from provenance.examine.log_standing import LogPolicy
from provenance.hashlists import Matcher
from provenance.limits import DEFAULT_LIMITS, Limits
from provenance.manifest import Trust
from provenance.registry import Registry
from provenance.response import Response
from provenance.watermark import LockKey


@dataclass(frozen=True)
class Sources:
    """The sources of an examination: whom to trust, whom to ask, what to look for.

    ``all_marks`` asks for every mark in the picture, whatever the first one proves.
    """

    trust: Trust
    keeper: CheckpointKeeper
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    registry: Registry | None = None
    directory: Directory | None = None
    keys: tuple[bytes, ...] = ()
    lock_key: LockKey | None = None
    limits: Limits = DEFAULT_LIMITS
    similar: bool = True
    log_policy: LogPolicy = field(default_factory=LogPolicy)
    all_marks: bool = False
    responses: tuple[Response, ...] = ()
    lists: Matcher | None = None
