"""What strangers' manifests say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from provenance.manifest.claims import read_claims
from provenance.manifest.report import ManifestReport, parse_manifest

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def manifest(
    *actions: dict[str, Any], label: str = "c2pa.actions.v2", **more: Any
) -> ManifestReport:
    data = {"actions": list(actions)}
    return parse_manifest({"assertions": [{"label": label, "data": data}], **more})


def test_agent_as_text_or_as_name_and_version() -> None:
    plain = read_claims("u", manifest({"action": "c2pa.created", "softwareAgent": "Flux.2"}))
    agent = {"name": "Flux", "version": "2"}
    parts = read_claims("u", manifest({"action": "c2pa.created", "softwareAgent": agent}))
    assert (plain.model, plain.model_version) == ("Flux.2", None)
    assert (parts.model, parts.model_version) == ("Flux", "2")


def test_created_goes_before_whatever_names_a_source() -> None:
    edited = {"action": "c2pa.edited", "digitalSourceType": IPTC + "algorithmicMedia"}
    created = {"action": "c2pa.created", "digitalSourceType": IPTC + "digitalCapture"}
    assert read_claims("u", manifest(edited)).source_type == IPTC + "algorithmicMedia"
    assert read_claims("u", manifest(edited, created)).source_type == IPTC + "digitalCapture"


@pytest.mark.parametrize(
    "claimed", ["trainedAlgorithmicMedia", "http://foo/bar", IPTC, IPTC + "a\n", 5, None, ["x"]]
)
def test_a_source_type_is_a_term_of_the_vocabulary(claimed: object) -> None:
    action = {"action": "c2pa.created", "digitalSourceType": claimed}
    assert read_claims("u", manifest(action)).source_type is None


@pytest.mark.parametrize(
    ("when", "meant"),
    [
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T02:00:00+02:00", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("yesterday", None),
        (20260101, None),
    ],
)
def test_times_need_a_zone(when: object, meant: datetime | None) -> None:
    assert read_claims("u", manifest({"action": "c2pa.created", "when": when})).created == meant


def test_generator_from_info_or_from_the_old_field() -> None:
    info = [{"name": "Tool", "version": "1.2"}]
    assert (
        read_claims("u", parse_manifest({"claim_generator_info": info})).claim_generator
        == "Tool 1.2"
    )
    assert read_claims("u", parse_manifest({"claim_generator": "old/1"})).claim_generator == "old/1"
    assert read_claims("u", parse_manifest({})).claim_generator is None


def test_text_is_made_safe_to_show() -> None:
    content = read_claims("u", parse_manifest({"title": "\x1b[2J" + "x" * 10_000}))
    assert content.title is not None
    assert content.title.isprintable()
    assert len(content.title) <= 256
