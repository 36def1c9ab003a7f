"""Strict reading of a directory's JSON: every key is known, every value is checked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from provenance.canonical import is_sha256, to_utc_text
from provenance.directory.entries import (
    CertificateBinding,
    DirectoryModel,
    DirectoryProducer,
    IssuerBinding,
)
from provenance.stamp_id import LARGEST_MODEL, LARGEST_PRODUCER

# Names in certificates end at 64 characters each; a whole subject has a handful of them.
MAX_TEXT = 1024

_PRODUCER = (
    "number",
    "name",
    "contact",
    "binding",
    "valid_from",
    "valid_to",
    "revoked_at",
    "reason",
    "models",
)


class SchemaError(ValueError):
    """Says what is wrong, to follow "The directory X can't be used: "."""


def producer_from(value: Any) -> DirectoryProducer:
    """Read one producer."""
    what = "a producer"
    if isinstance(value, dict) and isinstance(value.get("number"), int):
        what = f"producer {value['number']}"
    fields = record(value, what, _PRODUCER)
    producer = DirectoryProducer(
        number=_number(fields["number"], f"the number of {what}", LARGEST_PRODUCER),
        name=text(fields["name"], f"the name of {what}"),
        contact=text(fields["contact"], f"the contact of {what}"),
        binding=_binding(fields["binding"], f"the binding of {what}"),
        valid_from=time_from(fields["valid_from"], f"valid_from of {what}"),
        valid_to=_optional_time(fields["valid_to"], f"valid_to of {what}"),
        revoked_at=_optional_time(fields["revoked_at"], f"revoked_at of {what}"),
        reason=None if fields["reason"] is None else text(fields["reason"], f"reason of {what}"),
        models=_models(fields["models"], what),
    )
    if producer.valid_to is not None and producer.valid_to < producer.valid_from:
        raise SchemaError(f"valid_to of {what} is before its valid_from")
    if (producer.revoked_at is None) != (producer.reason is None):
        raise SchemaError(f"{what} needs both or neither of revoked_at and reason")
    return producer


def record(value: Any, what: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """Check that a value is an object with exactly these keys."""
    if not isinstance(value, dict):
        raise SchemaError(f"{what} is not an object")
    for key in keys:
        if key not in value:
            raise SchemaError(f"{what} has no {key}")
    for key in value:
        if key not in keys:
            raise SchemaError(f"{what} has the unknown key {key!r:.80}")
    return value


def text(value: Any, what: str) -> str:
    """Check that a value is text with something in it that can be shown as it is."""
    if not isinstance(value, str) or not value.strip():
        raise SchemaError(f"{what} is not text")
    if what != "certificates" and (len(value) > MAX_TEXT or not value.isprintable()):
        raise SchemaError(f"{what} is too long or has characters that can't be shown")
    return value


def time_from(value: Any, what: str) -> datetime:
    """Check that a value is a time as `to_utc_text` spells it."""
    try:
        time = datetime.fromisoformat(value)
        if to_utc_text(time) == value:
            return time
    except (TypeError, ValueError):
        pass
    raise SchemaError(f"{what} is not a time like 2026-01-31T12:00:00.000000Z")


def _optional_time(value: Any, what: str) -> datetime | None:
    return None if value is None else time_from(value, what)


def _number(value: Any, what: str, largest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= largest:
        raise SchemaError(f"{what} is not in 1..{largest}")
    return value


def _binding(value: Any, what: str) -> CertificateBinding | IssuerBinding:
    if isinstance(value, dict) and "certificate" in value:
        fields = record(value, what, ("certificate",))
        return CertificateBinding(_sha256(fields["certificate"], f"the certificate in {what}"))
    fields = record(value, what, ("issuer", "subject"))
    return IssuerBinding(
        _sha256(fields["issuer"], f"the issuer in {what}"),
        text(fields["subject"], f"the subject in {what}"),
    )


def _sha256(value: Any, what: str) -> str:
    if not is_sha256(value):
        raise SchemaError(f"{what} is not a SHA-256 in lower-case hex")
    return value


def _models(value: Any, owner: str) -> tuple[DirectoryModel, ...]:
    if not isinstance(value, list):
        raise SchemaError(f"the models of {owner} are not a list")
    models = tuple(_model(item, owner) for item in value)
    if len({model.number for model in models}) < len(models):
        raise SchemaError(f"{owner} has two models of one number")
    if len({(model.name, model.version) for model in models}) < len(models):
        raise SchemaError(f"{owner} has two numbers for one model")
    return models


def _model(value: Any, owner: str) -> DirectoryModel:
    fields = record(value, f"a model of {owner}", ("number", "name", "version"))
    version = fields["version"]
    return DirectoryModel(
        number=_number(fields["number"], f"a model number of {owner}", LARGEST_MODEL),
        name=text(fields["name"], f"a model name of {owner}"),
        version="" if version == "" else text(version, f"a model version of {owner}"),
    )
