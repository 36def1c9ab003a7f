"""Several instances on one PostgreSQL registry: nothing but the registry is shared."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from provenance.config import load
from provenance.registry import open_registry
from provenance.service import ApiKeys, Scope, build_app
from tests.postgres import run_server
from tests.service.conftest import SECTION, run_service

ONE_WORKER = SECTION.replace("workers = 2", "workers = 1")


def test_two_instances_need_no_coordination(project_folder: Path, png: bytes) -> None:
    key = ApiKeys(project_folder / "keys" / "api.jsonl").grant("me", [Scope.STAMP])
    config = project_folder / "provenance.toml"
    with run_server() as server:
        uri = server.uri(server.make_database())
        open_registry(uri, project_folder / "keys" / "log.pem", create=True).close()
        text = config.read_text("utf-8").replace('uri = "sqlite:///stamps.db"', f'uri = "{uri}"')
        config.write_text(text, "utf-8")
        other = shutil.copytree(project_folder, project_folder.with_name("other"))
        with (
            run_service(project_folder, ONE_WORKER) as first,
            run_service(other, ONE_WORKER) as second,
            ThreadPoolExecutor(4) as threads,
        ):

            def stamp(number: int) -> httpx.Response:
                return httpx.post(
                    f"{(first, second)[number % 2]}/v1/stamp?model=example",
                    content=png,
                    headers={"Authorization": f"Bearer {key}", "Idempotency-Key": f"{number // 2}"},
                    timeout=120,
                )

            answers = list(threads.map(stamp, range(4)))  # each key at both, at once
            assert [each.status_code for each in answers] == [200] * 4
            assert len({each.content for each in answers}) == 2
            assert answers[0].content == answers[1].content
            seen = httpx.post(f"{second}/v1/verify", content=answers[0].content, timeout=120)
            assert seen.json()["state"] == "attributed"
            assert [httpx.get(f"{each}/readyz").status_code for each in (first, second)] == [
                200
            ] * 2
        with open_registry(uri, read_only=True) as registry:
            assert registry.size == 2
            assert registry.audit().ok


def test_an_application_is_built_whole_before_a_request(project_folder: Path) -> None:
    # FastAPI would build routes in the first request of each instance, and a wrong one fail there.
    app = build_app(load(project_folder / "provenance.toml"))
    described = app.openapi_schema
    assert described is not None
    assert "/v1/stamp" in described["paths"]
