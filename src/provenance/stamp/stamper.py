"""The one write path.

The order never changes: a visible label is put on, pixels are marked, labels go into the metadata,
the picture is encoded with them, the mark is read back from the bytes, fingerprints are taken from
them, the manifest is signed over them, the record is made durable, and only then are the bytes
handed out. Bytes for a file are on disk before the record is. A failure before the end leaves
nothing behind but, at most, a number for a new model.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from provenance import imaging
from provenance.accounts import AccountKey
from provenance.errors import ConfigError, ProvenanceError
from provenance.examine import CheckpointKeeper
from provenance.files import read_bytes
from provenance.imaging import ImageSource
from provenance.labels import Labels
from provenance.limits import DEFAULT_LIMITS, Limits
from provenance.manifest import ModelAction
from provenance.records import StampRecord
from provenance.registry import ClaimKey, Registry
from provenance.signers import Signer
from provenance.stamp.assembly import Job, read_format
from provenance.stamp.batches import stamp_batch
from provenance.stamp.edits import Edit, read_parent
from provenance.stamp.kinds import FILM_FORMATS
from provenance.stamp.options import (
    DEFAULT_OPTIONS,
    StampOptions,
    check_options,
    check_signer,
)
from provenance.stamp.press import Press
from provenance.stamp.producer import Producer
from provenance.stamp.release import Resumed, check_name, check_same_stamp, find_record, resume
from provenance.stamp.stamped_image import StampedImage
from provenance.stamp.taking import Terms, make_job, take
from provenance.timestamps import TimeStamps
from provenance.watermark import LockKey


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
    lock_key
        Derives the locks of the marks; random ones without it.
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
        lock_key: LockKey | None = None,
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
        self._strict_models = strict_models
        self._press = Press(
            signer=signer,
            registry=registry,
            keys=(None,) if key is None else (None, key),
            lock_key=lock_key,
            account_key=account_key,
            stamps=stamps or TimeStamps(),
            limits=limits,
            clock=clock,
        )
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
        return self._press.limits

    def _replace_options(self, options: StampOptions) -> Stamper:
        """Return a stamper that differs in its options only."""
        check_options(options, self._press.account_key)
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
            found = read_parent(
                data, parent_manifest, self._press.registry, self._press.keys, self.limits
            )
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

    def claiming(self, claim: ClaimKey) -> Stamper:
        """Return a stamper for one request that may come twice: under one key there is one stamp.

        The second time, the same bytes are made again from the same picture, without a new record.
        """
        return self._replace_options(replace(self._options, claim=claim))

    def labelling(self, labels: Labels) -> Stamper:
        """Return a stamper that puts these labels on and into every picture."""
        return self._replace_options(replace(self._options, labels=labels))

    def best_effort(self) -> Stamper:
        """Return a stamper that also signs and records pictures that can't hold the mark.

        Their pixels stay as they are, and they are not ``marked``.

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

    def stamp(  # noqa: PLR0913 - what may differ between pictures, each with a name
        self,
        image: ImageSource,
        *,
        model: str,
        model_version: str = "",
        created: datetime | None = None,
        format: str | None = None,  # noqa: A002 (the word that users of Pillow know)
        force: bool = False,
        fresh: bool = False,
        format_options: Mapping[str, Any] | None = None,
        to: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
    ) -> StampedImage:
        """Mark, sign and record a picture, and with ``to`` write it.

        Parameters
        ----------
        image
            A path, a file's bytes or an open file, of a picture or a film; a Pillow image; or an
            array or tensor: uint8, uint16, or floats from 0 to 1, which are rounded to the nearest
            of 255 steps; channels last or first. Images, arrays and tensors become PNG.
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
        fresh
            The pixels come straight from the model, so no earlier mark is searched for in them.
        format_options
            How the file is written: ``quality`` (1 to 100) of a lossy format, ``effort`` of a PNG
            ("fast" or "small"), ``lossless`` of a WebP. What is not given is as in the picture's
            own file; a PNG that did not come as a file is written fast.

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
        ClaimError
            The key of ``claiming`` was used for another request, or its stamp can't be made again.
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
        terms = Terms(
            producer=self.producer.number,
            options=self._options,
            model=model,
            model_version=model_version,
            created=created,
            format=format,
            force=force,
            fresh=fresh,
            format_options=format_options or {},
        )
        job = self._make_job(image, terms)
        stamped = self._press.stamp(job, self._options, to, overwrite=overwrite)
        self._keeper.follow(self._press.registry)
        return stamped

    def embed_batch(
        self,
        pictures: object,
        *,
        device: str | None = None,
        workers: int | None = None,
        **options: Any,
    ) -> list[StampedImage | ProvenanceError]:
        """Stamp equally large pictures whose marks are embedded together, as on a GPU.

        Parameters
        ----------
        pictures
            An array or tensor (N, H, W, C) or (N, C, H, W), with values as ``stamp`` takes them.
        device
            Where to embed, such as ``"cuda"``; where the tensor is when not given.
        workers
            Threads for all else; one per core when not given.
        options
            The keywords of ``stamp``, for every picture, but for ``to`` and ``overwrite``.

        Returns
        -------
        For each picture the stamp, or the error that ``stamp`` raises.

        Raises
        ------
        ConfigError
            PyTorch is not installed, or these are the stamps of ``claiming``.
        UnsupportedFormatError
            ``pictures`` are not an array or a tensor of several.
        """
        terms = Terms(producer=self.producer.number, options=self._options, **options)
        make = partial(self._make_job, terms=terms)
        stamped = stamp_batch(
            pictures, self._press, self._options, make, device=device, workers=workers
        )
        self._keeper.follow(self._press.registry)
        return stamped

    def _make_job(self, image: ImageSource, terms: Terms) -> Job:
        taken = take(image, self._press, terms, lambda: self._keeper.guard(self._press.registry))
        return make_job(taken, terms, self._producer, self._press, strict=self._strict_models)

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
        found = resume(to, self._press.registry)
        if found is not None:
            film = found[0].format in FILM_FORMATS
            picture = None if film else imaging.load_picture(image, self.limits)[0]
            check_same_stamp(found[0], picture, model, model_version)
        return found

    def find_record(self, data: bytes) -> StampRecord | None:
        """Find the record of a file that is, byte for byte, a stamp of this registry; else None.

        Raises
        ------
        RegistryError
            The registry did not answer.
        """
        return find_record(data, self._press.registry)
