"""A hook for pipelines of diffusers: what they return is stamped.

    pipeline = StampingPipeline(StableDiffusionPipeline.from_pretrained(...), stamper)
    made = pipeline("a lighthouse")
    made.stamped[0].save("lighthouse.png")  # the signed file; made.images hold marked pixels

What the pipeline was given decides what the stamp says: with a mask something was placed into a
picture, with a picture that was edited, else created. What does not leave through the pipeline's
call is not stamped: latents, previews of a callback, pictures that a program decodes itself.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
from PIL import Image

from provenance.errors import ConfigError, ProvenanceError, UnsupportedFormatError
from provenance.integrations.model_stamper import ModelStamper, Parent
from provenance.integrations.pixels import open_stamped, restore
from provenance.manifest import ModelAction
from provenance.stamp import StampedImage, Stamper, stamp_many

LATENT = "latent"
"""The type of output that is not a picture yet."""

_SNAPSHOT = re.compile(r"[/\\]snapshots[/\\]([0-9a-f]{40})\b")
"""Where the cache of model files names the commit that they are from."""

_CONDITIONED = ("ControlNet", "Adapter")
"""Parts of the names of pipelines whose ``image`` only leads the model, unless they name another
argument for that."""


@dataclass(frozen=True)
class StampedOutput:
    """What a pipeline returned, with its stamps.

    Attributes
    ----------
    stamped
        The signed files, one for each picture; none of latent output.
    images
        The pictures in the type that was asked for, with their marks and without manifests.
    output
        What the pipeline returned, whose pictures are **not** marked.
    """

    stamped: tuple[StampedImage, ...]
    images: Any
    output: Any


class StampingPipeline:
    """A pipeline whose pictures are stamped; all else of it is as it was.

    Parameters
    ----------
    pipeline
        The pipeline; also to be had as ``pipeline``.
    stamper
        What to stamp with. One with ``best_effort()`` also signs pictures that can't hold the mark,
        for which others raise an error.
    model, model_version
        What makes the pictures. When not given, they are the name by which the pipeline was loaded
        and the commit of its files, if they came through a cache that tells it.
    action
        What the model does: ``"created"``, ``"edited"`` or ``"placed"``; told by the arguments of
        each call when not given.
    workers
        Threads that stamp a batch; one per core when not given.

    Raises
    ------
    ConfigError
        The pipeline has no name and none is given, or there is no such action.
    """

    def __init__(
        self,
        pipeline: Any,
        stamper: Stamper,
        *,
        model: str | None = None,
        model_version: str | None = None,
        action: ModelAction | str | None = None,
        workers: int | None = None,
    ) -> None:
        self.pipeline = pipeline
        version = find_revision(pipeline) if model_version is None else model_version
        self._maker = ModelStamper(stamper, model or find_name(pipeline), version, fresh=True)
        self._action = action if action is None else ModelAction(action)
        self._workers = workers

    def __call__(
        self,
        *arguments: Any,
        parent: Parent | None = None,
        action: ModelAction | str | None = None,
        **named: Any,
    ) -> StampedOutput:
        """Run the pipeline and stamp what it returns, all of it or nothing.

        ``parent`` is the file of the picture that is edited: its manifest becomes the history.
        ``action`` stands above what is told by the arguments, such as "created" for a refiner.

        Raises
        ------
        ConfigError
            ``return_dict=False`` was asked for: a bare tuple has no room for stamps.
        UnsupportedFormatError
            The pipeline returned something else than pictures.
        ProvenanceError
            A picture can't be stamped, see ``Stamper.stamp``.
        """
        given = self._bind(arguments, named)
        if given.get("return_dict") is False:
            raise ConfigError("A stamped pipeline returns an object: leave out return_dict=False.")
        chosen = action or self._action or choose_action(type(self.pipeline).__name__, given)
        maker = self._maker.doing(chosen, parent)
        output = self.pipeline(*arguments, **named)
        images = getattr(output, "images", None)
        if given.get("output_type") == LATENT:
            return StampedOutput((), images, output)
        if not _are_pictures(images):
            raise UnsupportedFormatError(
                f"{type(self.pipeline).__name__} returned something else than a row of pictures, "
                "which is not stamped here: use it without this wrapper."
            )
        stamped = []
        for answer in stamp_many(maker, images, workers=self._workers):
            if isinstance(answer, ProvenanceError):
                raise answer
            stamped.append(answer)
        return StampedOutput(tuple(stamped), _restore(images, stamped), output)

    def _bind(self, arguments: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of a call by their names."""
        call = inspect.signature(self.pipeline.__call__)
        return {**call.bind_partial(*arguments).arguments, **named}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.pipeline, name)
        return self._stay(found) if callable(found) and inspect.ismethod(found) else found

    def _stay(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method that gives this wrapper where it would give the bare pipeline."""

        def call(*arguments: Any, **named: Any) -> Any:
            result = method(*arguments, **named)
            return self if result is self.pipeline else result

        return call


def choose_action(pipeline: str, given: Mapping[str, Any]) -> ModelAction:
    """Tell what a model does by the name of its pipeline and the arguments that it was given."""
    if given.get("mask_image") is not None:
        return ModelAction.PLACED
    pictures = [given.get(name) for name in ("image", "images", "input_images")]
    leads = any(part in pipeline for part in _CONDITIONED) and "strength" not in given
    if "control_image" in given:
        leads = False
    if any(each is not None for each in pictures) and not leads:
        return ModelAction.EDITED
    return ModelAction.CREATED


def find_name(pipeline: Any) -> str:
    """Return the name by which a pipeline was loaded; of a folder on disk its last part.

    Raises
    ------
    ConfigError
        It has none.
    """
    name = str(getattr(pipeline, "name_or_path", None) or "")
    parts = PurePath(name).parts
    if not parts:
        raise ConfigError("The pipeline has no name: say which model it runs, as model=NAME.")
    is_address = (
        len(parts) == 2 and not PurePath(name).is_absolute() and parts[0] not in {".", ".."}
    )
    return name if is_address else parts[-1]


def find_revision(pipeline: Any) -> str:
    """Return the commit of the model's files, where the cache that they were loaded from tells it.

    It is empty when nothing tells it, and when parts are from several.
    """
    parts = getattr(pipeline, "components", {}).values()
    configs = [getattr(part, "config", None) for part in (pipeline, *parts)]
    paths = (str(getattr(config, "_name_or_path", "") or "") for config in configs)
    found = {match[1] for path in paths if (match := _SNAPSHOT.search(path))}
    return found.pop() if len(found) == 1 else ""


def _are_pictures(images: Any) -> bool:
    if isinstance(images, list):
        return all(isinstance(each, Image.Image) for each in images)
    return getattr(images, "ndim", 0) == 4


def _restore(images: Any, stamped: Sequence[StampedImage]) -> Any:
    """Return the stamped pictures in the type that the pipeline returned."""
    if isinstance(images, list):
        return open_stamped(stamped)
    return restore(images, stamped, channels_first=not isinstance(images, np.ndarray))
