"""Check responses by themselves, offline: who signed, with which right, over which log.

A response counts only if a key signed it that the directory entry of the stamp's producer number
binds, and if a log key of the same entry signed the checkpoints that its proofs lead to. Nothing
else that a file says about itself is believed. Pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from provenance.directory import Directory, DirectoryProducer, KeyUse, Listing
from provenance.errors import LogIntegrityError, RegistryError, SigningError
from provenance.registry import Checkpoint
from provenance.response.responses import Outcome, Response
from provenance.stamp_id import Payload, StampId

if TYPE_CHECKING:
    from provenance.certificates import SignerCertificate

CLOCK_SKEW = timedelta(hours=1)
"""How far a producer's clock may be ahead; a later time would make a response look fresher."""


class Fault(StrEnum):
    """Why a response proves nothing."""

    UNSIGNED = "unsigned"
    SIGNATURE = "signature"  # it was changed after it was signed
    NUMBER_UNKNOWN = "number_unknown"  # no directory at hand lists the producer number
    KEY = "key"  # the entry binds other keys, or none
    KEY_SHARED = "key_shared"  # entries of two producers bind it, and nothing shows whose it is
    KEY_LAPSED = "key_lapsed"  # the key was not valid yet, or not any more
    PRODUCER_REVOKED = "producer_revoked"
    FUTURE = "future"
    LOG_KEY = "log_key"  # a checkpoint by another log's key
    LOG_KEY_LAPSED = "log_key_lapsed"
    LOG = "log"  # the log does not hold what the response says
    SIGNER = "signer"  # the manifest is not signed by what the entry binds
    SUPERSEDED = "superseded"  # a newer one by the same producer is at hand
    CONTRADICTED = "contradicted"  # the producer's own log shows that it is false
    FORKED = "forked"  # two checkpoints at hand show two pasts of one log


@dataclass(frozen=True)
class Checked:
    """A response with who answered, by the certificate and the directory entry, and its fault.

    ``namesake`` says that somebody else is listed under the entry's name with no less right.
    """

    response: Response
    signer: str = ""
    signer_sha256: str = ""
    listing: Listing | None = None
    fault: Fault | None = None
    namesake: bool = False

    @property
    def stamp_id(self) -> StampId:
        """The stamp that the response is about."""
        return self.response.stamp_id

    @property
    def name(self) -> str:
        """The listed name of the producer that answered; the certificate's word is not used.

        Empty where it is somebody else's as well.
        """
        return self.listing.entry.name if self.listing and not self.namesake else ""

    def covers(self, certificate: SignerCertificate | None) -> bool:
        """Tell whether whoever answered may speak of what a certificate signed."""
        if certificate is None or self.listing is None:
            return False
        return self.listing.entry.binding.covers(certificate)


def check_all(
    responses: Iterable[Response],
    directory: Directory | None,
    now: datetime,
    look_inside: Callable[[Checked], Fault | None] = lambda _: None,
) -> tuple[Checked, ...]:
    """Check responses by themselves and against each other.

    ``look_inside`` finds what is wrong with the manifest of one that is good so far.
    """
    each_once = {}
    for each in responses:
        found = check(each, directory, now, look_inside)
        each_once[each.sha256, found.signer_sha256, found.fault] = found
    checked = tuple(each_once.values())
    return tuple(replace(each, fault=each.fault or _compare(each, checked)) for each in checked)


def check(
    response: Response,
    directory: Directory | None,
    now: datetime,
    look_inside: Callable[[Checked], Fault | None] = lambda _: None,
) -> Checked:
    """Check one response by itself; see ``check_all``."""
    sealed = response.sealed
    if sealed is None or not sealed.chain:
        return Checked(response, fault=Fault.UNSIGNED)
    signer = _describe(response)
    subject, digest = (signer.subject, signer.sha256) if signer else ("", "")
    if not sealed.holds:
        return Checked(response, subject, digest, fault=Fault.SIGNATURE)
    listings = _list_listings(response.stamp_id, directory)
    if not listings:
        return Checked(response, subject, digest, fault=Fault.NUMBER_UNKNOWN)
    spki = _encode_key(response)
    bound = [each for each in listings if each.entry.find_key(KeyUse.RESPONSE, spki)]
    if not bound:
        return Checked(response, subject, digest, fault=Fault.KEY)
    judged = []
    for listing in bound:
        other = directory is not None and directory.find_namesake(listing) is not None
        found = Checked(response, subject, digest, listing, namesake=other)
        fault = _find_fault(response, listing.entry, spki, now) or look_inside(found)
        judged.append(replace(found, fault=fault))
    return _choose(judged)


def _choose(judged: Sequence[Checked]) -> Checked:
    """Choose the entry by which a response is good.

    Keys are public, so anybody can list somebody else's in an entry of their own. A manifest shows
    whose response it is. Where there is none, two names are one too many.
    """
    good = [each for each in judged if each.fault is None]
    if len({each.listing.entry.name for each in good if each.listing}) > 1:
        return replace(good[0], listing=None, fault=Fault.KEY_SHARED)
    return good[0] if good else judged[0]


def _describe(response: Response) -> SignerCertificate | None:
    from provenance.certificates import describe

    try:
        return describe(response.sealed.chain) if response.sealed else None
    except SigningError:
        return None


def _encode_key(response: Response) -> bytes:
    from provenance.certificates import encode_public_key

    try:
        return encode_public_key(response.sealed.chain[0]) if response.sealed else b""
    except SigningError:
        return b""


def _list_listings(stamp_id: StampId, directory: Directory | None) -> tuple[Listing, ...]:
    number = Payload.unpack(stamp_id.payload).producer
    return directory.find_listings(number) if directory else ()


def _find_fault(
    response: Response, entry: DirectoryProducer, spki: bytes, now: datetime
) -> Fault | None:
    """Find what else is wrong with what a producer's own response key signed."""
    key, time = entry.find_key(KeyUse.RESPONSE, spki), response.as_of
    if key is None or not key.is_valid_at(time):
        return Fault.KEY_LAPSED
    if entry.revoked_at is not None and time >= entry.revoked_at:
        return Fault.PRODUCER_REVOKED
    if time > now + CLOCK_SKEW:
        return Fault.FUTURE
    for checkpoint in _list_checkpoints(response):
        if fault := check_checkpoint(checkpoint, entry, time):
            return fault
    try:
        if held := response.held:
            held.inclusion.verify(held.record, held.store)
        if gone := response.withdrawn:
            gone.inclusion.verify_revocation(gone.revocation)
    except RegistryError:
        return Fault.LOG
    return None


def _list_checkpoints(response: Response) -> list[Checkpoint]:
    parts = (response.held, response.withdrawn)
    proved = [part.inclusion.checkpoint for part in parts if part is not None]
    return [*proved, *([response.checkpoint] if response.checkpoint else [])]


def check_checkpoint(
    checkpoint: Checkpoint, entry: DirectoryProducer, time: datetime
) -> Fault | None:
    """Check that a log key of the entry signed a checkpoint, and might at a time; None if so."""
    from provenance.signers import LogPublicKey

    lapsed = False
    for key in entry.keys:
        public = LogPublicKey.from_spki(key.spki) if key.use is KeyUse.LOG else None
        try:
            if public is None:
                continue
            checkpoint.verify(public)
        except LogIntegrityError:
            continue
        if key.is_valid_at(time):
            return None
        lapsed = True
    return Fault.LOG_KEY_LAPSED if lapsed else Fault.LOG_KEY


def _compare(each: Checked, checked: Sequence[Checked]) -> Fault | None:
    """Compare a response without a fault of its own with what else its producer answered."""
    ours = [other for other in checked if other.fault is None and _is_by_same(each, other)]
    if any(_shows_another_past(each, other) for other in ours):
        return Fault.FORKED
    about = [other for other in ours if other.stamp_id == each.stamp_id]
    best = max(about, key=_rank, default=each)
    if _rank(each) == _rank(best):
        return None
    return Fault.CONTRADICTED if _belies(best, each) else Fault.SUPERSEDED


def _is_by_same(one: Checked, other: Checked) -> bool:
    if one.listing is None or other.listing is None:
        return False
    return one.listing.entry.binding == other.listing.entry.binding


def _rank(each: Checked) -> tuple[int, bool, datetime]:
    """Rank what one producer says of one stamp: what is proved first, then what is newest.

    A log proves a record and its revocation, and can't prove that there is none.
    """
    order = (Outcome.REFUSED, Outcome.NONE, Outcome.FOUND)
    response = each.response
    return order.index(response.outcome), response.withdrawn is not None, response.as_of


def _belies(best: Checked, other: Checked) -> bool:
    """Tell whether what one response proves shows that another one is false."""
    proved, said = best.response, other.response
    if said.outcome is Outcome.FOUND:  # it does not know a revocation
        return proved.withdrawn is not None and proved.withdrawn.revocation.revoked < said.as_of
    if proved.held is None or said.checkpoint is None:
        return False
    inclusion = proved.held.inclusion
    same_log = inclusion.checkpoint.origin == said.checkpoint.origin
    return same_log and inclusion.index < said.checkpoint.size


def _shows_another_past(one: Checked, other: Checked) -> bool:
    """Tell whether two checkpoints of one log have one size and two roots."""
    heads = {(head.origin, head.size): head.root for head in _list_checkpoints(one.response)}
    return any(
        heads.get((head.origin, head.size), head.root) != head.root
        for head in _list_checkpoints(other.response)
    )
