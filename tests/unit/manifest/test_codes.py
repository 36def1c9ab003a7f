"""Codes are sorted by what they mean, and whatever is unclear counts against the manifest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.manifest import Credential, ManifestReading, codes
from provenance.manifest.report import parse_results

URN = "urn:c2pa:active"
PARENT = "urn:c2pa:parent"


def status(code: str, urn: str = URN, part: str = "c2pa.signature") -> dict[str, str]:
    return {"code": code, "url": f"self#jumbf=/c2pa/{urn}/{part}"}


def results(*failures: Any, **more: Any) -> dict[str, Any]:
    good = [
        status("claimSignature.validated"),
        status("signingCredential.trusted"),
        status("assertion.dataHash.match", part="c2pa.assertions/c2pa.hash.data"),
    ]
    return {"activeManifest": {"success": good, "failure": list(failures)}, **more}


def reading(*failures: Any, **more: Any) -> ManifestReading:
    sorted_codes = codes.sort_codes(parse_results(results(*failures, **more)), URN, [PARENT])
    return ManifestReading(
        urn=URN,
        validated=sorted_codes.validated,
        credential=Credential.TRUSTED if sorted_codes.trusted else Credential.UNKNOWN,
        hard_binding=sorted_codes.hard_binding,
        failures=sorted_codes.failures,
        ingredient_failures=sorted_codes.ingredient_failures,
    )


def test_clean() -> None:
    assert reading().authentic
    assert not reading().broken
    assert reading().hard_binding == "match"


@pytest.mark.parametrize("kind", ["dataHash", "boxesHash", "bmffHash"])
def test_a_lost_hard_binding_leaves_the_record_authentic(kind: str) -> None:
    found = reading(status(f"assertion.{kind}.mismatch", part="c2pa.assertions/c2pa.hash.data"))
    assert found.authentic
    assert found.hard_binding == "mismatch"
    assert not found.broken


@pytest.mark.parametrize("code", sorted(codes.BROKEN))
def test_broken_is_never_authentic(code: str) -> None:
    found = reading(status(code))
    assert found.broken
    assert not found.authentic


@pytest.mark.parametrize(
    "code",
    ["signingCredential.untrusted", "signingCredential.expired", "claimSignature.outsideValidity"],
)
def test_a_credential_problem_is_not_broken(code: str) -> None:
    found = reading(status(code))
    assert not found.broken
    assert not found.authentic
    assert found.credential_problems == (code,)


def test_a_code_never_heard_of_is_not_authentic() -> None:
    found = reading(status("general.surprise"))
    assert not found.authentic
    assert not found.broken
    assert found.credential_problems == ()


def test_failures_of_a_parent_are_the_parents() -> None:
    delta = {"validationDeltas": {"failure": [status("claimSignature.mismatch", PARENT)]}}
    found = reading(
        status("assertion.hashedURI.mismatch", PARENT, "c2pa.assertions/c2pa.actions"),
        {"code": "ingredient.manifest.missing", "url": None},
        ingredientDeltas=[delta],
    )
    assert found.authentic
    assert set(found.ingredient_failures) == {
        "assertion.hashedURI.mismatch",
        "ingredient.manifest.missing",
        "claimSignature.mismatch",
    }


@pytest.mark.parametrize(
    "url",
    [
        None,
        5,
        "",
        "self#jumbf=c2pa.assertions/c2pa.actions",
        "self#jumbf=/c2pa/urn:c2pa:unknown/c2pa.signature",
        f"self#jumbf=/c2pa/{PARENT}x/c2pa.signature",
        f"self#jumbf=/c2pa/{URN}/{PARENT}/c2pa.signature",
    ],
)
def test_a_failure_of_nobody_in_particular_is_the_active_manifests(url: object) -> None:
    assert reading({"code": "claimSignature.mismatch", "url": url}).broken


@pytest.mark.parametrize("urn", [PARENT, URN + "/x", "", "x"])
def test_anothers_success_is_no_success(urn: str) -> None:
    good = [status("claimSignature.validated", urn), status("signingCredential.trusted", urn)]
    found = codes.sort_codes(parse_results({"activeManifest": {"success": good}}), URN, [PARENT])
    assert not found.validated
    assert not found.trusted
    assert found.hard_binding == "absent"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ("activeManifest", "success", "failure", "code", "url", "ingredientDeltas")
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_anything_can_be_sorted_and_nothing_is_proved_by_it(value: Any) -> None:
    found = codes.sort_codes(parse_results(value), URN)
    assert not found.validated
    assert not found.trusted
