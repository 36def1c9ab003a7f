"""How often each test errs: what is derived, what was measured, and where that is written down.

The figures are those of docs/false-positives.md and docs/fingerprints.md; a test compares them.
"""

from __future__ import annotations

from provenance.language import message

MARK = message(
    "That is a bound derived from the mark's code; measured: none of 5,015 unmarked pictures was."
)
CONTENT = message(
    "That rate is derived by a formula; measured: none of 19,200 comparisons with other pictures "
    "was near."
)
ALIKE = message(
    "That is measured, not derived: of 296 million comparisons between different scenes none came "
    "so near."
)

ERROR_RATES = (
    message(
        "A mark: the rate with a finding is an upper bound, derived from the code; it counts every "
        "attempt to read one. Measured: 0 of 5,015 unmarked pictures and test fields were taken "
        "for marked ones (95 % bound: 0.06 %). Source: docs/false-positives.md."
    ),
    message(
        "Signed fingerprints: the rate with a finding is derived by a formula, from bits that are "
        "taken to be independent. Measured: 0 of 19,200 comparisons with pictures of something "
        "else were called near (95 % bound: 0.02 %). Neither holds for pictures that somebody made "
        "to come near. Source: docs/fingerprints.md."
    ),
    message(
        "Pictures that look alike (PDQ, up to 31 of 256 bits): no rate is derived. Measured: none "
        "of 296 million comparisons between pictures of 78 different scenes came so near. "
        "Templates and pages of one form were not measured. Source: docs/fingerprints.md."
    ),
    message(
        "Signatures and digests: the chance of a false match is below 1 in 2^128 by design, and "
        "was not measured."
    ),
)
"""The method of a report states these."""
