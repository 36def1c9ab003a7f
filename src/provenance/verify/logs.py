"""Logs of registries: the producer's own alone can revoke, whatever became of its past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from provenance.directory import DirectoryProducer, KeyUse
from provenance.errors import LogIntegrityError
from provenance.examine import Answer, Examination, Note, note_revocation
from provenance.records import Revocation
from provenance.registry import Checkpoint
from provenance.response import check_checkpoint
from provenance.stamp_id import StampId

if TYPE_CHECKING:
    from provenance.certificates import SignerCertificate


def is_other_log(signer: SignerCertificate | None, examination: Examination) -> bool:
    """Tell whether a copy was asked whose log the signer's entry does not bind.

    Anybody can copy a stamp of others into a log of their own, and revoke it there.
    """
    records = examination.records
    if records.copied is None or records.log_key is None:
        return False
    entry = _find_entry(signer, examination)
    return entry is not None and entry.find_key(KeyUse.LOG, records.log_key.spki) is None


def find_revocation(stamp_id: StampId, examination: Examination) -> Revocation | None:
    """Return the registry's revocation of a stamp, if it counts (ADR 0043).

    A log that does not continue the one seen before may be an older backup, and what its key signed
    there is still its producer's word. What no known key signed may be anybody's.
    """
    answer = examination.records.look_up(stamp_id)
    if answer.broken_head is None or _is_signed(stamp_id, answer, examination):
        return answer.revocation
    return None


def note_broken_logs(stamps: Iterable[StampId], examination: Examination) -> Iterator[Note]:
    """Say of each revocation in a log that does not continue the one before whether it counts."""
    for stamp_id in dict.fromkeys(stamps):
        if examination.records.look_up(stamp_id).broken_head is not None:
            counts = find_revocation(stamp_id, examination) is not None
            code = "revocation.broken_log" if counts else "revocation.refused"
            yield note_revocation(code, stamp_id)


def _is_signed(stamp_id: StampId, answer: Answer, examination: Examination) -> bool:
    """Tell whether a log key signed the head: one that the signer's entry binds, if it binds any.

    Else it is the key that the registry was opened or copied with.
    """
    head, revocation = answer.broken_head, answer.revocation
    if head is None or revocation is None:
        return False
    recorded = examination.recorded_manifest(stamp_id)
    entry = _find_entry(recorded.signer if recorded else None, examination)
    if entry is not None:
        return check_checkpoint(head, entry, revocation.revoked) is None
    return _is_by_own_key(head, examination)


def _is_by_own_key(head: Checkpoint, examination: Examination) -> bool:
    key = examination.records.log_key
    try:
        if key is not None:
            head.verify(key)
    except LogIntegrityError:
        return False
    return key is not None


def _find_entry(
    signer: SignerCertificate | None, examination: Examination
) -> DirectoryProducer | None:
    """Return the directory's entry for a signer, if it binds keys for logs."""
    directory = examination.sources.directory
    own = directory.find_own(signer) if directory and signer else None
    binds = own is not None and any(key.use is KeyUse.LOG for key in own.entry.keys)
    return own.entry if own and binds else None
