"""Strict reading of a directory's entries."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import urlsplit

from provenance.directory.entries import (
    BoundKey,
    CertificateBinding,
    DirectoryModel,
    DirectoryProducer,
    IssuerBinding,
    KeyUse,
)
from provenance.errors import SigningError
from provenance.stamp_id import LARGEST_MODEL, LARGEST_PRODUCER
from provenance.strict_json import (
    SchemaError,
    check_number,
    check_object,
    check_sha256,
    check_text,
    read_optional,
    read_time,
)

MAX_KEYS = 64
"""Keys of one entry: one of each kind changed every month for years."""

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
_ADDED = {
    1: (),
    2: ("authority",),
    3: ("authority", "keys", "own"),
    4: ("authority", "keys", "own", "endpoint"),
}
"""What entries have besides that, by version of the format."""


def read_producer(value: Any, version: int) -> DirectoryProducer:
    """Read one producer, as this version of the format has it; its own word is not read here.

    Raises
    ------
    SchemaError
        A key is missing or unknown, or a value can't be.
    """
    what = "a producer"
    if isinstance(value, dict) and isinstance(value.get("number"), int):
        what = f"producer {value['number']}"
    fields = check_object(value, _capitalise(what), (*_PRODUCER, *_ADDED[version]))
    producer = DirectoryProducer(
        number=check_number(fields["number"], f"The number of {what}", LARGEST_PRODUCER),
        name=check_text(fields["name"], f"The name of {what}"),
        contact=check_text(fields["contact"], f"The contact of {what}"),
        binding=_read_binding(fields["binding"], f"the binding of {what}"),
        valid_from=read_time(fields["valid_from"], f"The valid_from of {what}"),
        valid_to=read_optional(read_time, fields["valid_to"], f"The valid_to of {what}"),
        revoked_at=read_optional(read_time, fields["revoked_at"], f"The revoked_at of {what}"),
        reason=read_optional(check_text, fields["reason"], f"The reason of {what}"),
        models=_read_models(fields["models"], what),
        authority=read_optional(
            _check_authority, fields.get("authority"), f"The authority of {what}"
        ),
        keys=_read_keys(fields.get("keys", []), what),
        endpoint=read_optional(_check_endpoint, fields.get("endpoint"), f"The endpoint of {what}"),
    )
    _check_issuer(producer, what)
    if producer.valid_to is not None and producer.valid_to < producer.valid_from:
        raise SchemaError(f"The valid_to of {what} is before its valid_from.")
    if (producer.revoked_at is None) != (producer.reason is None):
        raise SchemaError(
            f"{_capitalise(what)} needs both revoked_at and reason, or neither of them."
        )
    return producer


def _check_endpoint(value: Any, what: str) -> str:
    """Check that a value is the address of a service, which gets a path of its own."""
    address = check_text(value, what)
    try:
        parts = urlsplit(address)
        wrong = parts.scheme not in ("https", "http") or not parts.hostname or parts.username
    except ValueError:
        wrong = True
    if wrong or "?" in address or "#" in address:
        raise SchemaError(f"{what} is not an address such as https://verify.example.com.")
    return address.rstrip("/")


def _check_authority(value: Any, what: str) -> str:
    """Check that a value is the PEM text of one certificate."""
    from provenance.certificates import load_pem_chain, to_pem

    try:
        (certificate,) = load_pem_chain(value.encode("ascii"))
    except (SigningError, ValueError, AttributeError) as error:
        raise SchemaError(f"{what} is not one PEM certificate.") from error
    return to_pem(certificate).decode("ascii")


def _check_issuer(producer: DirectoryProducer, what: str) -> None:
    """An entry brings the very authority that it binds, not another one."""
    from provenance.certificates import hash_certificate, load_pem_chain

    if producer.authority is None or not isinstance(producer.binding, IssuerBinding):
        return
    (authority,) = load_pem_chain(producer.authority.encode())
    if hash_certificate(authority) != producer.binding.sha256:
        raise SchemaError(f"The authority of {what} is not the issuer in its binding.")


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def _read_binding(value: Any, what: str) -> CertificateBinding | IssuerBinding:
    if isinstance(value, dict) and "certificate" in value:
        fields = check_object(value, _capitalise(what), ("certificate",))
        digest = check_sha256(fields["certificate"], f"The certificate in {what}")
        return CertificateBinding(digest)
    fields = check_object(value, _capitalise(what), ("issuer", "subject"))
    return IssuerBinding(
        check_sha256(fields["issuer"], f"The issuer in {what}"),
        check_text(fields["subject"], f"The subject in {what}"),
    )


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
        number=check_number(fields["number"], f"A model number of {owner}", LARGEST_MODEL),
        name=check_text(fields["name"], f"A model name of {owner}"),
        version="" if version == "" else check_text(version, f"A model version of {owner}"),
    )


def _read_keys(value: Any, owner: str) -> tuple[BoundKey, ...]:
    if not isinstance(value, list) or len(value) > MAX_KEYS:
        raise SchemaError(f"The keys of {owner} are not a list of at most {MAX_KEYS}.")
    keys = tuple(_read_key(item, owner) for item in value)
    if len({(key.use, key.spki) for key in keys}) < len(keys):
        raise SchemaError(f"{_capitalise(owner)} lists one key twice for one use.")
    return keys


def _read_key(value: Any, owner: str) -> BoundKey:
    what = f"A key of {owner}"
    fields = check_object(value, what, ("use", "spki", "valid_from", "valid_to"))
    if fields["use"] not in tuple(KeyUse):
        raise SchemaError(f"{what} is for an unknown use; upgrade provenance if it is newer.")
    key = BoundKey(
        use=KeyUse(fields["use"]),
        spki=_read_spki(fields["spki"], what),
        valid_from=read_time(fields["valid_from"], f"The valid_from of {what.lower()}"),
        valid_to=read_optional(read_time, fields["valid_to"], f"The valid_to of {what.lower()}"),
    )
    if key.valid_to is not None and key.valid_to < key.valid_from:
        raise SchemaError(f"The valid_to of {what.lower()} is before its valid_from.")
    return key


def _read_spki(value: Any, what: str) -> bytes:
    from provenance.certificates import load_public_key

    try:
        spki = base64.b64decode(check_text(value, what), validate=True)
        load_public_key(spki)
    except (binascii.Error, ValueError, SigningError) as error:
        raise SchemaError(f"{what} is not a public key: base64 of its DER form.") from error
    return spki
