"""What a caller insists on: small objects that combine, for ``Verdict.require``.

>>> from provenance.verify.policy import AllOf, MaxFalsePositive, RequireTrusted
>>> policy = AllOf(RequireTrusted(), MaxFalsePositive(1e-9))
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.errors import VerificationError
from provenance.hashlists import ListUse
from provenance.verify.decision import Match
from provenance.verify.verdict import Policy, Verdict


class AllOf:
    """Accepts what meets every one of several policies.

    Without a policy it accepts nothing: nobody means to accept everything.
    """

    def __init__(self, *policies: Policy) -> None:
        self.policies = policies

    def check(self, verdict: Verdict) -> None:
        """Refuse for the reason of the first policy that is not met."""
        if not self.policies:
            raise VerificationError("AllOf was given no policy, so it accepts nothing. Name one.")
        for policy in self.policies:
            policy.check(verdict)


class AnyOf:
    """Accepts what meets at least one of several policies; without a policy it accepts nothing."""

    def __init__(self, *policies: Policy) -> None:
        self.policies = policies

    def check(self, verdict: Verdict) -> None:
        """Refuse for all reasons when no policy is met."""
        refusals = []
        for policy in self.policies:
            try:
                policy.check(verdict)
            except VerificationError as error:
                refusals.append(str(error))
            else:
                return
        if not refusals:
            raise VerificationError("AnyOf was given no policy, so it accepts nothing. Name one.")
        raise VerificationError(" Or: ".join(refusals))


class RequireTrusted:
    """The origin is proved, by a signer on the trust list."""

    def check(self, verdict: Verdict) -> None:
        """Refuse unless the state is ``attributed``."""
        if verdict.origin is None:
            raise VerificationError(f"The origin is not proved: the verdict is {verdict.state}.")


class RequireExact:
    """The file is, byte for byte, what its proved producer released.

    A hard binding alone does not show that: it leaves bytes out. The SHA-256 of the file must be
    the one that was recorded.
    """

    def check(self, verdict: Verdict) -> None:
        """Refuse unless the state is ``attributed`` with match ``exact``."""
        RequireBound().check(verdict)
        if verdict.origin is not None and verdict.origin.match is not Match.EXACT:
            raise VerificationError(
                "The file holds what was signed, but no record states its SHA-256, so bytes that "
                "the signature leaves out may differ."
            )


class RequireBound:
    """Every byte of the file that the producer's signature covers is as it was signed."""

    def check(self, verdict: Verdict) -> None:
        """Refuse unless the state is ``attributed`` with match ``exact`` or ``bound``."""
        RequireTrusted().check(verdict)
        if verdict.origin is not None and verdict.origin.match is Match.DERIVED:
            raise VerificationError("The picture was changed since its producer signed it.")


@dataclass(frozen=True)
class RequireProducer:
    """The proved producer has this name, spelt as in the directory or the certificate."""

    name: str

    def check(self, verdict: Verdict) -> None:
        """Refuse unless the origin is the producer of this name."""
        RequireTrusted().check(verdict)
        if verdict.origin is not None and verdict.origin.producer != self.name:
            raise VerificationError(
                f"The origin is {verdict.origin.producer!r}, but {self.name!r} is required."
            )


class RequireProvedTime:
    """The time rests on more than the producer's word: a time stamp, or a log seen before."""

    def check(self, verdict: Verdict) -> None:
        """Refuse unless the origin is proved, and its time too."""
        RequireTrusted().check(verdict)
        if verdict.origin is not None and verdict.origin.time_basis == "stated":
            raise VerificationError("The time is not proved: it is the producer's own statement.")


@dataclass(frozen=True)
class RequireCoverage:
    """The proof is about at least this share of the picture's area; of a film's length too."""

    share: float

    def check(self, verdict: Verdict) -> None:
        """Refuse unless the proof is about so much of the picture."""
        RequireTrusted().check(verdict)
        proof, film = verdict.proof, verdict.evidence.film
        if proof is None or proof.mark is None:
            return
        frames = 1.0 if film is None else film.share_of(proof.manifest.payload) or 0.0
        if proof.coverage * frames < self.share:
            what = "picture" if film is None else "film's area and length"
            raise VerificationError(
                f"The mark covers {proof.coverage * frames:.0%} of the {what}, but at least "
                f"{self.share:.0%} is required."
            )


@dataclass(frozen=True)
class RequireUnlisted:
    """The picture is on none of the hash lists, not even by a look-alike or a mark alone.

    With a ``use``, lists of other uses are left out: who trains models asks for no-train.
    """

    use: ListUse | None = None

    def check(self, verdict: Verdict) -> None:
        """Refuse if a list names the picture, or there was no list to ask."""
        if verdict.listed is None:
            raise VerificationError("No hash list was asked: name one.")
        for each in verdict.listed:
            if each.basis.counts and self.use in (None, each.match.use):
                raise VerificationError(
                    f"The picture is on the list {each.match.list!r} ({each.basis.words})."
                )


@dataclass(frozen=True)
class MaxFalsePositive:
    """The mark behind the attribution could be read by chance with at most this probability."""

    probability: float

    def check(self, verdict: Verdict) -> None:
        """Refuse unless the origin is proved by signed bytes, or by a mark that is this sure."""
        RequireTrusted().check(verdict)
        mark = verdict.proof.mark if verdict.proof else None
        if mark and mark.found.false_positive_probability > self.probability:
            raise VerificationError(
                f"The mark could be read by chance with probability "
                f"{mark.found.false_positive_probability:.1e}, but at most "
                f"{self.probability:.1e} is allowed."
            )
