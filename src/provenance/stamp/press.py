"""From a job to a stamped picture: mark, sign, record, and only then hand the bytes out."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from provenance import manifest
from provenance.accounts import AccountKey
from provenance.errors import (
    ClaimError,
    DuplicateStampError,
    EmbedFailedError,
    ImageTooFlatError,
    ImageTooSmallError,
    StampError,
)
from provenance.limits import Limits
from provenance.progress import Stage, enter
from provenance.registry import Claim, ClaimKey, Registry
from provenance.signers import Signer
from provenance.stamp.assembly import Job
from provenance.stamp.edits import carry_on
from provenance.stamp.kinds import MIME
from provenance.stamp.marking import Marked
from provenance.stamp.options import StampOptions, check_losses
from provenance.stamp.release import release
from provenance.stamp.stamped_image import StampedImage
from provenance.timestamps import TimeStamps
from provenance.watermark import LockKey, Payload, draw_lock

logger = logging.getLogger(__name__)

MAX_DRAWS = 8
"""A thousand stamps of one model within one minute collide with probability 5e-4.

So if eight ids in a row are taken, the random source is broken.
"""

_NO_FREE_ID = f"There was no free stamp id in {MAX_DRAWS} draws; the random source is broken."


@dataclass(frozen=True)
class Press:
    """What stamps are made with: the same for all pictures of a ``Stamper``."""

    signer: Signer
    registry: Registry
    keys: tuple[bytes | None, ...]
    lock_key: LockKey | None
    account_key: AccountKey | None
    stamps: TimeStamps
    limits: Limits
    clock: Callable[[], datetime]

    def stamp(
        self, job: Job, options: StampOptions, to: str | os.PathLike[str] | None, *, overwrite: bool
    ) -> StampedImage:
        """Make one stamp; see ``Stamper.stamp`` for the errors."""
        if options.claim is not None:
            return self._stamp_claimed(job, options, options.claim, to, overwrite=overwrite)
        for _ in range(MAX_DRAWS):
            payload = self.draw(job)
            try:
                return self._stamp_as(job, payload, options, to, overwrite=overwrite)
            except DuplicateStampError:
                continue  # another process drew it in the meantime
        raise StampError(_NO_FREE_ID)

    def stamp_ahead(self, job: Job, payload: Payload, options: StampOptions) -> StampedImage:
        """Make a stamp of what was marked ahead; under another id if this one is taken by now."""
        try:
            return self._stamp_as(job, payload, options, None, overwrite=False)
        except DuplicateStampError:
            return self.stamp(job, options, None, overwrite=False)

    def draw(self, job: Job) -> Payload:
        """Draw a payload whose id is free.

        Raises
        ------
        StampError
            There is none.
        """
        for _ in range(MAX_DRAWS):
            payload = job.draw_payload()
            if not self.registry.contains(payload.stamp_id):
                return payload
        raise StampError(_NO_FREE_ID)

    def _stamp_as(
        self,
        job: Job,
        payload: Payload,
        options: StampOptions,
        to: str | os.PathLike[str] | None,
        *,
        overwrite: bool,
    ) -> StampedImage:
        marked = self._mark(job, payload, best_effort=options.best_effort)
        stamped, store = self._sign(job, marked, options)
        sealed = self._seal_account(options.account, stamped.record.stamp_id)
        if to is None:
            self.registry.append(stamped.record, store, sealed)
        else:
            release(stamped, store, self.registry, to, account=sealed, overwrite=overwrite)
        return stamped

    def _stamp_claimed(
        self,
        job: Job,
        options: StampOptions,
        key: ClaimKey,
        to: str | os.PathLike[str] | None,
        *,
        overwrite: bool,
    ) -> StampedImage:
        """Stamp with the id that was promised to a key, or make its stamp again."""
        claim = self._take(key, job)
        if claim.request != key.request:
            raise ClaimError("This key was used for another request: give each request its own.")
        job, stamp_id = replace(job, created=claim.created), claim.stamp_id
        payload = Payload.unpack(stamp_id.payload)
        if self.registry.by_id(stamp_id) is None:
            try:
                return self._stamp_as(job, payload, options, to, overwrite=overwrite)
            except DuplicateStampError:
                pass  # the same request came by another way, and was faster
        return self._make_again(job, payload, options)

    def _take(self, key: ClaimKey, job: Job) -> Claim:
        for _ in range(MAX_DRAWS):
            claim = self.registry.claims.take(key, job.draw_payload().stamp_id, job.created)
            if claim is not None:
                return claim
        raise StampError(_NO_FREE_ID)

    def _make_again(self, job: Job, payload: Payload, options: StampOptions) -> StampedImage:
        """Make the bytes of a record once more; the record says whether they are the same."""
        record = self.registry.by_id(payload.stamp_id)
        store = self.registry.manifest_store(payload.stamp_id)
        marked = self._mark(job, payload, best_effort=options.best_effort)
        data, _ = manifest.reattach_if_possible(marked.data, store or b"")
        if record is None or hashlib.sha256(data).hexdigest() != record.sha256:
            raise ClaimError(
                f"The picture of this key was stamped as {payload.stamp_id}, and its bytes can't "
                "be made again: stamp it under a new key."
            )
        readable = marked.readable
        return StampedImage(data, job.format, record, readable, None, job.losses, self.limits)

    def _seal_account(self, account: str | None, stamp_id: str) -> bytes | None:
        if account is None or self.account_key is None:
            return None
        return self.account_key.seal(account, stamp_id)

    @property
    def deriving_key(self) -> LockKey | None:
        """Without a key of locks, who reads the private mark can derive the lock all the same."""
        private = next((LockKey(key) for key in self.keys if key is not None), None)
        return self.lock_key or private

    def derive_lock(self, payload: Payload) -> bytes:
        """Derive a mark's lock, or draw it where there is no key."""
        key = self.deriving_key
        return key.derive(payload.pack()) if key else draw_lock()

    def _mark(self, job: Job, payload: Payload, *, best_effort: bool) -> Marked:
        """Mark and encode; with best effort leave the pixels alone where no mark can be read."""
        try:
            return job.mark(payload, self.derive_lock(payload), self.keys, self.limits)
        except (ImageTooSmallError, ImageTooFlatError, EmbedFailedError) as error:
            if not best_effort:
                raise
            logger.warning("No readable mark, only manifest and record: %s", error)
        return job.leave_unmarked(payload, self.limits)

    def _sign(self, job: Job, marked: Marked, options: StampOptions) -> tuple[StampedImage, bytes]:
        """Sign; the result may be handed out once the registry has record and store."""
        enter(Stage.SIGNING)
        sign = partial(
            manifest.sign,
            mime=MIME[job.format],
            statement=job.write_statement(marked),
            signer=self.signer,
            urn=manifest.draw_urn(),
            stamps=self.stamps,
            ocsp=options.ocsp,
        )
        signed, losses = carry_on(
            job.history.parent,
            partial(job.sign, marked.data, sign, self.limits),
            lambda loss: check_losses((loss,), options),
        )
        record = job.write_record(marked, signed, self.clock())
        new = StampedImage(
            signed.data,
            job.format,
            record,
            marked.readable,
            signed.timestamp_missing,
            (*job.losses, *losses),
            self.limits,
        )
        return new, signed.store
