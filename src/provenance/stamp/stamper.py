"""The one write path.

The order never changes: a visible label is put on, the pixels are marked, labels go into the
metadata, the picture is encoded with it, the mark is read back from the encoded bytes, the
fingerprints are taken from them, the manifest is signed over them, the record is made durable, and
only then are the bytes handed out; written to a file, they are on disk before the record is.
Whatever fails before the end leaves nothing behind but, at most, a number for a new model.
"""

from __future__ import annotations

import copy
import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from provenance import imaging, manifest
from provenance.accounts import AccountKey
from provenance.containers import STORE_MARK
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
from provenance.files import read_bytes
from provenance.imaging import MIME, ImageSource, Picture
from provenance.labels import NO_LABELS, Labels, visible, written
from provenance.limits import DEFAULT_LIMITS, Limits
from provenance.manifest import ModelAction, Parent, source_type
from provenance.progress import Stage, enter
from provenance.records import StampRecord
from provenance.registry import Registry
from provenance.signers import Signer
from provenance.stamp.assembly import Job, in_utc
from provenance.stamp.edits import Before, Edit, history
from provenance.stamp.existing_stamp import examine
from provenance.stamp.marking import Marked, leave, mark
from provenance.stamp.producer import Producer
from provenance.stamp.release import Found, check_name, check_same, release, resume
from provenance.stamp.stamped_image import StampedImage
from provenance.stamp_id import SERIAL_BITS
from provenance.timestamps import TimeStamps
from provenance.watermark import Payload

logger = logging.getLogger(__name__)

# A thousand stamps of one model within one minute collide with probability 5e-4. That eight draws
# in a row are taken has no other cause than a broken random source.
MAX_DRAWS = 8


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
        self.limits = limits
        self._clock = clock
        self.account: str | None = None
        self.edit: Edit | None = None
        self.labels = NO_LABELS
        self.needs_mark = True

    def editing(
        self,
        parent: str | os.PathLike[str] | bytes | None = None,
        *,
        placed: bool = False,
        parent_manifest: bytes | None = None,
    ) -> Stamper:
        """Return a stamper for pictures that the model edited instead of making them whole.

        Parameters
        ----------
        parent
            The picture that was there before, a path or its file's bytes; its manifest becomes the
            history of the new ones. None when nobody has it any more.
        placed
            The model made something that was placed into the picture before, and changed no more.
        parent_manifest
            The manifest store of the picture before, if it came beside the file and not in it.

        Raises
        ------
        InputError
            The picture before can't be read.
        ManifestError
            Its manifest can't be read.
        RegistryError
            The registry could not be asked for its stamp.
        """
        before = None
        if parent is not None:
            data = (
                parent if isinstance(parent, bytes) else read_bytes(parent, self.limits.max_bytes)
            )
            before = self._before(data, parent_manifest)
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

    def _before(self, data: bytes, store: bytes | None) -> Before:
        """Find out what the picture before carries, or carried."""
        if store is not None:
            data, store = manifest.joined(data, store)
        picture = imaging.decode(data, self.limits)
        own = data if store is None or STORE_MARK in data else None
        earlier = examine(picture, own, self._registry, self._keys)
        if store is not None and own is None:
            earlier = replace(earlier, parent=Parent(data, MIME[picture.format], store))
        return Before(picture, data, earlier)

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
        enter(Stage.DECODING)
        picture, source = imaging.picture_from(image, self.limits)
        target = _format(format) if format else picture.format
        picture = imaging.fitted(picture, target)
        enter(Stage.LOOKING)
        earlier = examine(picture, source, self._registry, self._keys)
        earlier.refuse(self.producer.number, force=force)
        if self.labels.version_required and not model_version.strip():
            raise LabelError("The profile asks for the model's version; say which it is.")
        job = Job(
            producer=self.producer,
            picture=visible(picture, self.labels),
            format=target,
            model=model,
            model_version=model_version,
            model_number=self._model_number(model, model_version),
            created=in_utc(created or self._clock()),
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
            picture, _ = imaging.picture_from(image, self.limits)
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

    def _draw(self, job: Job) -> Payload:
        return Payload(
            producer=self.producer.number,
            model=job.model_number,
            minute=Payload.minute_of(job.created),
            serial=secrets.randbits(SERIAL_BITS),
        )

    def _mark(self, job: Job, payload: Payload) -> Marked:
        """Mark and encode; with best effort leave the pixels alone where no mark can be read."""
        encode = partial(self._encoded, job, payload)
        try:
            return mark(job.picture, payload, self._keys, encode, self.limits)
        except (ImageTooSmallError, ImageTooFlatError, EmbedFailedError) as error:
            if self.needs_mark:
                raise
            logger.warning("No readable mark, only manifest and record: %s", error)
        return leave(job.picture, payload, encode, self.limits)

    def _encoded(self, job: Job, payload: Payload, picture: Picture) -> bytes:
        """Write the labels into the metadata and encode."""
        labelled = written(
            picture,
            self.labels,
            source_type=source_type(job.history.action),
            provider=self.producer.name,
            identifier=payload.stamp_id,
        )
        return imaging.encode(labelled, job.format)

    def _signed(self, job: Job, marked: Marked) -> tuple[StampedImage, bytes]:
        """Sign; what is returned may be handed out once the registry has record and store."""
        enter(Stage.SIGNING)
        signed = manifest.sign(
            marked.data,
            MIME[job.format],
            job.statement(marked),
            self._signer,
            manifest.new_urn(),
            job.history.parent,
            self._stamps,
        )
        record = job.record(marked, signed, self._clock())
        stamped = StampedImage(
            signed.data, job.format, record, marked.margin, signed.timestamp_missing
        )
        return stamped, signed.store


def _format(name: str) -> str:
    """Take "JPEG", "jpg" and ".jpg" for the same."""
    return imaging.format_for(f"picture.{name.lstrip('.')}")
