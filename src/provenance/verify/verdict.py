"""The verdict on one picture, in values, words and JSON; and ``decide``, which reaches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from provenance.language import Said, open_language, speak
from provenance.verify import verdict_json
from provenance.verify.decision import Decision, Proof, reach
from provenance.verify.evidence import Evidence
from provenance.verify.freshness import Freshness, judge_freshness
from provenance.verify.listed import Listed, Standing, judge_listed, judge_stamps
from provenance.verify.past import PastItem, judge_past
from provenance.verify.reasons import DEFAULT_THRESHOLDS, Thresholds
from provenance.verify.weighing import Weighed, weigh
from provenance.verify.wording import explanation
from provenance.verify.wording.finding import Finding
from provenance.verify.wording.findings import describe
from provenance.verify.wording.replies import tell_freshness


class Policy(Protocol):
    """Anything that can refuse a verdict."""

    def check(self, verdict: Verdict) -> None:
        """Refuse a verdict that is not good enough.

        Raises
        ------
        VerificationError
            The reason why the verdict is refused.
        """


@dataclass(frozen=True)
class Verdict(Decision):
    """The verdict on one picture: never a yes or a no. Read ``state``, or call ``require``.

    Attributes
    ----------
    findings
        Every finding, with its basis, its error rate and what it does not prove.
    evidence
        What was found. ``weighed`` is the part of it that counts, ``thresholds`` the numbers by
        which it was judged. For the rest see ``Decision``.
    """

    findings: tuple[Finding, ...]
    evidence: Evidence
    weighed: Weighed
    thresholds: Thresholds

    def __bool__(self) -> NoReturn:
        raise TypeError("A verdict is not a yes or a no: compare .state or call .require(policy).")

    @property
    def stamps(self) -> tuple[Standing, ...]:
        """What each stamp that the picture carries says of it, whatever list names it."""
        return judge_stamps(self.weighed, self.reasons)

    def is_about_part(self, proof: Proof) -> bool:
        """Tell whether a proof is about a part; by a mark it always is about a part of a film."""
        if proof.mark is None:
            return False
        return self.evidence.film is not None or proof.coverage < self.thresholds.whole_from

    @property
    def listed(self) -> tuple[Listed, ...] | None:
        """The hits on hash lists, strongest first; None where there was no list to ask."""
        return judge_listed(self.evidence.listed, self.stamps)

    @property
    def freshness(self) -> Freshness:
        """On whose word the stamp is not revoked, and as of when that is known."""
        return judge_freshness(self.evidence, self.weighed, self)

    @property
    def past(self) -> tuple[PastItem, ...]:
        """What manifests say of a past, and how far it is proved to be this picture's."""
        return judge_past(self.evidence.history, self, self.evidence.self_named)

    def explain(self, language: str = "en") -> str:
        """Say in plain words what was found, what that proves and what it does not prove.

        Raises
        ------
        ConfigError
            The language is not known.
        """
        return speak(self.explanation, open_language(language))

    @property
    def explanation(self) -> Said:
        """The explanation as a text that can be said in each language."""
        return explanation.write(self.opening, self.findings)

    @property
    def opening(self) -> tuple[Said, ...]:
        """The verdict in one line, and in further ones what it means."""
        told = self.origin is not None
        now = self.evidence.examined_at
        return explanation.write_opening(
            self,
            self.findings,
            self.thresholds,
            self.weighed,
            self.evidence.film,
            self.past,
            tell_freshness(self.freshness, now) if told else (),
        )

    def require(self, policy: Policy) -> None:
        """Insist on a policy.

        Raises
        ------
        VerificationError
            The verdict does not meet the policy.
        """
        policy.check(self)

    def to_json_dict(self, source: str | None = None) -> dict[str, Any]:
        """Return the object that ``verify --json`` prints; ``source`` is the input's name."""
        return verdict_json.write_verdict(
            self, self.findings, self.evidence, self.past, self.freshness, self.listed, source
        )


def decide(evidence: Evidence, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Verdict:
    """Judge evidence: a pure function that gives a verdict on all evidence there can be."""
    weighed = weigh(evidence)
    decision = reach(weighed, thresholds, alike=bool(evidence.similar))
    return Verdict(
        **vars(decision),
        findings=describe(evidence, weighed, decision.reasons, thresholds),
        evidence=evidence,
        weighed=weighed,
        thresholds=thresholds,
    )
