"""From what a caller hands over to what is stamped: a picture or a film, and what it carries."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from provenance import films, imaging
from provenance.errors import LabelError
from provenance.files import is_file_object, read_bytes, read_stream
from provenance.imaging import ImageSource
from provenance.losses import Loss
from provenance.progress import Stage, enter
from provenance.stamp import film_job
from provenance.stamp.assembly import (
    Job,
    PictureJob,
    normalise_time,
    number_model,
    prepare,
    read_format,
)
from provenance.stamp.edits import build_history
from provenance.stamp.existing_stamp import ExistingStamp, find_existing_stamp
from provenance.stamp.options import StampOptions, check_losses
from provenance.stamp.press import Press
from provenance.stamp.producer import Producer


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the caller asked for; see ``Stamper.stamp``."""

    producer: int
    options: StampOptions
    model: str
    model_version: str = ""
    created: datetime | None = None
    format: str | None = None
    format_options: Mapping[str, Any] = field(default_factory=dict)
    force: bool = False
    fresh: bool = False

    def __post_init__(self) -> None:
        _ = self.target  # a format that does not exist is refused before anything is read

    @property
    def target(self) -> str | None:
        """The format that was asked for, by its usual name."""
        return read_format(self.format) if self.format else None


@dataclass(frozen=True)
class Taken:
    """A picture or film that may be stamped; ``make`` makes the job once the rest is known."""

    make: Callable[..., Job]
    format: str
    existing: ExistingStamp
    losses: tuple[Loss, ...]


def take(image: ImageSource, press: Press, terms: Terms, guard: Callable[[], None]) -> Taken:
    """Read a picture or a film, and see what it carries; ``guard`` looks after the registry first.

    Raises
    ------
    ProvenanceError
        See ``Stamper.stamp``.
    """
    enter(Stage.DECODING)
    image = _read_once(image, press)
    if isinstance(image, bytes) and films.recognise(image):
        return _take_film(image, press, terms, guard)
    return _take_picture(image, press, terms, guard)


def make_job(taken: Taken, terms: Terms, producer: Producer, press: Press, *, strict: bool) -> Job:
    """Put together what a picture or film is stamped with; a new model gets a number unless strict.

    Raises
    ------
    LabelError
        A profile asks for what is not given.
    ProvenanceError
        See ``Stamper.stamp``.
    """
    options, model, version = terms.options, terms.model, terms.model_version
    if options.labels.version_required and not version.strip():
        raise LabelError("The profile asks for the model's version; say which it is.")
    return taken.make(
        producer=producer,
        labels=options.labels,
        format=taken.format,
        model=model,
        model_version=version,
        model_number=number_model(press.registry, producer, model, version, strict=strict),
        created=normalise_time(terms.created or press.clock()),
        history=build_history(taken.existing, options.edit),
        losses=taken.losses,
    )


def _read_once(image: ImageSource, press: Press) -> ImageSource:
    """Return the bytes of a file; pixels as they are."""
    if isinstance(image, bytearray | memoryview):
        return bytes(image)
    if isinstance(image, str | os.PathLike):
        return read_bytes(image, press.limits.max_bytes)
    return read_stream(image, press.limits.max_bytes) if is_file_object(image) else image


def _take_picture(
    image: ImageSource, press: Press, terms: Terms, guard: Callable[[], None]
) -> Taken:
    picture, source = imaging.load_picture(image, press.limits)
    picture = imaging.load_moving(picture, press.limits)
    target, options = terms.target or picture.format, terms.options
    picture = imaging.fit_to_format(picture, target, alone=options.labels.strip_prompt)
    picture = imaging.choose_coding(picture, target, terms.format_options)
    check_losses(picture.losses, options)
    enter(Stage.LOOKING)
    guard()
    existing = find_existing_stamp(picture, source, press.registry, press.keys, fresh=terms.fresh)
    losses = (*picture.losses, *_check(existing, terms))
    picture = prepare(picture, options.labels, options.edit, continues=existing.continues)
    return Taken(partial(PictureJob, picture=picture), target, existing, losses)


def _take_film(data: bytes, press: Press, terms: Terms, guard: Callable[[], None]) -> Taken:
    labels = terms.options.labels
    if labels.badge or labels.aigc or labels.strip_prompt:
        raise LabelError(
            "Visible labels and China's label are not put on or into films, and their descriptions "
            "are copied whole; stamp the film without these options."
        )
    film = films.read_film(data, press.limits)
    target = terms.target or film.facts.format
    films.refuse(film.facts, target)
    enter(Stage.LOOKING)
    guard()
    existing = film_job.find_existing_stamp(
        data, film, press.registry, press.keys, fresh=terms.fresh
    )
    losses = _check(existing, terms)
    return Taken(partial(film_job.FilmJob, film=data), target, existing, losses)


def _check(existing: ExistingStamp, terms: Terms) -> tuple[Loss, ...]:
    existing.refuse(terms.producer, force=terms.force)
    check_losses(existing.losses, terms.options)
    return existing.losses
