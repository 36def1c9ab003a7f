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


@dataclass(frozen=True)
class ModelStamper:
    """A stamper, and the model whose pictures it stamps.

    ``fresh`` says that no picture was marked before it came here, see ``Stamper.stamp``. It holds
    for whole pictures of a model only: what a model edited may have been marked before.
    """

    stamper: Stamper
    model: str
    model_version: str = ""
    fresh: bool = False

    def of(self, model: str | None, version: str | None) -> ModelStamper:
        """Return the same for another model, where one is named."""
        return replace(self, model=model, model_version=version or "") if model else self

    def stamp(
        self,
        image: ImageSource,
        *,
        action: ModelAction | str = ModelAction.CREATED,
        parent: Parent | None = None,
        **options: Any,
    ) -> StampedImage:
        """Stamp a picture that the model created, edited, or placed into another.

        A picture that was stamped before and changed since gets a new stamp, which names the old
        one as its parent. ``options`` are further ones of ``Stamper.stamp``.

        Raises
        ------
        ConfigError
            There is no such action.
        ProvenanceError
            See ``Stamper.editing`` and ``Stamper.stamp``.
        """
        action = read_action(action)
        whole = action is ModelAction.CREATED
        stamper = self.stamper
        if not whole:
            stamper = stamper.editing(parent, placed=action is ModelAction.PLACED)
        return stamper.stamp(
            image,
            model=self.model,
            model_version=self.model_version,
            fresh=self.fresh and whole,
            force=True,
            **options,
        )

    def stamp_once(
        self, data: bytes, *, action: ModelAction | str = ModelAction.CREATED
    ) -> tuple[bytes, StampRecord]:
        """Return a file stamped, with its record; one that is a recorded stamp stays as it is.

        Raises
        ------
        ProvenanceError
            See ``stamp``.
        """
        record = self.stamper.find_record(data)
        if record is not None:
            return data, record
        stamped = self.stamp(data, action=action)
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
