"""The task of ``provenance stamp``: what a worker does with one picture, and its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from provenance.cli import outputs, settings
from provenance.cli.inputs import Input
from provenance.errors import OutputExistsError

if TYPE_CHECKING:
    from provenance.labels import Labels
    from provenance.losses import Loss
    from provenance.records import StampRecord
    from provenance.stamp import StampedImage, Stamper
    from provenance.watermark import Margin

Job = tuple[Input, Path]
How = Literal["stamped", "signed", "finished", "kept"]


@dataclass(frozen=True)
class Done:
    """A file that is on disk with its record, or ``data`` that is to be written out.

    ``how`` is "stamped", "signed" (without a readable mark), "finished" (begun by an interrupted
    run) or "kept" (done by an earlier run). ``margin`` and ``losses`` are known only for what was
    stamped now, ``margin`` only for a single picture: it takes time.
    """

    record: StampRecord
    how: How
    margin: Margin | None = None
    losses: tuple[Loss, ...] = ()
    data: bytes | None = None


@dataclass(frozen=True)
class Stamping:
    """The task that workers get: stamp pictures.

    ``several`` puts the picture's name before what is said about it.
    """

    config_file: Path | None
    labels: Labels
    model: str
    model_version: str
    created: datetime | None
    action: str = "created"
    parent: Path | None = None
    parent_manifest: Path | None = None
    keep_personal: bool = False
    account: str | None = None
    best_effort: bool = False
    strict: bool = False
    several: bool = False
    force: bool = False
    resume: bool = False
    piped: bool = False

    def open(self) -> Callable[[Job], Done]:
        """Build the stamper, and return the function that stamps one picture."""
        stamper = settings.require(self.config_file).stamper(self.labels)
        if self.best_effort:
            stamper = stamper.best_effort()
        if self.strict:
            stamper = stamper.strict()
        if self.action != "created":
            stamper = stamper.editing(
                self.parent,
                placed=self.action == "placed",
                parent_manifest=self._read_parent_sidecar(),
                keep_personal=self.keep_personal,
            )
        if self.account is not None:
            stamper = stamper.for_account(self.account)
        return partial(self._stamp, stamper)

    def _read_parent_sidecar(self) -> bytes | None:
        """Read the sidecar manifest of the parent."""
        if self.parent_manifest is None:
            return None
        from provenance import manifest
        from provenance.files import read_bytes
        from provenance.limits import DEFAULT_LIMITS

        return manifest.extract(read_bytes(self.parent_manifest, DEFAULT_LIMITS.max_bytes))

    def _stamp(self, stamper: Stamper, job: Job) -> Done:
        with settings.name_messages(job[0].name if self.several else ""):
            return self._stamp_named(stamper, *job)

    def _stamp_named(self, stamper: Stamper, source: Input, target: Path) -> Done:
        data = source.read(stamper.limits)
        if self.piped:
            stamped = self._make(stamper, data, None)
            return Done(stamped.record, _how(stamped), None, stamped.losses, stamped.data)
        if found := self._find_finished(stamper, data, target):
            return found
        outputs.check(target, overwrite=self.force)
        try:
            stamped = self._make(stamper, data, target)
        except OutputExistsError:
            # A worker of the interrupted run may have lived on and finished it meanwhile.
            if found := self._find_finished(stamper, data, target):
                return found
            raise
        margin = None if self.several else stamped.margin
        return Done(stamped.record, _how(stamped), margin, stamped.losses)

    def _make(self, stamper: Stamper, data: bytes, target: Path | None) -> StampedImage:
        return stamper.stamp(
            data,
            model=self.model,
            model_version=self.model_version,
            created=self.created,
            force=self.force,
            to=target,
            overwrite=self.force,
        )

    def _find_finished(self, stamper: Stamper, data: bytes, target: Path) -> Done | None:
        if not self.resume:
            return None
        found = stamper.resume(data, target, model=self.model, model_version=self.model_version)
        return Done(*found) if found else None


def _how(stamped: StampedImage) -> How:
    return "stamped" if stamped.marked else "signed"
