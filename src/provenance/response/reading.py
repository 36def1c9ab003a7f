"""Read a response: strictly, within limits, and without judging who signed it."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any

from provenance.canonical import is_hex
from provenance.envelope import Envelope, unseal
from provenance.errors import RegistryError, ResponseError
from provenance.files import read_named
from provenance.records import Revocation, StampRecord
from provenance.registry import Checkpoint, Inclusion, read_leaf, read_revocation_leaf
from provenance.response.requests import read_stamp_id
from provenance.response.responses import (
    MAX_RESPONSE_BYTES,
    PSEUDONYM_DIGITS,
    RESPONSE_TYPE,
    SALT_DIGITS,
    AccountAnswer,
    Disclosed,
    Held,
    Outcome,
    Response,
    Withdrawn,
)
from provenance.strict_json import (
    SchemaError,
    check_number,
    check_object,
    check_sha256,
    check_text,
    read_optional,
    read_time,
)

MAX_INDEX = 2**62
"""Entries of a log, as ``provenance.registry`` bounds them."""

MAX_PROOF = 64
"""Hashes of a proof: a log is never higher."""

_KEYS = (
    "type",
    "stamp_id",
    "request",
    "outcome",
    "as_of",
    "reason",
    "checkpoint",
    "record",
    "revocation",
    "account",
)


def load_response(path: Path) -> Response:
    """Read the response in a file.

    Raises
    ------
    ResponseError
        The file can't be read, is too large, is something else, or is malformed.
    """
    data = read_named(path, "response", MAX_RESPONSE_BYTES, ResponseError)
    return read_response(data, str(path))


def read_response(data: bytes, name: str = "file") -> Response:
    """Read a response; whether its signature and proofs hold is judged by ``check``.

    Raises
    ------
    ResponseError
        It is something else, or malformed.
    """
    if len(data) > MAX_RESPONSE_BYTES:
        raise ResponseError(f"The response {name} has over {MAX_RESPONSE_BYTES:,} bytes.")
    try:
        return _read(unseal(data, RESPONSE_TYPE, ("disclosed",)))
    except (SchemaError, RegistryError) as error:
        raise ResponseError(f"The response {name} can't be used: {error}") from error


def _read(sealed: Envelope) -> Response:
    payload = sealed.payload
    fields = check_object(payload, "The payload", _KEYS)
    if fields["outcome"] not in tuple(Outcome):
        raise SchemaError("Its outcome is neither found, none nor refused.")
    response = Response(
        stamp_id=read_stamp_id(fields),
        outcome=Outcome(fields["outcome"]),
        as_of=read_time(fields["as_of"], "The as_of"),
        request=read_optional(check_sha256, fields["request"], "The request"),
        reason=read_optional(check_text, fields["reason"], "The reason"),
        checkpoint=read_optional(_read_checkpoint, fields["checkpoint"], "The checkpoint"),
        held=read_optional(_read_held, fields["record"], "The record"),
        withdrawn=read_optional(_read_withdrawn, fields["revocation"], "The revocation"),
        account=read_optional(_read_account, fields["account"], "The account"),
        disclosed=read_optional(_read_disclosed, sealed.beside["disclosed"], "What is disclosed"),
        sealed=sealed,
    )
    _check_parts(response)
    return response


def _check_parts(response: Response) -> None:
    """Each outcome has its own parts, and no others."""
    present = (response.held, response.checkpoint, response.reason)
    wanted = tuple(Outcome).index(response.outcome)
    if [each is not None for each in present] != [n == wanted for n in range(len(present))]:
        raise SchemaError(
            "A response that found a stamp has its record alone, one that found none its "
            "checkpoint, and one that refuses its reason."
        )
    if response.held is None and (response.withdrawn or response.account):
        raise SchemaError("Only a response that found a stamp has a revocation or an account.")
    about = [each.stamp_id for each in _list_leaves(response)]
    if any(stamp_id != response.stamp_id for stamp_id in about):
        raise SchemaError("It holds the record or the revocation of another stamp.")
    if response.disclosed and (response.account is None or response.account.sha256 is None):
        raise SchemaError("It discloses an account without saying so in what is signed.")


def _list_leaves(response: Response) -> list[StampRecord | Revocation]:
    held, gone = response.held, response.withdrawn
    return [*([held.record] if held else []), *([gone.revocation] if gone else [])]


def _read_checkpoint(value: Any, what: str) -> Checkpoint:
    if not isinstance(value, str):
        raise SchemaError(f"{what} is not text.")
    return Checkpoint.parse(value)


def _read_held(value: Any, what: str) -> Held:
    fields = check_object(value, what, ("leaf", "inclusion", "manifest"))
    try:
        if not isinstance(fields["manifest"], str):
            raise ValueError("not text")
        store = base64.b64decode(fields["manifest"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise SchemaError("The manifest of the record is not base64.") from error
    record = read_leaf(fields["leaf"], store)
    return Held(record, store, _read_inclusion(fields["inclusion"], what))


def _read_withdrawn(value: Any, what: str) -> Withdrawn:
    fields = check_object(value, what, ("leaf", "inclusion"))
    revocation = read_revocation_leaf(fields["leaf"])
    return Withdrawn(revocation, _read_inclusion(fields["inclusion"], what))


def _read_inclusion(value: Any, what: str) -> Inclusion:
    place = f"The inclusion of {what[0].lower()}{what[1:]}"
    fields = check_object(value, place, ("index", "proof", "checkpoint"))
    proof = fields["proof"]
    if not isinstance(proof, list) or len(proof) > MAX_PROOF:
        raise SchemaError(f"{place} has a proof that is not a list of at most {MAX_PROOF} hashes.")
    return Inclusion(
        check_number(fields["index"], f"The index in {place}", MAX_INDEX, least=0),
        tuple(bytes.fromhex(check_sha256(each, f"A hash in {place}")) for each in proof),
        _read_checkpoint(fields["checkpoint"], f"The checkpoint in {place}"),
    )


def _read_account(value: Any, what: str) -> AccountAnswer:
    fields = check_object(value, what, ("case", "purpose", "sha256", "refused"))
    sha256 = read_optional(check_sha256, fields["sha256"], f"The digest of {what}")
    refused = read_optional(check_text, fields["refused"], "The refusal of the account")
    if (sha256 is None) == (refused is None):
        raise SchemaError("The account is either told, with its digest, or refused.")
    return AccountAnswer(
        check_text(fields["case"], "The account's case"),
        check_text(fields["purpose"], "The account's purpose"),
        sha256,
        refused,
    )


def _read_disclosed(value: Any, what: str) -> Disclosed:
    fields = check_object(value, what, ("salt", "pseudonym"))
    salt, pseudonym = fields["salt"], fields["pseudonym"]
    if not is_hex(salt, SALT_DIGITS):
        raise SchemaError(f"The salt is not {SALT_DIGITS} lower-case hex digits.")
    if pseudonym is not None and not is_hex(pseudonym, PSEUDONYM_DIGITS):
        raise SchemaError(f"The pseudonym is not {PSEUDONYM_DIGITS} lower-case hex digits.")
    return Disclosed(salt, pseudonym)
