"""How a picture compares with what was signed, and which recorded ones look like it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provenance.examine import NOT_COMPARED, Comparison, Content, Similar
from provenance.geometry import Region
from provenance.language import Said, join, message, messages, say_count
from provenance.text import format_number, format_odds, format_percent
from provenance.verify.evidence import Manifest
from provenance.verify.reasons import Reason
from provenance.verify.weighing import WeighedMark
from provenance.verify.wording import rates
from provenance.verify.wording.finding import Finding

FEATURES = message("{share} of {count} features differ")
BITS = message("{distance} of 256 whole-picture bits differ")
FINGERPRINT = {
    Content.NEAR: message(
        "The picture shows what the signed fingerprints describe{figures}.{error} This does not "
        "show that nothing was changed since. A picture can also be built to come as near on "
        "purpose: before anybody is accused, have it compared with the picture that was stamped."
    ),
    Content.FAR: message(
        "The picture does not show what the signed fingerprints describe{figures}. Honest copies "
        "differ in a few percent, other pictures in about half. Either the mark was moved here "
        "from another picture, or the picture was edited beyond recognition. This does not show "
        "who did that."
    ),
    Content.INCONCLUSIVE: message(
        "Too little is left of the marked picture to say whether the mark belongs on it{figures}. "
        "That speaks neither for nor against it."
    ),
    Content.BOUND: message(
        "Fingerprints were not compared: the file's bytes are those that were signed."
    ),
    Content.NOT_COMPARED: message(
        "The signed fingerprints could not be compared with the picture. That speaks neither for "
        "nor against it."
    ),
}
SEALED = message(
    "The fingerprint that was signed with these bits is sealed, and the lock in this mark does not "
    "open it. Either too little is left of the mark, or somebody who never had the stamped picture "
    "wrote it, or the signed text is damaged, or there are too many marks to try all. So nobody "
    "can say here whether the mark belongs on this picture. That speaks neither for nor against it."
)
UNTRIED = message(
    "The fingerprint that was signed with these bits is sealed, and nobody tried to open it: the "
    "picture carries so many marks that others took the time for one picture. To try it, ask for "
    "every mark. Until then, whether this mark belongs on the picture is unknown."
)
NEAR_WHOLE = message(
    "The picture looks like the one that the manifest describes{figures}; up to 31 count as alike. "
    "Unrelated pictures seldom come so near, but forgeries, templates and plain pictures can. It "
    "may be a source, a copy or an edit of that picture; by itself this proves no origin."
)
FAR_WHOLE = message(
    "The picture does not show what the fingerprints signed in the file's manifest "
    "describe{figures}. Honest copies differ in a few percent, other pictures in about half. Its "
    "mark is gone, so the picture was taken to be whole: a part that was cut out in the same shape "
    "would give the same result."
)
OTHERS_AS_NEAR = message(
    "By chance, {odds} pictures of something else comes as near. {rate} It says nothing about "
    "pictures that somebody made to come near."
)
LOOKING = messages("one stamped picture", "{count} stamped pictures")
LOOKS_LIKE = message(
    "The picture looks like {count}: the nearest differs in {distance} of 256 fingerprint bits, "
    "and up to 31 count as alike. {rate} But forgeries, templates and plain pictures can. The "
    "picture may be a source, a copy or an edit of a stamped one; by itself this proves no origin."
)


def compare_whole(manifest: Manifest) -> Iterator[Finding]:
    """Say how a picture without its mark compares with what the file's own manifest describes."""
    comparison = manifest.comparison if manifest.authentic else NOT_COMPARED
    if comparison.content is Content.NEAR and comparison.error_rate is None:
        text = NEAR_WHOLE.format(figures=_list_figures(comparison))
        yield Finding("fingerprint", text, codes=("fingerprint.similar",))
    elif comparison.content is Content.NEAR:
        yield _describe(comparison)
    if comparison.content is Content.FAR:
        text = FAR_WHOLE.format(figures=_list_figures(comparison))
        yield Finding("fingerprint", text, codes=("fingerprint.far",))


def compare_marked(mark: WeighedMark, reason: Reason) -> Iterator[Finding]:
    """Say how the picture compares with what a trusted signer signed; others' does not count."""
    authentic = mark.manifest is not None and mark.manifest.authentic
    comparison = mark.comparison if authentic else NOT_COMPARED
    if comparison.content is not Content.NOT_COMPARED or reason is Reason.CONTENT_UNSURE:
        yield _describe(comparison, mark.region)


def describe_similar(similar: Sequence[Similar]) -> Finding:
    """Say how many recorded pictures look like this one, and how near the nearest comes."""
    count = say_count(*LOOKING, len(similar))
    nearest = min(candidate.distance for candidate in similar)
    text = LOOKS_LIKE.format(count=count, distance=nearest, rate=rates.ALIKE)
    return Finding("fingerprint", text, codes=("fingerprint.similar",))


def _describe(comparison: Comparison, region: Region | None = None) -> Finding:
    if comparison.sealed:
        why = "fingerprint.untried" if comparison.untried else "fingerprint.sealed"
        said = UNTRIED if comparison.untried else SEALED
        codes = ("fingerprint.inconclusive", why)
        return Finding("fingerprint", said, codes=codes, region=region)
    rate = comparison.error_rate
    text = FINGERPRINT[comparison.content].format(
        figures=_list_figures(comparison),
        error="" if rate is None else join((" ", _rate_chance(rate)), ""),
    )
    code = f"fingerprint.{comparison.content.replace(' ', '_')}"
    return Finding("fingerprint", text, codes=(code,), region=region)


def _rate_chance(rate: float) -> Said:
    return OTHERS_AS_NEAR.format(odds=format_odds(rate), rate=rates.CONTENT)


def _list_figures(comparison: Comparison) -> Said | str:
    """List the figures of a comparison, in brackets."""
    parts = []
    if comparison.bit_error_rate is not None:
        share = format_percent(comparison.bit_error_rate)
        parts.append(FEATURES.format(share=share, count=format_number(comparison.bits)))
    if comparison.pdq_distance is not None and comparison.content is not Content.FAR:
        parts.append(BITS.format(distance=comparison.pdq_distance))
    return join((" (", join(parts, "; "), ")"), "") if parts else ""
