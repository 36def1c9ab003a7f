"""Strict reading of a directory's JSON: every key must be known, every value is checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from provenance.canonical import is_sha256, to_utc_text
from provenance.directory.entries import (
    CertificateBinding,
    DirectoryModel,
    DirectoryProducer,
    IssuerBinding,
)
from provenance.stamp_id import LARGEST_MODEL, LARGEST_PRODUCER

T = TypeVar("T")

MAX_TEXT = 1024
"""Characters. A name in a certificate has 64 at most, and a whole subject a handful of names."""

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
    """A sentence that says what is wrong with the file."""


def read_producer(value: Any) -> DirectoryProducer:
    """Read one producer.

    Raises
    ------
    SchemaError
        A key is missing or unknown, or a value can't be.
    """
    what = "a producer"
    if isinstance(value, dict) and isinstance(value.get("number"), int):
        what = f"producer {value['number']}"
    fields = check_object(value, _capitalise(what), _PRODUCER)
    producer = DirectoryProducer(
        number=_check_number(fields["number"], f"The number of {what}", LARGEST_PRODUCER),
        name=check_text(fields["name"], f"The name of {what}"),
        contact=check_text(fields["contact"], f"The contact of {what}"),
        binding=_read_binding(fields["binding"], f"the binding of {what}"),
        valid_from=read_time(fields["valid_from"], f"The valid_from of {what}"),
        valid_to=_read_optional(read_time, fields["valid_to"], f"The valid_to of {what}"),
        revoked_at=_read_optional(read_time, fields["revoked_at"], f"The revoked_at of {what}"),
        reason=_read_optional(check_text, fields["reason"], f"The reason of {what}"),
        models=_read_models(fields["models"], what),
    )
    if producer.valid_to is not None and producer.valid_to < producer.valid_from:
        raise SchemaError(f"The valid_to of {what} is before its valid_from.")
    if (producer.revoked_at is None) != (producer.reason is None):
        raise SchemaError(
            f"{_capitalise(what)} needs both revoked_at and reason, or neither of them."
        )
    return producer


def check_object(value: Any, what: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """Check that a value is an object with exactly these keys; ``what`` begins the refusal.

    Raises
    ------
    SchemaError
        It is something else.
    """
    if not isinstance(value, dict):
        raise SchemaError(f"{what} is not an object.")
    for key in keys:
        if key not in value:
            raise SchemaError(f"{what} has no {key}.")
    for key in value:
        if key not in keys:
            raise SchemaError(f"{what} has the unknown key {key!r:.80}.")
    return value


def check_text(value: Any, what: str) -> str:
    """Check that a value is text that is not empty and can be shown as it is.

    Raises
    ------
    SchemaError
        It is something else, or too long.
    """
    if not isinstance(value, str) or not value.strip():
        raise SchemaError(f"{what} is not text.")
    if len(value) > MAX_TEXT or not value.isprintable():
        raise SchemaError(f"{what} is too long or has characters that can't be shown.")
    return value


def read_time(value: Any, what: str) -> datetime:
    """Read a time, spelt as ``to_utc_text`` spells it.

    Raises
    ------
    SchemaError
        It is something else.
    """
    try:
        time = datetime.fromisoformat(value)
        if to_utc_text(time) == value:
            return time
    except (TypeError, ValueError):
        pass
    raise SchemaError(f"{what} is not a time like 2026-01-31T12:00:00.000000Z.")


def _read_optional(read: Callable[[Any, str], T], value: Any, what: str) -> T | None:
    return None if value is None else read(value, what)


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def _check_number(value: Any, what: str, largest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= largest:
        raise SchemaError(f"{what} is not in 1..{largest}.")
    return value


def _read_binding(value: Any, what: str) -> CertificateBinding | IssuerBinding:
    if isinstance(value, dict) and "certificate" in value:
        fields = check_object(value, _capitalise(what), ("certificate",))
        digest = _check_sha256(fields["certificate"], f"The certificate in {what}")
        return CertificateBinding(digest)
    fields = check_object(value, _capitalise(what), ("issuer", "subject"))
    return IssuerBinding(
        _check_sha256(fields["issuer"], f"The issuer in {what}"),
        check_text(fields["subject"], f"The subject in {what}"),
    )


def _check_sha256(value: Any, what: str) -> str:
    if not is_sha256(value):
        raise SchemaError(f"{what} is not a SHA-256 in lower-case hex.")
    return value


def _read_models(value: Any, owner: str) -> tuple[DirectoryModel, ...]:
    if not isinstance(value, list):
        raise SchemaError(f"The models of {owner} are not a list.")
    models = tuple(_read_model(item, owner) for item in value)
    if len({model.number for model in models}) < len(models):
        raise SchemaError(f"{_capitalise(owner)} has two models of one number.")
    if len({(model.name, model.version) for model in models}) < len(models):
        raise SchemaError(f"{_capitalise(owner)} has two numbers for one model.")
    return models


def _read_model(value: Any, owner: str) -> DirectoryModel:
    fields = check_object(value, f"A model of {owner}", ("number", "name", "version"))
    version = fields["version"]
    return DirectoryModel(
        number=_check_number(fields["number"], f"A model number of {owner}", LARGEST_MODEL),
        name=check_text(fields["name"], f"A model name of {owner}"),
        version="" if version == "" else check_text(version, f"A model version of {owner}"),
    )
