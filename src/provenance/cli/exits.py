"""The exit status of every error and verdict: the table that users script against.

====== ========================================================================================
status meaning
====== ========================================================================================
0      done; for verify and trace: attributed
1      no origin established (none, claimed, similar); no such record
2      wrong options or config, already stamped and no ``--force``, output exists, unknown model
3      registry, output, signer or time-stamp authority not available, or registry damaged
4      tampered or conflict; for ``trace --check`` and ``registry audit``: something was changed
5      the picture is missing, unreadable, undecodable, too large, too small or too flat
70     a defect in provenance itself
130    interrupted
====== ========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from provenance import errors

if TYPE_CHECKING:
    from provenance.verify import Verdict

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

_REGISTRY_DOWN = frozenset(
    kind.code
    for kind in (
        errors.RegistryUnavailableError,
        errors.RegistryDamagedError,
        errors.LogIntegrityError,
    )
)

# First match wins, so a subclass stands before its base.
_STATUS_OF_ERROR: tuple[tuple[type[errors.ProvenanceError], int], ...] = (
    (errors.InputError, BAD_INPUT),
    (errors.EmbedFailedError, BAD_INPUT),  # this picture can't hold a mark
    (errors.OutputExistsError, USAGE),
    (errors.OutputError, UNAVAILABLE),
    (errors.SignerUnavailableError, UNAVAILABLE),
    (errors.RecordNotFoundError, NO_ORIGIN),
    (errors.RegistryError, UNAVAILABLE),
    (errors.ManifestError, BAD_INPUT),
    (errors.VerificationError, CONTRADICTED),
    (errors.InternalError, DEFECT),
    # Config, keys, directory, stamp: what the user set up or asked for.
    (errors.ProvenanceError, USAGE),
)


def map_error(error: errors.ProvenanceError) -> int:
    """Return the exit status of an error."""
    return next(status for kind, status in _STATUS_OF_ERROR if isinstance(error, kind))


def map_verdict(verdict: Verdict) -> int:
    """Return the exit status of a verdict.

    While the registry can't be asked, "no origin established" would be a wrong answer, so the
    failure decides the status. A proved origin or a contradiction stands without a registry.
    """
    status = STATUS_OF_STATE[verdict.state]
    if status == NO_ORIGIN and find_registry_trouble(verdict):
        return UNAVAILABLE
    return status


def map_json(line: Mapping[str, Any]) -> int:
    """Return the exit status of a verdict that an earlier run wrote as JSON."""
    if line.get("state") in STATUS_OF_STATE:
        return STATUS_OF_STATE[line["state"]]
    code = (line.get("error") or {}).get("code")
    kinds = vars(errors).values()
    known = (kind for kind in kinds if isinstance(kind, type) and getattr(kind, "code", 0) == code)
    return next((map_error(kind("")) for kind in known), BAD_INPUT)


def find_registry_trouble(verdict: Verdict) -> tuple[str, str] | None:
    """Return code and sentence of why the registry could not be asked; None if it could."""
    return next(
        (
            (note.code, note.detail)
            for note in verdict.evidence.notes
            if note.code in _REGISTRY_DOWN
        ),
        None,
    )


def take_worst(statuses: Iterable[int]) -> int:
    """Return the status that stands for several inputs: 5 over 4 over 3 over 2 over 1 over 0."""
    return max(statuses, default=DONE)
