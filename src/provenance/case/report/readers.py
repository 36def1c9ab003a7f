"""What a verdict means for whoever reads it: an investigator, a court, the person shown.

These sentences are quoted: change them with care.
"""

from __future__ import annotations

from provenance.language import Message, Said, join, message
from provenance.verify import Verdict

INVESTIGATOR = message("Investigator")
COURT = message("Court")
SHOWN = message("Person shown")

_PROVED = {
    INVESTIGATOR: message(
        "The producer named here can be asked, by legal process, for whose account this was made. "
        "The stamp id is enough for that: “provenance request” writes the question, and no copy "
        "of the picture has to be sent."
    ),
    COURT: message(
        "It is proved that the producer signed the statement quoted here, with the error rates "
        "given. It is not proved who gave the order, or that what the picture shows is false. "
        "What was revoked after the times given here is unknown."
    ),
    SHOWN: message(
        "The service that stamped this picture, or one that it descends from, is known. Nobody "
        "has to be shown the picture again: the stamp id is enough to ask that service to act."
    ),
}
_ASKED = {
    INVESTIGATOR: message(
        "Nothing is proved yet. This folder holds a request for each stamp; send it with its "
        "letter. With the producer's answer, “provenance trace IMAGE --case ID -o DIR --response "
        "FILE” repeats this examination, offline."
    ),
    COURT: message(
        "No origin is proved. A mark alone is a lead, because others can write one. A signed "
        "answer of the producer can prove the origin. An answer that there is no such stamp is "
        "the producer's own statement, which its log can't prove."
    ),
    SHOWN: message(
        "The picture carries a trace that may lead to the service that made it. Those who help "
        "you can ask that service without showing it the picture."
    ),
}
_NOTHING = {
    INVESTIGATOR: message(
        "There is no stamp here that a producer could be asked about. Other copies of the "
        "picture, larger or less changed, may carry one."
    ),
    COURT: message(
        "Nothing follows from this about where the picture comes from, or whether it is real."
    ),
    SHOWN: message(
        "That nothing was found does not mean that the picture is real, or that nothing can be "
        "done."
    ),
}
_PART = message("That holds for the part that is named at the top, and for nothing else in it.")


def tell_readers(verdict: Verdict, stamps: int) -> dict[Message, Said]:
    """Return for each reader what the verdict means; ``stamps`` counts those to ask about."""
    if verdict.proof is None:
        return dict(_ASKED if stamps else _NOTHING)
    part = _PART if verdict.is_about_part(verdict.proof) else ""
    told = {reader: join((says, part)) for reader, says in _PROVED.items()}
    if verdict.proof.manifest.payload is not None:
        return told
    return {COURT: told[COURT]}  # a third party's signature has no stamp to ask about
