"""What a file or a mark merely says of its origin, in words; nothing of it is proved."""

from __future__ import annotations

from provenance.language import Said, message
from provenance.text import format_time, quote
from provenance.verify.evidence import Manifest, Mark
from provenance.verify.reasons import Thresholds

MADE_WITH_AT = message("made with {model} at {time}")
MADE_WITH = message("made with {model}")
MADE_AT = message("made at {time}")
MADE_AND_SIGNED = message("it was {made} and signed by {signer}")
MADE = message("it was {made}")
SIGNED = message("it was signed by {signer}")

BY_MARK = message("it was made by {producer}, with model {model}, at {time}")
OTHER_VERSION = message("something in a mark of version {version}, which this program can't read")
NUMBER = message("producer number {number}")
LISTED = message(
    "producer number {number} (the signed directory lists this number as {name}; not proved)"
)
LISTED_BY = message(
    "producer number {number} (the signed directory of {signer} lists this number as {name}; not "
    "proved)"
)
MODEL_NUMBER = message("number {number}")


def state_manifest(manifest: Manifest) -> Said | None:
    """Repeat what a manifest states of its origin; None when it states nothing."""
    made = _state_making(manifest)
    signer = quote(manifest.signer) if manifest.signer else None
    if made is None:
        return SIGNED.format(signer=signer) if signer else None
    return MADE_AND_SIGNED.format(made=made, signer=signer) if signer else MADE.format(made=made)


def _state_making(manifest: Manifest) -> Said | None:
    model, time = quote(f"{manifest.model} {manifest.model_version}"), format_time(manifest.created)
    if manifest.model and manifest.created is not None:
        return MADE_WITH_AT.format(model=model, time=time)
    if manifest.model:
        return MADE_WITH.format(model=model)
    return None if manifest.created is None else MADE_AT.format(time=time)


def state_mark(mark: Mark, thresholds: Thresholds) -> Said:
    """Repeat what the 96 bits of a mark say."""
    if mark.version not in thresholds.payload_versions:
        return OTHER_VERSION.format(version=mark.version)
    model = quote(mark.model_name) if mark.model_name else MODEL_NUMBER.format(number=mark.model)
    return BY_MARK.format(producer=_name_producer(mark), model=model, time=format_time(mark.minute))


def _name_producer(mark: Mark) -> Said:
    if not mark.producer_name:
        return NUMBER.format(number=mark.producer)
    name = quote(mark.producer_name)
    if not mark.directory_signer:
        return LISTED.format(number=mark.producer, name=name)
    signer = quote(mark.directory_signer)
    return LISTED_BY.format(number=mark.producer, name=name, signer=signer)
