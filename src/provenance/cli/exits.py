"""Which exit status an error or a verdict gives: the table users script against.

====== ========================================================================================
status meaning
====== ========================================================================================
0      done; for verify and trace: attributed
1      no origin established (none, claimed, similar)
2      flags, config, already stamped without ``--force``, output exists, unknown model
3      registry locked, damaged or not one; output not writable; signer or time-stamp authority down
4      tampered or conflict
5      input missing, unreadable, undecodable, over limits, too small or too flat
70     a defect in provenance itself
130    interrupted
====== ========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable

from provenance import errors

DONE = 0
NO_ORIGIN = 1
USAGE = 2
UNAVAILABLE = 3
CONTRADICTED = 4
BAD_INPUT = 5
DEFECT = 70  # EX_SOFTWARE of sysexits.h: far from every documented answer
INTERRUPTED = 130  # 128 + SIGINT, as shells report it

STATUS_OF_STATE = {
    "attributed": DONE,
    "claimed": NO_ORIGIN,
    "similar": NO_ORIGIN,
    "none": NO_ORIGIN,
    "tampered": CONTRADICTED,
    "conflict": CONTRADICTED,
}

# First match wins, so a subclass stands before its base.
_STATUS_OF_ERROR: tuple[tuple[type[errors.ProvenanceError], int], ...] = (
    (errors.InputError, BAD_INPUT),
    (errors.EmbedFailedError, BAD_INPUT),  # this picture does not hold the mark
    (errors.OutputExistsError, USAGE),
    (errors.OutputError, UNAVAILABLE),
    (errors.SignerUnavailableError, UNAVAILABLE),
    (errors.RecordNotFoundError, NO_ORIGIN),
    (errors.RegistryError, UNAVAILABLE),
    (errors.ManifestError, BAD_INPUT),
    (errors.VerificationError, CONTRADICTED),
    (
        errors.ProvenanceError,
        USAGE,
    ),  # config, keys, directory, stamp: what the user set up or asked
)


def status_of(error: errors.ProvenanceError) -> int:
    """Return the exit status documented for an error."""
    return next(status for kind, status in _STATUS_OF_ERROR if isinstance(error, kind))


def worst(statuses: Iterable[int]) -> int:
    """Return the status that stands for several inputs: 5 over 4 over 3 over 2 over 1 over 0."""
    return max(statuses, default=DONE)
