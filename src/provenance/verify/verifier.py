"""The verifier: keeps what pictures are examined with, between examinations."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypedDict

from provenance import watermark
from provenance.directory import Directory
from provenance.documents import is_document, open_parts
from provenance.errors import ConfigError, UnsupportedFormatError
from provenance.examine import (
    CheckpointKeeper,
    Examination,
    LogPolicy,
    ReaderPool,
    Sources,
)
from provenance.files import is_file_object, read_bytes, read_stream
from provenance.hashlists import HashList, Matcher
from provenance.limits import DEFAULT_LIMITS, Isolation, Limits
from provenance.manifest import Trust
from provenance.registry import Registry
from provenance.response import Asker, Response
from provenance.verify.brought_trust import scope_trust
from provenance.verify.decision import State
from provenance.verify.evidence import Depth
from provenance.verify.gathering import gather_evidence, gather_from_manifest
from provenance.verify.parts import PartVerdict, judge_part
from provenance.verify.verdict import Verdict, decide
from provenance.watermark import LockKey, Search

FileSource = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
"""A file: its path, its bytes, or the file opened."""


class Switches(TypedDict, total=False):
    """The arguments of ``Verifier`` that say how a picture is looked at; others pass them on."""

    similar: bool
    all_marks: bool
    depth: Depth | str
    isolated: bool | Isolation
    search: Search | None


class Verifier:
    """Examines pictures. Safe to share between threads; nothing leaves the machine.

    Parameters
    ----------
    registry
        Where marks are looked up, see ``open_registry``; without one, only the file is evidence.
    trust
        The certificates that are trusted; none when not given.
    directory
        Says which certificate may speak for which producer number. An entry that brings its
        authority makes that trusted for this entry, and for nothing else.
    keys
        Secret keys of private marks, which are looked for besides the public mark.
    lock_key
        Derives the locks of one's own marks: they are found at a lower fit, and the fingerprint
        signed with a picture is opened although its mark is gone.
    similar
        Whether to look for recorded pictures that look alike.
    all_marks
        Whether to find every mark, whatever the first one proves; it takes longer.
    search
        How hard to look for marks, and where a photograph shows the picture.
    depth
        ``"full"`` looks at everything. ``"manifest"`` stops at a manifest that proves an origin by
        itself, before the pixels are decoded, and says so; other pictures are examined in full.
    responses
        What producers answered, see ``provenance.response``: each counts only for its own stamp,
        and only by the keys that the directory binds.
    asker
        Asks producers about marks that the registry does not know, with the 96 bits of the mark
        and never the picture; without one nobody is asked.
    lists
        Hash lists that pictures are looked up in, see ``provenance.hashlists``: a hit is told, and
        changes no verdict on the origin.
    limits
        Limits on what a picture may cost.
    checkpoint_file
        Keeps the last checkpoint seen of the registry's log between runs.
    log_policy
        The witnesses whose cosignatures under that checkpoint count, and how old a mirror may be
        before it is warned of.
    isolated
        Whether worker processes take files apart, with limits on memory and time: True, or an
        ``Isolation`` with limits of its own. A file that is too costly or crashes its worker then
        costs one answer. Call ``close`` when it is no longer needed.
    clock
        Returns the present time; replaceable for tests.

    Raises
    ------
    WatermarkKeyError
        A key is not 32 bytes, or it is the public one.
    HashListError
        A list has too many salts.
    ConfigError
        The checkpoint file does not hold a checkpoint, or there is no such depth.
    """

    def __init__(  # noqa: PLR0913 - settings, each with its name and a default
        self,
        *,
        registry: Registry | None = None,
        trust: Trust | None = None,
        directory: Directory | None = None,
        keys: Iterable[bytes] = (),
        lock_key: LockKey | None = None,
        similar: bool = True,
        all_marks: bool = False,
        search: Search | None = None,
        depth: Depth | str = Depth.FULL,
        responses: Iterable[Response] = (),
        asker: Asker | None = None,
        lists: Iterable[HashList] = (),
        limits: Limits = DEFAULT_LIMITS,
        checkpoint_file: Path | None = None,
        log_policy: LogPolicy | None = None,
        isolated: bool | Isolation = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        keys, lists = tuple(keys), tuple(lists)
        for key in keys:
            watermark.check_private_key(key)
        self._sources = Sources(
            trust=scope_trust(trust or Trust.none(), directory),
            keeper=CheckpointKeeper(checkpoint_file, clock),
            registry=registry,
            directory=directory,
            keys=keys,
            lock_key=lock_key,
            limits=limits,
            similar=similar,
            all_marks=all_marks,
            search=search or Search(),
            responses=tuple(responses),
            asker=asker,
            lists=Matcher(lists) if lists else None,
            log_policy=log_policy or LogPolicy(),
        )
        self._readers = _open_readers(isolated, self._sources)
        self._depth = _read_depth(depth)
        self._clock = clock

    @property
    def limits(self) -> Limits:
        """Limits on what a picture may cost."""
        return self._sources.limits

    @property
    def responses(self) -> tuple[Response, ...]:
        """What producers answered, as it was given; nothing of it is checked yet."""
        return self._sources.responses

    def verify(
        self,
        image: FileSource,
        manifest: bytes | None = None,
    ) -> Verdict:
        """Examine a picture, given as a path, as a file's bytes or as an open file, and decide.

        ``manifest`` is a C2PA manifest store for a file that carries none: a sidecar, or one
        recovered after somebody stripped it. None is ever searched for or fetched.

        Decoded pixels are not enough: they have lost the manifest. When something other than the
        picture fails, such as the registry, that is a finding and not an error.

        Raises
        ------
        InputError
            The picture is missing, can't be read, or is over a limit.
        """
        return self.judge(self.examine(image, manifest))

    def verify_parts(self, document: FileSource) -> Iterator[PartVerdict]:
        """Examine the pictures in an archive or a PDF, and decide on each.

        What is in it and can't be examined is there too, with the reason. PDF needs the package
        pypdfium2.

        Raises
        ------
        InputError
            The document is missing, can't be opened, is over a limit, or is none.
        """
        data = self._bytes(document)
        if not is_document(data):
            raise UnsupportedFormatError("This is not a document; verify it as a picture.")
        parts = self._readers.list_parts(data) if self._readers else open_parts(data, self.limits)
        for part in parts:
            yield judge_part(self, part)

    def examine(
        self,
        image: FileSource,
        manifest: bytes | None = None,
        *,
        at: datetime | None = None,
    ) -> Examination:
        """Begin to examine a picture, for callers that want more than the verdict.

        ``judge`` gives the verdict on it. ``at`` is the present time, for callers with a clock of
        their own.

        Raises
        ------
        InputError
            The file is missing, can't be read, or is over a limit.
        """
        data = self._bytes(image)
        reader = self._readers.open(data, manifest) if self._readers else None
        return Examination(data, self._sources, at or self._clock(), manifest, reader)

    def judge(self, examination: Examination) -> Verdict:
        """Decide on a picture whose examination was begun here.

        Raises
        ------
        InputError
            The picture can't be examined; see ``verify``.
        """
        try:
            if self._depth is Depth.MANIFEST:
                verdict = decide(gather_from_manifest(examination))
                if verdict.state is State.ATTRIBUTED:
                    return verdict
            return decide(gather_evidence(examination))
        finally:
            examination.close()

    def start(self) -> None:
        """Start the workers of an isolated verifier now, so that the first files need not wait."""
        if self._readers:
            self._readers.start()

    def close(self) -> None:
        """End the workers of an isolated verifier; they also end with it."""
        if self._readers:
            self._readers.close()

    def _bytes(self, image: object) -> bytes:
        if isinstance(image, bytes | bytearray | memoryview):
            return bytes(image)
        if is_file_object(image):
            return read_stream(image, self._sources.limits.max_bytes)
        if isinstance(image, str | os.PathLike):
            return read_bytes(image, self._sources.limits.max_bytes)
        raise UnsupportedFormatError(
            f"A {type(image).__name__} can't be verified. Give a path, the file's bytes or an open "
            "file."
        )


def _open_readers(isolated: bool | Isolation, sources: Sources) -> ReaderPool | None:
    if not isolated:
        return None
    return ReaderPool(sources.means, isolated if isinstance(isolated, Isolation) else Isolation())


def _read_depth(depth: str) -> Depth:
    try:
        return Depth(depth)
    except ValueError as error:
        raise ConfigError(f"The depth {depth!r} is unknown; use manifest or full.") from error
