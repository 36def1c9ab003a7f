"""The OpenAPI document against the service: no 5xx, no answer that the document does not name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from provenance.config import load
from provenance.service import build_app
from tests.service.conftest import SECTION, Service

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 8
"""Requests for each operation: most never reach a picture, and those that do cost little."""


@pytest.fixture(scope="module")
def document(service: Service) -> schemathesis.schemas.BaseSchema:
    return schemathesis.openapi.from_url(f"{service.address}/openapi.json")


def list_operations(service: Service) -> list[tuple[str, str]]:
    paths = httpx.get(f"{service.address}/openapi.json").json()["paths"]
    return [(path, method) for path, each in paths.items() for method in each]


def test_what_the_document_says_holds(
    service: Service, document: schemathesis.schemas.BaseSchema
) -> None:
    headers = {"Authorization": f"Bearer {service.keys['all']}"}
    asked = 0
    for found in document.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def check(case: schemathesis.Case[Any]) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(headers=headers, checks=CHECKS, timeout=60)

        check()
    assert asked >= len(list_operations(service)) * 2


def test_every_operation_is_described(service: Service) -> None:
    paths = httpx.get(f"{service.address}/openapi.json").json()["paths"]
    for path, each in paths.items():
        for method, operation in each.items():
            assert operation["summary"], (method, path)
            assert "200" in operation["responses"], (method, path)


def test_every_reference_leads_to_something(service: Service, png: bytes) -> None:
    """A generator of clients resolves all of them, whatever answers it meets."""
    document = httpx.get(f"{service.address}/openapi.json").json()
    validate(document)
    verdict = httpx.post(f"{service.address}/v1/verify", content=png, timeout=60).json()
    schema = {"$ref": "#/components/schemas/Verdict", "components": document["components"]}
    Draft202012Validator(schema).validate(verdict)
    wrong = {**verdict, "evidence": [{}]}
    assert not Draft202012Validator(schema).is_valid(wrong)


def test_the_published_document_is_that_of_the_service(
    project_folder: Path, service: Service
) -> None:
    config = project_folder / "provenance.toml"
    text = config.read_text("utf-8").partition("\n[service]")[0]
    config.write_text(text + SECTION, "utf-8")
    app = build_app(load(config))
    try:
        assert app.openapi() == httpx.get(f"{service.address}/openapi.json").json()
    finally:
        app.state.site.close()
