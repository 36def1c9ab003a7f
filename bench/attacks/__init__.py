"""What pictures go through: pure functions of pixels and a seed, in families."""

from bench.attacks.base import Attack, Transform
from bench.attacks.catalogue import ATTACKS, BY_NAME, GROUPS, UNTOUCHED

__all__ = ["ATTACKS", "BY_NAME", "GROUPS", "UNTOUCHED", "Attack", "Transform"]
