"""What is to be done with every object, and the function that does it with one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from provenance.errors import (
    ConfigError,
    FetchError,
    OutputError,
    ProvenanceError,
    RegistryError,
    SigningError,
)
from provenance.integrations.bulk.rows import (
    STAMP_COLUMNS,
    STAMP_SCHEMA,
    VERDICT_COLUMNS,
    VERDICT_SCHEMA,
    Column,
    Row,
    complete,
    write_error_row,
    write_stamp_row,
    write_text,
    write_verdict_row,
)
from provenance.integrations.bulk.store import Store
from provenance.integrations.model_stamper import ModelStamper
from provenance.limits import Limits
from provenance.registry import ClaimKey

if TYPE_CHECKING:
    from provenance.config import Config

Handle = Callable[[str, bytes], Row]
"""Does the work on one object, given by name and bytes, and returns its row."""

OURS = (RegistryError, SigningError, OutputError, FetchError, ConfigError)
"""Errors that are not the picture's: its shard is done again, so that no row rests on them."""

SHARD = 256
"""Objects in one shard: half a minute of work, which is what a process that dies can lose."""


@dataclass(frozen=True)
class Means:
    """What work is opened with: the config, the name of the run, and how addresses are opened."""

    config: Config | None
    run: str
    open_store: Callable[[str], Store]


@dataclass(frozen=True)
class Verifying:
    """Verify every picture.

    Attributes
    ----------
    depth
        As of ``Verifier``.
    isolated
        A worker process of its own takes files apart, so that one that crashes it or takes too much
        costs its own row alone.
    whole
        Also keep each verdict's whole JSON.
    """

    depth: str = "full"
    isolated: bool = True
    whole: bool = False

    schema: ClassVar[str] = VERDICT_SCHEMA
    columns: ClassVar[tuple[Column, ...]] = VERDICT_COLUMNS

    def open(self, means: Means) -> tuple[Handle, Limits]:
        """Build the verifier, and return the function for one object."""
        from provenance.limits import Isolation
        from provenance.verify import Verifier

        config = means.config
        isolation = replace(config.isolation if config else Isolation(), workers=1)
        switches: Any = {"depth": self.depth, "isolated": isolation if self.isolated else False}
        verifier = Verifier(**switches) if config is None else config.verifier(**switches)

        def verify(_: str, data: bytes) -> Row:
            verdict = verifier.verify(data).to_json_dict()
            text = json.dumps(verdict, ensure_ascii=False) if self.whole else None
            return write_verdict_row(verdict, text)

        return verify, verifier.limits


@dataclass(frozen=True)
class Stamping:
    """Stamp every picture, each once however often a shard is done.

    Attributes
    ----------
    model, model_version
        What made the pictures.
    to
        Folder or bucket of the stamped files, which keep their names.
    action
        What the model did: created, edited or placed.
    fresh
        No picture was marked before, see ``Stamper.stamp``.
    """

    model: str
    to: str
    model_version: str = ""
    action: str = "created"
    fresh: bool = False

    schema: ClassVar[str] = STAMP_SCHEMA
    columns: ClassVar[tuple[Column, ...]] = STAMP_COLUMNS

    def open(self, means: Means) -> tuple[Handle, Limits]:
        """Build the stamper, and return the function for one object.

        Raises
        ------
        ConfigError
            There is no config, or it has no lock key, without which a stamp can't be made again.
        """
        config = means.config
        if config is None:
            raise ConfigError("Stamping needs a config with producer, signing and registry.")
        if config.watermark.lock_key is None:
            raise ConfigError(
                "The config has no lock key, without which a stamp that was recorded can't be made "
                "again: set watermark.lock_key."
            )
        maker = ModelStamper(config.stamper(), self.model, self.model_version, self.fresh)
        maker, target = maker.doing(self.action), means.open_store(self.to)
        asked = repr((self.model, self.model_version, self.action)).encode()

        def stamp(name: str, data: bytes) -> Row:
            claim = ClaimKey.of(f"bulk {means.run}", write_text(name), data, asked)
            stamped = replace(maker, stamper=maker.stamper.claiming(claim)).stamp(data)
            target.write(name, stamped.data)
            return write_stamp_row(stamped, name)

        return stamp, maker.stamper.limits


Work = Verifying | Stamping


@dataclass(frozen=True)
class Job:
    """Objects, what is done with them, and where results go.

    Attributes
    ----------
    source, out
        Folders, or addresses that fsspec opens, such as ``s3://bucket/below``.
    work
        ``Verifying`` or ``Stamping``.
    config
        The config file, which every machine has at this path; without one pictures are verified
        without anchors and registry.
    storage
        Options of fsspec for all addresses that are not folders. Secrets don't belong here: leave
        them to the environment of each machine.
    shard
        Objects in one shard.
    """

    source: str
    out: str
    work: Work
    config: str | Path | None = None
    storage: Mapping[str, Any] = field(default_factory=dict)
    shard: int = SHARD

    def open_store(self, address: str) -> Store:
        """Open the source, the results, or where stamped files go."""
        return Store(address, self.storage if "://" in address else {})

    def open_handle(self, run: str) -> Callable[[str], Row]:
        """Get ready, and return the function that reads an object and does the work on it.

        It returns a row for whatever is wrong with the picture.

        Raises
        ------
        ProvenanceError
            Something else is wrong, such as registry, signer or store: nothing is known then.
        """
        from provenance.config import load

        config = None if self.config is None else load(self.config)
        source = self.open_store(self.source)
        handle, limits = self.work.open(Means(config, run, self.open_store))

        def work_on(name: str) -> Row:
            begun, data = time.perf_counter(), None
            try:
                data = source.read(name, limits)
                row = handle(name, data)
            except OURS:
                raise
            except ProvenanceError as error:
                row = write_error_row(error)
            row["seconds"] = time.perf_counter() - begun
            return complete(row, self.work.columns, name, data)

        return work_on
