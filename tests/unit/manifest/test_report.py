"""The SDK's JSON becomes typed values, whatever somebody put into it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import ManifestDamagedError
from provenance.manifest.report import Code, Report, parse_report

KEYS = (
    "manifests",
    "assertions",
    "ingredients",
    "signature_info",
    "validation_results",
    "activeManifest",
    "failure",
    "code",
    "label",
    "data",
    "time",
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


def parse(manifest: Any, **more: Any) -> Report:
    return parse_report({"active_manifest": "u", "manifests": {"u": manifest}, **more}, b"")


@given(json_values, json_values)
def test_anything_can_be_parsed(manifest: Any, results: Any) -> None:
    report = parse(manifest, validation_results=results)
    assert all(isinstance(each.label, str) for each in report.active.assertions)
    assert all(isinstance(each.code, str) for each in report.results.active.failure)


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"active_manifest": None},
        {"active_manifest": "u", "manifests": []},
        {"active_manifest": "u", "manifests": {"v": {}}},
    ],
)
def test_without_an_active_manifest_a_store_is_damaged(found: dict[str, Any]) -> None:
    with pytest.raises(ManifestDamagedError):
        parse_report(found, b"")


def test_what_has_another_type_is_left_out() -> None:
    report = parse(
        {
            "title": 5,
            "claim_version": "1",
            "assertions": [{"label": "a", "created": 1, "data": "x"}, {"data": {}}, "y"],
            "ingredients": [{"relationship": "parentOf", "active_manifest": ["v"]}],
            "signature_info": {"time": 2026, "alg": "Es256"},
        }
    )
    active = report.active
    assert (active.title, active.claim_version) == (None, None)
    assert [(each.label, each.created, each.data) for each in active.assertions] == [
        ("a", False, {})
    ]
    assert [(each.relationship, each.urn) for each in active.ingredients] == [("parentOf", None)]
    assert (active.signed_at, active.algorithm) == (None, "Es256")


def test_codes_are_listed_by_kind_and_deltas_apart() -> None:
    status = {"code": "claimSignature.mismatch", "url": 5, "explanation": "why"}
    found = {"failure": [status, {"code": None}], "success": "x"}
    results = {"activeManifest": found, "ingredientDeltas": [{"validationDeltas": found}, 1]}
    parsed = parse({}, validation_results=results).results
    assert parsed.active.failure == (Code("claimSignature.mismatch", "", "why"),)
    assert parsed.active.success == ()
    assert [len(delta.failure) for delta in parsed.deltas] == [1]
