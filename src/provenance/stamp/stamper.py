"""The one write path.

The order never changes: a visible label is put on, the pixels are marked, labels go into the
metadata, the picture is encoded with it, the mark
is read back from the encoded bytes, the fingerprints are taken from them, the manifest is signed
over them, the record is made durable, and only then are the bytes handed out; written to a file,
they are on disk before the record is. Whatever fails before the end leaves nothing behind but, at
most, a number for a new model.
"""

from __future__ import annotations

import copy
import hashlib
import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provenance import fingerprint, imaging, manifest, watermark
from provenance.accounts import AccountKey
from provenance.errors import (
    ConfigError,
    DuplicateStampError,
    EmbedFailedError,
    ImageTooFlatError,
    ImageTooSmallError,
    LabelError,
    StampError,
    UnknownModelError,
)
from provenance.imaging import DEFAULT_LIMITS, MIME, ImageSource, Limits, Picture
from provenance.labels import NO_LABELS, Labels, visible, written
from provenance.manifest import (
    ModelAction,
    SignedImage,
    StampStatement,
    TimeStamps,
    Training,
    source_type,
)
from provenance.registry import Registry
from provenance.signing import Signer
from provenance.stamp.earlier import examine, fingerprints
from provenance.stamp.history import Before, Edit, History, history
from provenance.stamp.producer import Producer
from provenance.stamp.release import Found, check_name, check_same, release, resume
from provenance.stamp.stamped import StampedImage
from provenance.types import StampRecord
from provenance.watermark import Payload
from provenance.watermark.format import SERIAL_BITS

logger = logging.getLogger(__name__)

# A thousand stamps of one model within one minute collide with probability 5e-4. That eight draws
# in a row are taken has no other cause than a broken random source.
MAX_DRAWS = 8

# Over an earlier mark, which a forced stamp has to drown out, one pass often can't be read; three
# reach four times its energy at most, and are still hard to see.
MAX_PASSES = 3


@dataclass(frozen=True)
class _Job:
    """What one picture is stamped with; only the serial is still to be drawn."""

    picture: Picture
    format: str
    model: str
    model_version: str
    model_number: int
    created: datetime
    history: History


@dataclass(frozen=True)
class _Marked:
    """A marked and encoded picture; its mark was read back from these very bytes.

    Without a ``margin`` the pixels are as they were, and no mark can be read.
    """

    data: bytes
    payload: Payload
    pdq: fingerprint.Pdq
    lattice: str
    margin: watermark.Margin | None


class Stamper:
    """Stamps pictures for one producer. Safe to share between threads and across ``fork``.

    Parameters
    ----------
    producer
        Name and number of who stamps.
    signer
        Signs the manifests, see `open_signer`.
    registry
        Keeps the records, see `open_registry`.
    key
        Secret 32 bytes: adds a private mark beside the public one.
    account_key
        Seals the accounts that pictures are made for.
    stamps
        Which manifests get a time stamp and from whom; none when not given.
    strict_models
        Refuse a model that has no number yet instead of giving it one.
    limits
        What a picture may cost.
    clock
        Returns the present time; replaceable for tests.
    """

    def __init__(  # noqa: PLR0913 - settings, each with its name and most with a default
        self,
        *,
        producer: Producer,
        signer: Signer,
        registry: Registry,
        key: bytes | None = None,
        account_key: AccountKey | None = None,
        stamps: TimeStamps | None = None,
        strict_models: bool = False,
        limits: Limits = DEFAULT_LIMITS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not isinstance(producer, Producer):
            raise ConfigError(
                f"producer={producer!r} is no Producer: a mark needs a number as well as a name, "
                "as in Producer('Example AI', 600000); 'provenance init' draws one."
            )
        self.producer = producer
        self._signer = signer
        self._registry = registry
        self._stamps = stamps or TimeStamps()
        self._keys: tuple[bytes | None, ...] = (None,) if key is None else (None, key)
        self._account_key = account_key
        self._strict_models = strict_models
        self._limits = limits
        self._clock = clock
        self.account: str | None = None
        self.edit: Edit | None = None
        self.labels = NO_LABELS
        self.needs_mark = True

    def editing(
        self, parent: str | os.PathLike[str] | bytes | None = None, *, placed: bool = False
    ) -> Stamper:
        """Return a stamper for pictures that the model edited instead of making them whole.

        Parameters
        ----------
        parent
            The picture that was there before, a path or its file's bytes; its manifest becomes the
            history of the new ones. None when nobody has it any more.
        placed
            The model made something that was placed into the picture before, and changed no more.

        Raises
        ------
        InputError
            The picture before can't be read.
        RegistryError
            The registry could not be asked for its stamp.
        """
        before = None
        if parent is not None:
            data = parent if isinstance(parent, bytes) else imaging.read_bytes(parent, self._limits)
            picture = imaging.decode(data, self._limits)
            before = Before(picture, data, examine(picture, data, self._registry, self._keys))
        other = copy.copy(self)
        other.edit = Edit(ModelAction.PLACED if placed else ModelAction.EDITED, before)
        return other

    def for_account(self, account: str) -> Stamper:
        """Return a stamper that records for whom it stamps, as a sealed pseudonym.

        Raises
        ------
        ConfigError
            There is no ``account_key``, or this is no account's name.
        """
        if self._account_key is None:
            raise ConfigError(
                "There is no key to seal accounts with: set registry.account_key, or leave the "
                "account out."
            )
        self._account_key.pseudonym(account)  # refuses what is none
        other = copy.copy(self)
        other.account = account
        return other

    def labelling(self, labels: Labels) -> Stamper:
        """Return a stamper that puts these labels on and into every picture."""
        other = copy.copy(self)
        other.labels = labels
        return other

    def best_effort(self) -> Stamper:
        """Return a stamper that also signs and records pictures that can't hold the mark.

        Their pixels stay as they are, and their ``margin`` is None. Raises LabelError when a
        profile asks for a mark.
        """
        if self.labels.mark_required:
            raise LabelError("The profile asks for a readable mark; stamp without best effort.")
        other = copy.copy(self)
        other.needs_mark = False
        return other

    def stamp(
        self,
        image: ImageSource,
        *,
        model: str,
        model_version: str = "",
        created: datetime | None = None,
        format: str | None = None,  # noqa: A002 (the word that users of Pillow know)
        force: bool = False,
        to: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
    ) -> StampedImage:
        """Mark, sign and record a picture, and with ``to`` write it.

        Parameters
        ----------
        image
            A path, a file's bytes, a Pillow image or a uint8 array; the last two become PNG.
        model, model_version
            What made the picture.
        created
            When it was made, with a time zone; now when not given.
        format
            ``"PNG"``, ``"JPEG"``, ``"WEBP"`` or a suffix; that of ``to``, or the picture's own,
            when not given.
        force
            Stamp a picture that carries a mark already: another producer's, or one's own if the
            pixels changed since.

        Raises
        ------
        InputError
            The picture can't be read, or can't hold the mark.
        LabelError
            A label can't be put on, or a profile asks for what is not given.
        StampError
            The picture has a history already, and `editing` named another.
        AlreadyStampedError
            It carries a mark already, and ``force`` is not given or does not help.
        UnknownModelError
            The model has no number, and ``strict_models`` forbids giving it one.
        EmbedFailedError
            The mark could not be read back; nothing was released.
        SigningError, RegistryError
            Signer or registry did not do their part; nothing was released.
        OutputExistsError, OutputNotWritableError, OutputError
            ``to`` is there, can't be written, or its suffix stands for another format.
        """
        if to is not None:
            format = format or Path(to).suffix  # noqa: A001
            check_name(to, _format(format))
        picture, source = imaging.picture_from(image, self._limits)
        target = _format(format) if format else picture.format
        picture = imaging.fitted(picture, target)
        earlier = examine(picture, source, self._registry, self._keys)
        earlier.refuse(self.producer.number, force=force)
        if self.labels.version_required and not model_version.strip():
            raise LabelError("The profile asks for the model's version; say which it is.")
        job = _Job(
            picture=visible(picture, self.labels),
            format=target,
            model=model,
            model_version=model_version,
            model_number=self._model_number(model, model_version),
            created=_utc(created or self._clock()),
            history=history(earlier, self.edit),
        )
        for _ in range(MAX_DRAWS):
            payload = self._draw(job)
            if self._registry.contains(payload.stamp_id):
                continue
            try:
                marked = self._mark(job, payload)
                stamped, store = self._signed(job, marked)
                sealed = self._sealed_account(stamped.record.stamp_id)
                if to is None:
                    self._registry.append(stamped.record, store, sealed)
                else:
                    release(stamped, store, self._registry, to, account=sealed, overwrite=overwrite)
                return stamped
            except DuplicateStampError:
                continue  # another process drew it in the meantime
        raise StampError(f"No free stamp id in {MAX_DRAWS} draws; the random source is broken.")

    def resume(
        self,
        image: ImageSource,
        to: str | os.PathLike[str],
        *,
        model: str,
        model_version: str = "",
    ) -> tuple[StampRecord, Found] | None:
        """Return what an interrupted run made of a picture; None when it is still to be stamped.

        A file that only lacked its name is finished by this.

        Raises
        ------
        InputError
            The picture can't be read.
        OutputExistsError
            ``to`` is another file, or the stamp of another picture or for another model.
        OutputNotWritableError, RegistryError
            Disk or registry refused.
        """
        found = resume(to, self._registry)
        if found is not None:
            picture, _ = imaging.picture_from(image, self._limits)
            check_same(found[0], picture, model, model_version)
        return found

    def _sealed_account(self, stamp_id: str) -> bytes | None:
        if self.account is None or self._account_key is None:
            return None
        return self._account_key.seal(self.account, stamp_id)

    def _model_number(self, model: str, version: str) -> int:
        """Return the model's number, drawing one at first use unless that is forbidden."""
        if not model.strip():
            raise StampError("The model has no name; say which model made the picture.")
        number, name = self.producer.number, f"{model} {version}".strip()
        try:
            return self._registry.model_number(number, model, version, create=False)
        except UnknownModelError:
            if self._strict_models:
                raise
        drawn = self._registry.model_number(number, model, version, create=True)
        logger.info("%s is a new model; it has number %d from now on.", name, drawn)
        return drawn

    def _draw(self, job: _Job) -> Payload:
        return Payload(
            producer=self.producer.number,
            model=job.model_number,
            minute=Payload.minute_of(job.created),
            serial=secrets.randbits(SERIAL_BITS),
        )

    def _mark(self, job: _Job, payload: Payload) -> _Marked:
        """Mark and encode; with best effort leave the pixels alone where no mark can be read."""
        try:
            return self._marked(job, payload)
        except (ImageTooSmallError, ImageTooFlatError, EmbedFailedError) as error:
            if self.needs_mark:
                raise
            logger.warning("No readable mark, only manifest and record: %s", error)
        data = self._encoded(job, job.picture, payload)
        shown = imaging.decode(data, self._limits)
        return _Marked(data, payload, *fingerprints(shown), margin=None)

    def _marked(self, job: _Job, payload: Payload) -> _Marked:
        """Mark and encode, then read the mark back as any verifier will."""
        pixels = job.picture.rgb
        for _ in range(MAX_PASSES):
            for key in self._keys:
                pixels = watermark.embed(pixels, payload.pack(), key)
            data = self._encoded(job, job.picture.with_pixels(pixels), payload)
            encoded = imaging.decode(data, self._limits)
            found = watermark.detect_each(encoded.rgb, self._keys)
            if all(mark is not None and mark.payload == payload.pack() for mark in found):
                margin = watermark.margin(encoded.rgb, payload.pack())
                return _Marked(data, payload, *fingerprints(encoded), margin)
        raise EmbedFailedError(
            f"The mark can't be read back from the picture as {job.format}; try a larger picture, "
            "or a format that keeps more detail, such as PNG."
        )

    def _encoded(self, job: _Job, picture: Picture, payload: Payload) -> bytes:
        """Write the labels into the metadata and encode."""
        labelled = written(
            picture,
            self.labels,
            source_type=source_type(job.history.action),
            provider=self.producer.name,
            identifier=payload.stamp_id,
        )
        return imaging.encode(labelled, job.format)

    def _signed(self, job: _Job, marked: _Marked) -> tuple[StampedImage, bytes]:
        """Sign; what is returned may be handed out once the registry has record and store."""
        signed = manifest.sign(
            marked.data,
            MIME[job.format],
            self._statement(job, marked),
            self._signer,
            manifest.new_urn(),
            job.history.parent,
            self._stamps,
        )
        record = self._record(job, marked, signed)
        stamped = StampedImage(
            signed.data, job.format, record, marked.margin, signed.timestamp_missing
        )
        return stamped, signed.store

    def _statement(self, job: _Job, marked: _Marked) -> StampStatement:
        return StampStatement(
            producer=self.producer.number,
            producer_name=self.producer.name,
            model=job.model,
            model_version=job.model_version,
            created=job.created,
            payload=marked.payload.pack(),
            alg=watermark.ALG if marked.margin else None,
            pdq=marked.pdq.hex,
            pdq_quality=marked.pdq.quality,
            lattice=marked.lattice,
            action=job.history.action,
            training=Training(self.producer.training),
        )

    def _record(self, job: _Job, marked: _Marked, signed: SignedImage) -> StampRecord:
        return StampRecord(
            stamp_id=marked.payload.stamp_id,
            manifest_urn=signed.urn,
            producer=self.producer.number,
            producer_name=self.producer.name,
            model=job.model,
            model_version=job.model_version,
            model_number=job.model_number,
            created=job.created,
            recorded=self._clock().astimezone(UTC),
            sha256=hashlib.sha256(signed.data).hexdigest(),
            format=job.format,
            pdq=marked.pdq.hex,
            pdq_quality=marked.pdq.quality,
            lattice=marked.lattice,
            parent=job.history.stamp_id,
        )


def _format(name: str) -> str:
    """Take "JPEG", "jpg" and ".jpg" for the same."""
    return imaging.format_for(f"picture.{name.lstrip('.')}")


def _utc(time: datetime) -> datetime:
    """Return the time in UTC and whole seconds, as manifest, mark and record all state it.

    Raises
    ------
    StampError
        It names no time zone, so nobody can tell when it is.
    """
    if time.tzinfo is None:
        raise StampError(f"The time {time.isoformat()} has no time zone; give one, best UTC.")
    return time.astimezone(UTC).replace(microsecond=0)
