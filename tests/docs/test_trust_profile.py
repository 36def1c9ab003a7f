"""The Trust Profile for JPEG Trust asks only what a verdict holds, in every language."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml  # type: ignore[import-untyped]

from docs.generate import tree
from provenance.language import NAMES
from provenance.schemas import read_schema
from provenance.verify import State

SECTIONS = list(yaml.safe_load_all((tree.DOCS / "jpeg-trust-profile.yml").read_text("utf-8")))
RULES: list[dict[str, Any]] = [
    each for section in SECTIONS[1:] for each in section if "expression" in each
]


def test_it_asks_for_states_and_fields_that_there_are() -> None:
    verdict = json.loads(read_schema("verdict"))["properties"]
    ids = {each["id"] for each in RULES}
    for rule in RULES:
        asked = re.findall(r"\b(?:profile\.)?[a-z_]+\b", re.sub(r'"[^"]*"', "", rule["expression"]))
        for name in asked:
            if name.startswith("profile."):
                assert name.removeprefix("profile.") in ids
            elif name not in ("contains", "source_type"):
                assert name in verdict, name
        for state in re.findall(r'state [!=]= "(\w+)"', rule["expression"]):
            assert State(state)
    assert "source_type" in json.dumps(verdict["origin"])


def test_every_rule_says_both_answers_in_every_language() -> None:
    for rule in RULES:
        assert set(rule["report_text"]) == {"true", "false"}
        for texts in rule["report_text"].values():
            assert set(texts) == set(NAMES)
            assert len(set(texts.values())) == len(NAMES)
