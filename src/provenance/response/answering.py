"""The producer's side: answer a request, or a question after a stamp id, from the registry."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from provenance.directory import fold_name
from provenance.errors import ConfigError, LogIntegrityError, SigningError
from provenance.registry import Access, Registry
from provenance.response.requests import Part, Request
from provenance.response.responses import (
    SALT_DIGITS,
    AccountAnswer,
    Disclosed,
    Held,
    Outcome,
    Response,
    Withdrawn,
)
from provenance.stamp_id import StampId

if TYPE_CHECKING:
    from cryptography import x509

    from provenance.accounts import AccountKey
    from provenance.certificates import SignerCertificate

REQUEST_LIFETIME = timedelta(days=30)
"""How old a request for an account may be. It is written when the legal process is over, and its
way takes days; who finds an old one must not be able to use it."""

CLOCK_SKEW = timedelta(hours=1)
"""How far the requester's clock may be ahead."""

_INCOMPLETE = (
    "The registry lost entries that it had, so it can't say whether there was such a stamp: ask "
    "again when it was put right."
)


@dataclass(frozen=True)
class Responder:
    """Answers what a registry knows of a stamp. It writes nothing but the log of accesses.

    Attributes
    ----------
    registry
        The producer's; its log has to be signed.
    requesters
        Authorities that certify who may be told accounts.
    account_key
        Opens accounts; without it none is told.
    name
        The producer's own: a request to somebody else is not told accounts.
    compare
        Compares the log with what was seen of it before: one that lost entries, as an older backup
        did, can't say that there is no such stamp.
    """

    registry: Registry
    requesters: tuple[x509.Certificate, ...] = ()
    account_key: AccountKey | None = None
    name: str | None = None
    compare: Callable[[Registry], object] | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def answer(self, request: Request) -> Response:
        """Answer a request that somebody sent: the account only for those who may be told it.

        Raises
        ------
        RegistryError
            The registry can't be asked, or is damaged.
        """
        found = self._look_up(request.stamp_id, request.sha256)
        if request.part is Part.PUBLIC or found.held is None:
            return found
        requester = judge_requester(request, self.requesters, self.clock())
        case, purpose = request.case or "", request.purpose or ""
        why = requester if isinstance(requester, str) else self._refuse_again(request)
        if isinstance(requester, str) or why is not None:
            return replace(found, account=AccountAnswer(case, purpose, refused=why))
        basis = f"; {request.legal_basis}" if request.legal_basis else ""
        who = f"{requester.subject}, certificate SHA-256 {requester.sha256}{basis}"
        who = f"{who}; {_name_request(request)}"
        return self._tell_account(found, case, purpose, who)

    def answer_order(self, stamp_id: StampId, case: str | None, purpose: str | None) -> Response:
        """Answer about a stamp id; with case and purpose, on the operator's word, also the account.

        So a court order on paper is answered without the picture and without a request.

        Raises
        ------
        ConfigError
            The account is asked for, and there is no account key.
        RegistryError
            The registry can't be asked, or is damaged.
        """
        found = self._look_up(stamp_id, None)
        if case is None or purpose is None or found.held is None:
            return found
        if self.account_key is None:
            raise ConfigError("Accounts can be told only with registry.account_key: set it.")
        return self._tell_account(found, case, purpose, "on the operator's word")

    def _refuse_again(self, request: Request) -> str | None:
        """Say why a request is not for this producer, or not to be answered any more.

        It counts once: who finds a copy of it learns nothing, or whoever wrote it learns that
        somebody else used it.
        """
        addressed = request.recipient
        if addressed and self.name and fold_name(addressed) != fold_name(self.name):
            return "The request is addressed to somebody else."
        told = f"{_name_request(request)})"
        for access in self.registry.accounts.accesses():
            if str(access.get("purpose", "")).endswith(told):
                return (
                    f"This request was answered already, at {access['time']}. If that was not for "
                    "you, somebody else used it; a new one is needed."
                )
        return None

    def refuse(self, stamp_id: StampId, request: str | None, reason: str) -> Response:
        """Refuse to answer, for a stated reason."""
        return Response(stamp_id, Outcome.REFUSED, self.clock(), request, reason)

    def _look_up(self, stamp_id: StampId, request: str | None) -> Response:
        """Look a stamp up. Time and head are taken first, so that they claim too little."""
        registry, as_of = self.registry, self.clock()
        head = registry.checkpoint()
        if not head.signatures:
            raise ConfigError(
                "The registry's log is not signed, so its answers prove nothing: set "
                "registry.log_key."
            )
        record, store = registry.by_id(stamp_id), registry.manifest_store(stamp_id)
        inclusion = registry.inclusion(stamp_id)
        if record is None or store is None or inclusion is None:
            if not self._is_whole():
                return self.refuse(stamp_id, request, _INCOMPLETE)
            return Response(stamp_id, Outcome.NONE, as_of, request, checkpoint=head)
        inclusion.verify(record, store)
        revocation = registry.revocation(stamp_id)
        proof = registry.revocation_inclusion(stamp_id) if revocation else None
        if revocation and not proof:
            raise LogIntegrityError(f"The log does not hold the revocation of stamp {stamp_id}.")
        gone = Withdrawn(revocation, proof) if revocation and proof else None
        held = Held(record, store, inclusion)
        return Response(stamp_id, Outcome.FOUND, as_of, request, held=held, withdrawn=gone)

    def _is_whole(self) -> bool:
        """Tell whether the log still holds what was seen of it before."""
        try:
            if self.compare is not None:
                self.compare(self.registry)
        except LogIntegrityError:
            return False
        return True

    def _tell_account(self, found: Response, case: str, purpose: str, who: str) -> Response:
        """Read the account, which the registry logs first, and bind it by a salted digest."""
        if self.account_key is None:
            refused = "This producer's registry keeps no accounts that can be told."
            return replace(found, account=AccountAnswer(case, purpose, refused=refused))
        access = Access(case, f"{purpose} (told to: {who})")
        sealed = self.registry.accounts.read(found.stamp_id, access).sealed
        pseudonym = self.account_key.open(sealed, found.stamp_id) if sealed else None
        told = Disclosed(secrets.token_hex(SALT_DIGITS // 2), pseudonym)
        answer = AccountAnswer(case, purpose, told.digest(found.stamp_id))
        return replace(found, account=answer, disclosed=told)


def _name_request(request: Request) -> str:
    return f"request SHA-256 {request.sha256}"


def judge_requester(
    request: Request, authorities: Sequence[x509.Certificate], now: datetime
) -> SignerCertificate | str:
    """Return who signed a request, if that is somebody who may be told accounts, or why not."""
    from provenance.certificates import describe

    sealed = request.sealed
    if sealed is None or not sealed.chain:
        return "The request is not signed, so nobody knows who asks."
    if not sealed.holds:
        return "The request was changed after it was signed."
    try:
        signer = describe(sealed.chain, authorities, now)
    except SigningError:
        return "The request's certificate can't be read."
    if not signer.anchored or not signer.is_in_date(now):
        return (
            "The request's signer leads to none of the authorities that this producer lets ask "
            "for accounts."
        )
    if not now - REQUEST_LIFETIME <= request.issued <= now + CLOCK_SKEW:
        return f"The request is older than {REQUEST_LIFETIME.days} days, or dated in the future."
    return signer
