"""What an examination asks, and what a file is read with."""

from __future__ import annotations

from dataclasses import dataclass, field

from provenance.directory import Directory
from provenance.examine.checkpoints import CheckpointKeeper
from provenance.examine.circuit_breaker import CircuitBreaker
from provenance.examine.contents import MOST_OPENED, MOST_OPENED_OF_ALL, Means
from provenance.examine.log_standing import LogPolicy
from provenance.hashlists import Matcher
from provenance.limits import DEFAULT_LIMITS, Limits
from provenance.manifest import Trust
from provenance.registry import Registry
from provenance.response import Asker, Response
from provenance.watermark import LockKey, Search


@dataclass(frozen=True)
class Sources:
    """The sources of an examination: whom to trust, whom to ask, what to look for.

    ``all_marks`` asks for every mark, whatever the first proves; ``search`` says how hard to look.
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
    search: Search = field(default_factory=Search)
    responses: tuple[Response, ...] = ()
    asker: Asker | None = None
    lists: Matcher | None = None

    @property
    def means(self) -> Means:
        """What a file is read with."""
        most = MOST_OPENED_OF_ALL if self.all_marks else MOST_OPENED
        return Means(self.trust, self.keys, self.lock_key, self.limits, most, self.search)
