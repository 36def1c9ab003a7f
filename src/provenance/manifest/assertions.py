"""What a stamp states, as C2PA assertions and back.

``write_definition`` writes what ``parse_statement`` reads. Between the two anything may have
happened: ``parse_statement`` takes any JSON, and returns a statement that ``write_definition``
could have written, or None.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

from provenance import __version__
from provenance.errors import ManifestError
from provenance.manifest.report import ManifestReport, as_mapping, as_mappings
from provenance.manifest.statement import ModelAction, StampStatement, Training
from provenance.stamp_id import StampId

LABEL = "unlisted.provenance.stamp"
"""Our own assertion. Like the algorithm's name it is "unlisted" until an owner's domain takes
over."""

ACTIONS, SOFT_BINDING = "c2pa.actions.v2", "c2pa.soft-binding"
"""C2PA's assertions on what was done to the picture, and on the mark in its pixels."""

DISCLOSURE, TRAINING = "c2pa.ai-disclosure", "cawg.training-mining"
"""C2PA's assertion that names the model, and CAWG's on training with the picture."""

METADATA = "cawg.metadata"
"""CAWG's assertion that repeats metadata: here IPTC's, which in the file may be lost."""

UNSTATED = "unstated"
"""What stands for a version that nobody gave, as in the labels of the file."""

SPEC_VERSION = "2.4.0"
"""The C2PA specification whose rules ``write_definition`` follows."""

_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"  # how its vocabulary's URIs begin
_IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
GENERATED = _IPTC + "trainedAlgorithmicMedia"
EDITED = _IPTC + "compositeWithTrainedAlgorithmicMedia"
"""IPTC's source types for what a model made, and for a picture that it changed or added to."""

PARENT_ID, ELEMENT_ID = "parent", "element"
"""Names of ingredients within one definition; the SDK turns them into hashed links."""

# Every use that CAWG's assertion knows, since a stamp makes one choice for all of them.
_USES = ("ai_training", "ai_generative_training", "ai_inference", "data_mining")
_USE = {Training.ALLOWED: "allowed", Training.NOT_ALLOWED: "notAllowed"}  # in CAWG's words

_C2PA = "c2pa."  # how every name of an action of the specification begins
_WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # the one spelling that a stamp has

_T = TypeVar("_T")


def draw_urn() -> str:
    """Draw the URN of a new manifest."""
    return f"urn:c2pa:{uuid4()}"


def write_definition(statement: StampStatement, urn: str, mime: str) -> dict[str, Any]:
    """Write the manifest definition that the SDK signs.

    Unless the model created the picture, the history starts with ``c2pa.opened`` of the ingredient
    ``PARENT_ID``. That ingredient is only named here; the SDK reads what it is from the parent.
    """
    assertions: dict[str, dict[str, Any]] = {
        ACTIONS: {"allActionsIncluded": True, "actions": _actions(statement)},
        **_soft_binding(statement),
        LABEL: {
            "producer": statement.producer,
            "producer_name": statement.producer_name,
            "stamp_id": statement.stamp_id,
            # Text: the SDK's reader mangles arrays of numbers (c2pa-rs #2570).
            "pdq": statement.pdq,
            "pdq_quality": statement.pdq_quality,
            "lattice": statement.lattice,
            **_optional("frames", statement.frames),
            **_optional("timestamp_missing", statement.timestamp_missing),
        },
        DISCLOSURE: {"modelType": "c2pa.types.model", "modelName": statement.model},
    }
    if statement.training in _USE:
        use = {"use": _USE[statement.training]}
        assertions[TRAINING] = {"entries": {f"cawg.{purpose}": use for purpose in _USES}}
    if statement.described:
        assertions[METADATA] = _metadata(statement.model, statement.model_version)
    return {
        "label": urn,
        "instance_id": f"xmp:iid:{urn.rpartition(':')[2]}",
        "format": mime,
        **_optional("title", statement.title),
        "claim_generator_info": [
            {"name": "provenance", "version": __version__, "specVersion": SPEC_VERSION}
        ],
        # "created": the signer stands for it. C2PA calls anything else "gathered".
        "assertions": [
            {"label": label, "created": True, "data": data} for label, data in assertions.items()
        ],
        "ingredients": _ingredients(statement, urn),
    }


def parse_statement(manifest: ManifestReport) -> StampStatement | None:
    """Return the statement that ``write_definition`` put into a manifest, None for any other.

    Only assertions that the signer stands for count, and only one of each: what can be read in two
    ways is not read. The 96 bits in our assertion and in the soft binding have to agree; a picture
    without a readable mark has no soft binding.
    """
    own, actions = _find_only(manifest, LABEL), _find_only(manifest, ACTIONS)
    made = _model_action(actions)
    agent = as_mapping(made.get("softwareAgent"))
    try:
        when = _require_when(made.get("when"))
        payload, alg = _mark(manifest, own)
        if own.get("stamp_id") != payload.hex():
            return None
        return StampStatement(
            producer=_require(int, own.get("producer")),
            producer_name=_require(str, own.get("producer_name")),
            model=_require(str, agent.get("name")),
            model_version=_require(str, agent.get("version", "")),
            created=when,
            payload=payload,
            alg=alg,
            pdq=_require(str, own.get("pdq")),
            pdq_quality=_require(int, own.get("pdq_quality")),
            lattice=_require(str, own.get("lattice")),
            title=manifest.title,
            action=ModelAction(made["action"].removeprefix(_C2PA)),
            training=_training(manifest),
            timestamp_missing=_require_optional(own.get("timestamp_missing")),
            frames=None if own.get("frames") is None else _require(int, own["frames"]),
            described=_find_only(manifest, METADATA)
            == _metadata(agent["name"], agent.get("version", "")),
        )
    except ManifestError:
        return None


def _soft_binding(statement: StampStatement) -> dict[str, dict[str, Any]]:
    """Write the assertion on the mark in the pixels, if one can be read."""
    if statement.alg is None:
        return {}
    # The SDK can't write a byte string (c2pa-rs #2689); its own reader wants integers.
    block = {"scope": {}, "value": list(statement.payload)}
    return {SOFT_BINDING: {"alg": statement.alg, "pad": [], "blocks": [block]}}


def _actions(statement: StampStatement) -> list[dict[str, Any]]:
    when = statement.created.strftime("%Y-%m-%dT%H:%M:%SZ")
    version = {"version": statement.model_version} if statement.model_version else {}
    by_model: dict[str, Any] = {
        "action": _C2PA + statement.action,
        "when": when,
        "softwareAgent": {"name": statement.model, **version},
    }
    by_model["digitalSourceType"] = choose_source_type(statement.action)
    marked = [] if statement.alg is None else [{"action": "c2pa.watermarked.bound"}]
    if statement.action is ModelAction.CREATED:
        return [by_model, *marked]
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [PARENT_ID]}}
    if statement.action is ModelAction.PLACED:
        by_model["parameters"] = {"ingredientIds": [ELEMENT_ID]}
    return [opened, by_model, *marked]


def choose_source_type(action: ModelAction) -> str:
    """Return IPTC's digital source type for what the model did."""
    return GENERATED if action is ModelAction.CREATED else EDITED


def _metadata(model: str, version: str) -> dict[str, Any]:
    """Name the system in IPTC's words, as the labels in the file do (JSON-LD)."""
    return {
        "@context": {"Iptc4xmpExt": _IPTC_EXTENSION},
        "Iptc4xmpExt:AISystemUsed": model,
        "Iptc4xmpExt:AISystemVersionUsed": version or UNSTATED,
    }


def _ingredients(statement: StampStatement, urn: str) -> list[dict[str, Any]]:
    """Name the parent, and what the model made to be placed into it."""
    instance = f"xmp:iid:{urn.rpartition(':')[2]}"
    parent = {
        "label": PARENT_ID,
        "instance_id": f"{instance}-{PARENT_ID}",
        "relationship": "parentOf",
    }
    element = {
        "label": ELEMENT_ID,
        "instance_id": f"{instance}-{ELEMENT_ID}",
        "relationship": "componentOf",
        "title": f"made by {statement.model} {statement.model_version}".strip(),
    }
    match statement.action:
        case ModelAction.CREATED:
            return []
        case ModelAction.EDITED:
            return [parent]
        case ModelAction.PLACED:
            return [parent, element]


def _training(manifest: ManifestReport) -> Training:
    """Read the choice about training.

    A choice that varies by use, or was not signed as created, is not one we write.

    Raises
    ------
    ManifestError
        It is such a choice.
    """
    if not _has(manifest, TRAINING):
        return Training.UNSTATED
    entries = as_mapping(_find_only(manifest, TRAINING).get("entries"))
    for choice, use in _USE.items():
        if entries == {f"cawg.{purpose}": {"use": use} for purpose in _USES}:
            return choice
    raise ManifestError("The choice about training is not one that a stamp makes.")


def _find_only(manifest: ManifestReport, label: str) -> Mapping[str, Any]:
    """Return the data of the one assertion with that label, empty if there is not exactly one."""
    found = [each for each in manifest.assertions if _strip_number(each.label) == label]
    return found[0].data if len(found) == 1 and found[0].created else {}


def _has(manifest: ManifestReport, label: str) -> bool:
    return any(_strip_number(each.label) == label for each in manifest.assertions)


def _strip_number(label: str) -> str:
    """Strip the number by which the SDK tells assertions of one kind apart."""
    return label.partition("__")[0]


def _model_action(actions: Mapping[str, Any]) -> Mapping[str, Any]:
    by_model = [
        action
        for action in as_mappings(actions.get("actions"))
        if action.get("action") in [_C2PA + each for each in ModelAction]
    ]
    return by_model[0] if len(by_model) == 1 else {}


def _mark(manifest: ManifestReport, own: Mapping[str, Any]) -> tuple[bytes, str | None]:
    """Return the 96 bits, and the algorithm that carries them if any does."""
    if _has(manifest, SOFT_BINDING):
        binding = _find_only(manifest, SOFT_BINDING)
        return _payload(binding), _require(str, binding.get("alg"))
    stamp_id = StampId.parse(own.get("stamp_id"))
    if stamp_id is None:
        raise ManifestError("The stamp id is not 24 hex digits.")
    return stamp_id.payload, None


def _payload(binding: Mapping[str, Any]) -> bytes:
    """Take the one soft-binding value; the SDK shows an integer list as base64, or as it is."""
    blocks = binding.get("blocks")
    if not isinstance(blocks, list) or len(blocks) != 1:
        raise ManifestError("The soft binding has none or several values.")
    value = as_mapping(blocks[0]).get("value")
    try:
        if isinstance(value, str):
            return base64.b64decode(value, validate=True)
        return bytes(_require(list, value))
    except (binascii.Error, ValueError, TypeError) as error:
        raise ManifestError("The soft-binding value is not bytes.") from error


def _require(kind: type[_T], value: object) -> _T:
    # bool is an int in Python, but true is not a number in JSON.
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ManifestError(f"Expected {kind.__name__}, found {type(value).__name__}.")
    return value


def _require_optional(value: object) -> str | None:
    return None if value is None else _require(str, value)


def _optional(key: str, value: str | int | None) -> dict[str, str | int]:
    return {} if value is None else {key: value}


def _require_when(value: object) -> datetime:
    text = _require(str, value)
    if not _WHEN.fullmatch(text):
        raise ManifestError("The time of the action is not in UTC, to the second.")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ManifestError("The time of the action is not in UTC, to the second.") from error
