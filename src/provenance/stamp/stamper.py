"""The one write path.

The order never changes: a visible label is put on, pixels are marked, labels go into the metadata,
the picture is encoded with them, the mark is read back from the bytes, fingerprints are taken from
them, the manifest is signed over them, the record is made durable, and only then are the bytes
handed out. Bytes for a file are on disk before the record is. A failure before the end leaves
nothing behind but, at most, a number for a new model.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from provenance import imaging, manifest
from provenance.accounts import AccountKey
from provenance.errors import (
    ConfigError,
    DuplicateStampError,
    EmbedFailedError,
    ImageTooFlatError,
    ImageTooSmallError,
    LabelError,
    StampError,
)
from provenance.examine import CheckpointKeeper
from provenance.files import read_bytes
from provenance.imaging import MIME, ImageSource
from provenance.labels import Labels
from provenance.limits import DEFAULT_LIMITS, Limits
from provenance.manifest import ModelAction
from provenance.progress import Stage, enter
from provenance.records import StampRecord
from provenance.registry import Registry
from provenance.signers import Signer
from provenance.stamp.assembly import Job, normalise_time, number_model, prepare, read_format
from provenance.stamp.edits import Edit, build_history, carry_on, read_parent
from provenance.stamp.existing_stamp import find_existing_stamp
from provenance.stamp.marking import Marked, encode_unmarked, mark, sign_with_index
from provenance.stamp.options import (
    DEFAULT_OPTIONS,
    StampOptions,
    check_losses,
    check_options,
    check_signer,
)
from provenance.stamp.producer import Producer
from provenance.stamp.release import Resumed, check_name, check_same_stamp, release, resume
from provenance.stamp.stamped_image import StampedImage
from provenance.timestamps import TimeStamps
from provenance.watermark import Payload

logger = logging.getLogger(__name__)

MAX_DRAWS = 8
"""A thousand stamps of one model within one minute collide with probability 5e-4, so if
eight ids in a row are taken, the random source is broken."""


class Stamper:
    """Stamps pictures for one producer. Safe to share between threads and across ``fork``.

    Parameters
    ----------
    producer
        The name and number of the producer who stamps.
    signer
        Signs the manifests, see ``open_signer``.
    registry
        Keeps the records, see ``open_registry``.
    key
        Secret 32 bytes: adds a private mark to the public one.
    account_key
        Seals the accounts for which pictures are made.
    stamps
        Which manifests get a time stamp, and from which authority; none when not given.
    strict_models
        Refuse a model that has no number yet instead of giving it one.
    options
        Labels, account, edit, best effort and strictness; ``labelling``, ``for_account``,
        ``editing``, ``best_effort`` and ``strict`` return a stamper with other ones.
    limits
        What a picture may cost.
    checkpoint_file
        Checkpoint of the registry's log that was seen last; nothing is added to another log.
    clock
        Returns the present time; replaceable for tests.

    Raises
    ------
    ConfigError
        ``producer`` is not a ``Producer``, or the options name an account without ``account_key``.
    LabelError
        The options ask for best effort and for labels that need a mark.
    SignerKeyError
        The signer's certificate names no organisation, and the options do not allow that.
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
        options: StampOptions = DEFAULT_OPTIONS,
        limits: Limits = DEFAULT_LIMITS,
        checkpoint_file: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not isinstance(producer, Producer):
            raise ConfigError(
                f"The argument producer={producer!r} is not a Producer: a mark needs a number as "
                "well as a name, as in Producer('Example AI', 600000); 'provenance init' draws one."
            )
        self._producer = producer
        self._signer = signer
        self._registry = registry
        self._stamps = stamps or TimeStamps()
        self._keys: tuple[bytes | None, ...] = (None,) if key is None else (None, key)
        self._account_key = account_key
        self._strict_models = strict_models
        self._limits = limits
        self._clock = clock
        self._keeper = CheckpointKeeper(checkpoint_file, clock)
        self._options = options
        check_options(options, account_key)
        check_signer(signer, options)

    @property
    def producer(self) -> Producer:
        """Who stamps."""
        return self._producer

    @property
    def options(self) -> StampOptions:
        """Labels, account, edit, best effort and strictness."""
        return self._options

    @property
    def limits(self) -> Limits:
        """What a picture may cost."""
        return self._limits

    def _replace_options(self, options: StampOptions) -> Stamper:
        """Return a stamper that differs in its options only."""
        check_options(options, self._account_key)
        other = copy(self)
        other._options = options  # noqa: SLF001  (it is one of us)
        return other

    def editing(
        self,
        parent: str | os.PathLike[str] | bytes | None = None,
        *,
        placed: bool = False,
        parent_manifest: bytes | None = None,
        keep_personal: bool = False,
    ) -> Stamper:
        """Return a stamper for pictures that the model edited instead of making them whole.

        Parameters
        ----------
        parent
            The picture that the model edited, as a path or its file's bytes; its manifest becomes
            the history of the new ones. None when nobody has it any more.
        placed
            The model made a part that was placed into the parent, and changed nothing else.
        parent_manifest
            The parent's manifest store, if it is a sidecar and not in the file.

        keep_personal
            Keep what the pictures' metadata say of places, devices and people; else it is left out.

        Raises
        ------
        InputError, ManifestError, RegistryError
            The parent, its manifest or the record of its stamp can't be read.
        """
        found = None
        if parent is not None:
            data = (
                parent if isinstance(parent, bytes) else read_bytes(parent, self.limits.max_bytes)
            )
            found = read_parent(data, parent_manifest, self._registry, self._keys, self._limits)
        action = ModelAction.PLACED if placed else ModelAction.EDITED
        edit = Edit(action, found, keep_personal)
        return self._replace_options(replace(self._options, edit=edit))

    def for_account(self, account: str) -> Stamper:
        """Return a stamper that records the account for which it stamps, as a sealed pseudonym.

        Raises
        ------
        ConfigError
            There is no ``account_key``, or no account can have this name.
        """
        return self._replace_options(replace(self._options, account=account))

    def labelling(self, labels: Labels) -> Stamper:
        """Return a stamper that puts these labels on and into every picture."""
        return self._replace_options(replace(self._options, labels=labels))

    def best_effort(self) -> Stamper:
        """Return a stamper that also signs and records pictures that can't hold the mark.

        Their pixels stay as they are, and their ``margin`` is None.

        Raises
        ------
        LabelError
            A profile asks for a mark.
        """
        return self._replace_options(replace(self._options, best_effort=True))

    def strict(self) -> Stamper:
        """Return a stamper that refuses a picture when the new file can't hold all that it holds.

        Otherwise the log says what is lost, and ``StampedImage.losses`` lists it.
        """
        return self._replace_options(replace(self._options, strict=True))

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
        LossError
            Something would be lost, and the options are strict.
        StampError
            The picture has a history already, and ``editing`` named another parent.
        AlreadyStampedError
            It carries a mark already, and ``force`` is not given or does not help.
        UnknownModelError
            The model has no number, and ``strict_models`` forbids giving it one.
        EmbedFailedError
            The mark could not be read back; nothing was released.
        SigningError, RegistryError
            Signer or registry did not do their part; nothing was released.
        OutputExistsError, OutputNotWritableError, OutputError
            ``to`` exists, can't be written, or its suffix stands for another format.
        """
        if to is not None:
            format = format or Path(to).suffix  # noqa: A001
            check_name(to, read_format(format))
        enter(Stage.DECODING)
        picture, source = imaging.load_picture(image, self.limits)
        target = read_format(format) if format else picture.format
        strip = self._options.labels.strip_prompt
        picture = imaging.fit_to_format(picture, target, alone=strip)
        check_losses(picture.losses, self._options)
        enter(Stage.LOOKING)
        self._keeper.guard(self._registry)
        existing = find_existing_stamp(picture, source, self._registry, self._keys)
        existing.refuse(self.producer.number, force=force)
        if self._options.labels.version_required and not model_version.strip():
            raise LabelError("The profile asks for the model's version; say which it is.")
        job = Job(
            producer=self.producer,
            picture=prepare(
                picture, self._options.labels, self._options.edit, continues=existing.continues
            ),
            labels=self._options.labels,
            format=target,
            model=model,
            model_version=model_version,
            model_number=number_model(
                self._registry, self._producer, model, model_version, strict=self._strict_models
            ),
            created=normalise_time(created or self._clock()),
            history=build_history(existing, self._options.edit),
        )
        for _ in range(MAX_DRAWS):
            payload = job.draw_payload()
            if self._registry.contains(payload.stamp_id):
                continue
            try:
                marked = self._mark(job, payload)
                stamped, store = self._sign(job, marked)
                sealed = self._seal_account(stamped.record.stamp_id)
                if to is None:
                    self._registry.append(stamped.record, store, sealed)
                else:
                    release(stamped, store, self._registry, to, account=sealed, overwrite=overwrite)
                return stamped
            except DuplicateStampError:
                continue  # another process drew it in the meantime
        raise StampError(
            f"There was no free stamp id in {MAX_DRAWS} draws; the random source is broken."
        )

    def resume(
        self,
        image: ImageSource,
        to: str | os.PathLike[str],
        *,
        model: str,
        model_version: str = "",
    ) -> tuple[StampRecord, Resumed] | None:
        """Return what an interrupted run made of a picture; None when it is still to be stamped.

        This finishes a file that only lacks its name.

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
            picture, _ = imaging.load_picture(image, self.limits)
            check_same_stamp(found[0], picture, model, model_version)
        return found

    def _seal_account(self, stamp_id: str) -> bytes | None:
        account = self._options.account
        if account is None or self._account_key is None:
            return None
        return self._account_key.seal(account, stamp_id)

    def _mark(self, job: Job, payload: Payload) -> Marked:
        """Mark and encode; with best effort leave the pixels alone where no mark can be read."""
        encode = partial(job.encode, payload)
        try:
            return mark(job.picture, payload, self._keys, encode, self.limits)
        except (ImageTooSmallError, ImageTooFlatError, EmbedFailedError) as error:
            if not self._options.best_effort:
                raise
            logger.warning("No readable mark, only manifest and record: %s", error)
        return encode_unmarked(job.picture, payload, encode, self.limits)

    def _sign(self, job: Job, marked: Marked) -> tuple[StampedImage, bytes]:
        """Sign; the result may be handed out once the registry has record and store."""
        enter(Stage.SIGNING)
        sign = partial(
            manifest.sign,
            mime=MIME[job.format],
            statement=job.write_statement(marked),
            signer=self._signer,
            urn=manifest.draw_urn(),
            stamps=self._stamps,
        )
        signed = carry_on(
            job.history.parent, partial(sign_with_index, marked.data, sign, self._limits)
        )
        record = job.write_record(marked, signed, self._clock())
        new = StampedImage(
            signed.data,
            job.format,
            record,
            marked.margin,
            signed.timestamp_missing,
            job.picture.losses,
        )
        return new, signed.store
