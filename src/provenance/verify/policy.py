"""What a caller insists on: small objects that combine, for `Verdict.require`.

>>> from provenance.verify.policy import AllOf, MaxFalsePositive, RequireTrusted
>>> policy = AllOf(RequireTrusted(), MaxFalsePositive(1e-9))
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.errors import VerificationError
from provenance.verify.verdict import Policy, Verdict


class AllOf:
    """Meets every one of several policies; of none at all, nothing does.

    An empty list would accept everything, which nobody means.
    """

    def __init__(self, *policies: Policy) -> None:
        self.policies = policies

    def check(self, verdict: Verdict) -> None:
        """Raise VerificationError for the first policy that is not met."""
        if not self.policies:
            raise VerificationError("AllOf was given no policy, and accepts nothing; name some.")
        for policy in self.policies:
            policy.check(verdict)


class AnyOf:
    """Meets at least one of several policies; of none at all, nothing does."""

    def __init__(self, *policies: Policy) -> None:
        self.policies = policies

    def check(self, verdict: Verdict) -> None:
        """Raise VerificationError with every reason when no policy is met."""
        refusals = []
        for policy in self.policies:
            try:
                policy.check(verdict)
            except VerificationError as refusal:
                refusals.append(str(refusal))
            else:
                return
        if not refusals:
            raise VerificationError("AnyOf was given no policy, and accepts nothing; name some.")
        raise VerificationError(" Or: ".join(refusals))


class RequireTrusted:
    """The origin is proved, by a signer on the trust list."""

    def check(self, verdict: Verdict) -> None:
        """Raise VerificationError unless the state is ``attributed``."""
        if verdict.origin is None:
            raise VerificationError(f"The origin is not proved: the verdict is {verdict.state}.")


class RequireExact:
    """The file is, byte for byte, what its proved producer signed."""

    def check(self, verdict: Verdict) -> None:
        """Raise VerificationError unless attributed with match ``exact``."""
        RequireTrusted().check(verdict)
        if verdict.origin is not None and verdict.origin.match != "exact":
            raise VerificationError("The picture was changed since its producer signed it.")


@dataclass(frozen=True)
class RequireProducer:
    """The proved producer bears this name, as directory or certificate write it."""

    name: str

    def check(self, verdict: Verdict) -> None:
        """Raise VerificationError unless attributed to the producer of this name."""
        RequireTrusted().check(verdict)
        if verdict.origin is not None and verdict.origin.producer != self.name:
            raise VerificationError(
                f"The origin is {verdict.origin.producer!r}, and {self.name!r} is required."
            )


class RequireProvedTime:
    """The time stands on more than the producer's word: a time stamp, or a log held before."""

    def check(self, verdict: Verdict) -> None:
        """Raise VerificationError unless attributed with a proved time."""
        RequireTrusted().check(verdict)
        if verdict.origin is not None and verdict.origin.time_basis == "stated":
            raise VerificationError("Nothing proves the time but the producer's own statement.")


@dataclass(frozen=True)
class RequireCoverage:
    """The proof speaks of at least this share of the picture's area."""

    share: float

    def check(self, verdict: Verdict) -> None:
        """Raise VerificationError unless attributed over so much of the picture."""
        RequireTrusted().check(verdict)
        mark = verdict.proof.mark if verdict.proof else None
        if mark and mark.region.coverage < self.share:
            raise VerificationError(
                f"The mark covers {mark.region.coverage:.0%} of the picture, and at least "
                f"{self.share:.0%} is required."
            )


@dataclass(frozen=True)
class MaxFalsePositive:
    """The mark that the attribution rests on is no likelier than this to be read by chance."""

    probability: float

    def check(self, verdict: Verdict) -> None:
        """Raise VerificationError unless attributed, by signed bytes or by a mark so sure."""
        RequireTrusted().check(verdict)
        mark = verdict.proof.mark if verdict.proof else None
        if mark and mark.found.false_positive_probability > self.probability:
            raise VerificationError(
                f"The mark could be read by chance with probability "
                f"{mark.found.false_positive_probability:.1e}, and at most "
                f"{self.probability:.1e} is allowed."
            )
