"""What is written is read back, and nothing else is."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import ManifestError
from provenance.manifest import ModelAction, StampStatement, Training, draw_urn
from provenance.manifest.assertions import LABEL, SOFT_BINDING, parse_statement, write_definition
from provenance.manifest.claims import read_claims
from provenance.manifest.report import parse_manifest

Json = dict[str, Any]

printable = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=60
)
statements = st.builds(
    StampStatement,
    producer=st.integers(0, (1 << 20) - 1),
    producer_name=printable,
    model=printable,
    model_version=st.just("") | printable,
    created=st.integers(0, 4 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC)),
    payload=st.binary(min_size=12, max_size=12),
    alg=st.sampled_from(["unlisted.provenance.dwt.1", None]),
    pdq=st.binary(min_size=32, max_size=32).map(bytes.hex),
    pdq_quality=st.integers(0, 100),
    lattice=st.text("0123456789abcdef:/+=", min_size=1, max_size=500),
    title=st.none() | printable,
    action=st.sampled_from(ModelAction),
    training=st.sampled_from(Training),
    described=st.booleans(),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


def as_read(statement: StampStatement) -> Json:
    """What the SDK's reader makes of a definition: integer lists become base64."""
    manifest = copy.deepcopy(write_definition(statement, draw_urn(), "image/png"))
    for assertion in manifest["assertions"]:
        if assertion["label"] == SOFT_BINDING:
            block = assertion["data"]["blocks"][0]
            block["value"] = base64.b64encode(bytes(block["value"])).decode()
    return manifest


@given(statements)
def test_parse_reads_what_definition_writes(statement: StampStatement) -> None:
    assert parse_statement(parse_manifest(as_read(statement))) == statement


@given(json_values)
def test_parse_takes_anything(value: Any) -> None:
    manifest = parse_manifest(value if isinstance(value, dict) else {"assertions": value})
    assert parse_statement(manifest) is None
    read_claims("urn", manifest)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    value = copy.deepcopy(value)
    target = value
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = new
    return value


@given(st.data(), json_values)
def test_parse_survives_any_replacement(data: st.DataObject, junk: Any) -> None:
    manifest = as_read(EXAMPLE)
    path = data.draw(st.sampled_from([place for place in places(manifest) if place]))
    changed = parse_manifest(put(manifest, path, junk))
    found = parse_statement(changed)
    assert found is None or isinstance(found, StampStatement)
    read_claims("urn", changed)


EXAMPLE = StampStatement(
    producer=1,
    producer_name="P",
    model="m",
    model_version="",
    created=datetime(2026, 1, 1, tzinfo=UTC),
    payload=b"\xff" * 12,
    alg="a.b",
    pdq="00" * 32,
    pdq_quality=50,
    lattice="x",
)


def assertion(manifest: Json, label: str) -> Json:
    found: Json = next(item for item in manifest["assertions"] if item["label"] == label)
    return found


def hearsay(manifest: Json) -> None:
    assertion(manifest, LABEL)["created"] = False


def hearsay_by_omission(manifest: Json) -> None:
    del assertion(manifest, SOFT_BINDING)["created"]


def twice(manifest: Json) -> None:
    again = copy.deepcopy(assertion(manifest, LABEL))
    again["label"] += "__1"
    manifest["assertions"].append(again)


def other_bits(manifest: Json) -> None:
    assertion(manifest, LABEL)["data"]["stamp_id"] = "00" * 12


def two_values(manifest: Json) -> None:
    blocks = assertion(manifest, SOFT_BINDING)["data"]["blocks"]
    blocks.append(blocks[0])


def two_makers(manifest: Json) -> None:
    actions = assertion(manifest, "c2pa.actions.v2")["data"]["actions"]
    actions.append(actions[0])


def no_zone(manifest: Json) -> None:
    actions = assertion(manifest, "c2pa.actions.v2")["data"]["actions"]
    actions[0]["when"] = "2026-01-01T00:00:00"


def yesterday(manifest: Json) -> None:
    assertion(manifest, "c2pa.actions.v2")["data"]["actions"][0]["when"] = "yesterday"


def no_such_day(manifest: Json) -> None:
    actions = assertion(manifest, "c2pa.actions.v2")["data"]["actions"]
    actions[0]["when"] = "2026-02-30T00:00:00Z"


def true_is_no_number(manifest: Json) -> None:
    assertion(manifest, LABEL)["data"]["producer"] = True


def escape_codes(manifest: Json) -> None:
    assertion(manifest, LABEL)["data"]["producer_name"] = "\x1b[31mBank"


def right_to_left(manifest: Json) -> None:
    assertion(manifest, LABEL)["data"]["producer_name"] = "\u202eknaB"


def upper_case(manifest: Json) -> None:
    assertion(manifest, LABEL)["data"]["pdq"] = "AB" * 32


@pytest.mark.parametrize(
    "spoil",
    [
        hearsay,
        hearsay_by_omission,
        twice,
        other_bits,
        two_values,
        two_makers,
        no_zone,
        yesterday,
        no_such_day,
        true_is_no_number,
        escape_codes,
        right_to_left,
        upper_case,
    ],
    ids=lambda spoil: spoil.__name__,
)
def test_what_can_be_doubted_is_no_statement(spoil: Callable[[Json], None]) -> None:
    manifest = as_read(EXAMPLE)
    assert parse_statement(parse_manifest(manifest)) == EXAMPLE
    spoil(manifest)
    assert parse_statement(parse_manifest(manifest)) is None


def test_integer_lists_are_read_too() -> None:
    assert (
        parse_statement(parse_manifest(write_definition(EXAMPLE, draw_urn(), "image/png")))
        == EXAMPLE
    )


@pytest.mark.parametrize(
    "change",
    [
        {"producer": 1 << 20},
        {"producer": -1},
        {"created": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"payload": b"short"},
        {"pdq": "xyz"},
        {"pdq_quality": 101},
        {"alg": "no dots"},
        {"lattice": ""},
        {"lattice": "x" * 10_000},
        {"producer_name": ""},
        {"model": "m" * 257},
        {"model": "line\nbreak"},
        {"title": ""},
    ],
    ids=str,
)
def test_what_can_not_be_read_back_is_not_written(change: Json) -> None:
    with pytest.raises(ManifestError):
        replace(EXAMPLE, **change)


def test_times_are_kept_in_utc_to_the_second() -> None:
    there = timezone(timedelta(hours=2))
    moment = datetime(2026, 1, 1, 2, 0, 0, 999, tzinfo=there)
    assert replace(EXAMPLE, created=moment).created.isoformat() == "2026-01-01T00:00:00+00:00"


def test_without_a_parent_the_model_created_it() -> None:
    actions = assertion(write_definition(EXAMPLE, draw_urn(), "image/png"), "c2pa.actions.v2")[
        "data"
    ]
    first, second = actions["actions"]
    assert actions["allActionsIncluded"] is True
    assert first["action"] == "c2pa.created"
    assert first["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert second["action"] == "c2pa.watermarked.bound"


@pytest.mark.parametrize("action", [ModelAction.EDITED, ModelAction.PLACED])
def test_what_was_there_before_comes_first(action: ModelAction) -> None:
    document = write_definition(replace(EXAMPLE, action=action), draw_urn(), "image/png")
    opened, by_model, marked = assertion(document, "c2pa.actions.v2")["data"]["actions"]
    assert opened["action"] == "c2pa.opened"
    assert by_model["action"] == f"c2pa.{action}"
    assert marked["action"] == "c2pa.watermarked.bound"
    assert "digitalSourceType" not in opened
    assert by_model["digitalSourceType"].endswith("/compositeWithTrainedAlgorithmicMedia")
    named = [opened["parameters"]["ingredientIds"]]
    named += [by_model["parameters"]["ingredientIds"]] if "parameters" in by_model else []
    assert [[item["label"]] for item in document["ingredients"]] == named


def test_the_choice_about_training() -> None:
    uses = {
        training: {
            entry["use"]
            for item in write_definition(replace(EXAMPLE, training=training), "u", "image/png")[
                "assertions"
            ]
            if item["label"] == "cawg.training-mining"
            for entry in item["data"]["entries"].values()
        }
        for training in Training
    }
    assert uses == {
        Training.ALLOWED: {"allowed"},
        Training.NOT_ALLOWED: {"notAllowed"},
        Training.UNSTATED: set(),
    }


def test_the_system_is_named_in_iptcs_words_where_a_label_says_so() -> None:
    for version, said in (("3", "3"), ("", "unstated")):
        labelled = replace(EXAMPLE, described=True, model_version=version)
        found = assertion(as_read(labelled), "cawg.metadata")
        assert found["data"] == {
            "@context": {"Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"},
            "Iptc4xmpExt:AISystemUsed": "m",
            "Iptc4xmpExt:AISystemVersionUsed": said,
        }
    assert "cawg.metadata" not in str(as_read(EXAMPLE))
    others = as_read(replace(EXAMPLE, described=True))
    assertion(others, "cawg.metadata")["data"]["dc:title"] = "more"
    found_statement = parse_statement(parse_manifest(others))
    assert found_statement == EXAMPLE  # what else is said there is nothing of a stamp's


def test_no_numeric_arrays_but_the_soft_binding() -> None:
    # c2pa-rs #2570: Reader.json() mangles them.
    document = write_definition(EXAMPLE, draw_urn(), "image/png")
    numeric = [
        path
        for path in places(document)
        if path and isinstance(path[-1], int) and isinstance(at(document, path), int)
    ]
    assert {path[:5] for path in numeric} == {("assertions", 1, "data", "blocks", 0)}


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value
