"""Stamps for one model: what every hook is given, and what it does with a picture."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any

from provenance.errors import ConfigError
from provenance.imaging import ImageSource
from provenance.manifest import ModelAction
from provenance.records import StampRecord
from provenance.stamp import StampedImage, Stamper

Parent = str | os.PathLike[str] | bytes
"""The picture that a model edited: its path, or its file's bytes."""


@dataclass(frozen=True)
class ModelStamper:
    """A stamper, and the model whose pictures it stamps.

    ``fresh`` says that no picture was marked before it came here, see ``Stamper.stamp``.
    """

    stamper: Stamper
    model: str
    model_version: str = ""
    fresh: bool = False

    def of(self, model: str, version: str = "") -> ModelStamper:
        """Return the same for another model, where one is named."""
        return replace(self, model=model, model_version=version) if model else self

    def doing(self, action: ModelAction | str, parent: Parent | None = None) -> ModelStamper:
        """Return the same for a model that created, edited, or placed something into ``parent``.

        What a model edited may have been marked before, so that is looked for.

        Raises
        ------
        ConfigError
            There is no such action.
        ProvenanceError
            The parent can't be read, see ``Stamper.editing``.
        """
        action = read_action(action)
        if action is ModelAction.CREATED:
            return self
        stamper = self.stamper.editing(parent, placed=action is ModelAction.PLACED)
        return replace(self, stamper=stamper, fresh=False)

    def stamp(self, image: ImageSource, /, **options: Any) -> StampedImage:
        """Stamp a picture; ``options`` are further ones of ``Stamper.stamp``.

        One that was stamped before and changed since gets a new stamp, which names the old one as
        its parent.

        Raises
        ------
        ProvenanceError
            See ``Stamper.stamp``.
        """
        return self.stamper.stamp(
            image,
            model=self.model,
            model_version=self.model_version,
            fresh=self.fresh,
            force=True,
            **options,
        )

    def stamp_once(self, data: bytes) -> tuple[bytes, StampRecord]:
        """Return a file stamped, with its record; one that is a recorded stamp stays as it is.

        Raises
        ------
        ProvenanceError
            See ``Stamper.stamp``.
        """
        record = self.stamper.find_record(data)
        if record is not None:
            return data, record
        stamped = self.stamp(data)
        return stamped.data, stamped.record


def read_action(name: str) -> ModelAction:
    """Read what a model did.

    Raises
    ------
    ConfigError
        It is none of the known actions.
    """
    try:
        return ModelAction(name)
    except ValueError as error:
        known = ", ".join(ModelAction)
        raise ConfigError(f"The action {name!r} is unknown; say one of {known}.") from error
