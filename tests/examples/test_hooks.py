"""The examples of hooks, in the programs that they are for or in stand-ins of them."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import provenance as pv
from provenance.project_file import VARIABLE
from tests.cli.conftest import run_here
from tests.examples.hooks import load_example

UPSTREAM_ERROR = {"error": {"message": "Blocked by moderation.", "code": "moderation_blocked"}}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert run_here("init", tmp_path / "studio", "--producer", "Example AI").status == 0
    file = tmp_path / "studio" / "provenance.toml"
    monkeypatch.setenv(VARIABLE, str(file))
    monkeypatch.setenv("MODEL", "example-diffusion")
    return file


@pytest.fixture
def encoded(photograph: NDArray[np.uint8]) -> str:
    file = io.BytesIO()
    Image.fromarray(photograph[:256, :256]).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def ask(
    upstream: Callable[[httpx.Request], httpx.Response], task: str = "generations", **body: Any
) -> httpx.Response:
    """Ask the proxy before an upstream that answers so."""
    proxy = load_example("openai_proxy.py")
    proxy.client = httpx.Client(transport=httpx.MockTransport(upstream), base_url="http://up")
    key = {"Authorization": "Bearer of-the-client", "Cookie": "secret"}

    async def main() -> httpx.Response:
        transport = httpx.ASGITransport(proxy.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.post(f"/v1/images/{task}", json=body, headers=key)

    with proxy.client:
        return asyncio.run(main())


def verify(config: Path, encoded: str) -> pv.Verdict:
    return pv.load_config(config).verifier().verify(base64.b64decode(encoded))


def test_the_proxy_stamps_answers(config: Path, encoded: str) -> None:
    def upstream(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/images/edits"
        assert request.headers["authorization"] == "Bearer of-the-client"
        assert "cookie" not in request.headers
        assert json.loads(request.content) == {"prompt": "a"}
        return httpx.Response(200, json={"created": 1, "data": [{"b64_json": encoded}]})

    found = ask(upstream, "edits", prompt="a")
    assert found.status_code == 200
    verdict = verify(config, found.json()["data"][0]["b64_json"])
    assert verdict.state is pv.State.ATTRIBUTED
    assert verdict.origin is not None
    assert str(verdict.origin.source_type).endswith("compositeWithTrainedAlgorithmicMedia")


def test_the_proxy_stamps_streams(config: Path, encoded: str) -> None:
    kind = "image_generation"
    events = [
        {"type": f"{kind}.partial_image", "b64_json": encoded},
        {"type": f"{kind}.completed", "b64_json": encoded},
    ]
    text = "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)
    headers = {"content-type": "text/event-stream"}
    found = ask(lambda _: httpx.Response(200, text=text, headers=headers), stream=True)
    (line,) = (line for line in found.text.splitlines() if line.startswith("data: "))
    assert verify(config, json.loads(line[6:])["b64_json"]).state is pv.State.ATTRIBUTED


def break_down(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


@pytest.mark.parametrize(
    ("upstream", "status", "says"),
    [
        (lambda _: httpx.Response(400, json=UPSTREAM_ERROR), 400, "Blocked by moderation."),
        (break_down, 502, "The upstream did not answer as it should."),
        (lambda _: httpx.Response(200, text="<p>"), 502, "The upstream did not answer"),
        (lambda _: httpx.Response(302, headers={"location": "http://a"}), 502, "The upstream"),
        (lambda _: httpx.Response(200, json={"data": [{"b64_json": "x"}]}), 500, "not sent"),
        (
            lambda _: httpx.Response(200, json={"data": [{"url": "http://127.0.0.1/a"}]}),
            500,
            "not sent",
        ),
    ],
)
def test_the_proxy_passes_on_errors_and_nothing_unstamped(
    config: Path, upstream: Callable[[httpx.Request], httpx.Response], status: int, says: str
) -> None:
    found = ask(upstream)
    assert found.status_code == status
    assert says in found.json()["error"]["message"]


def test_the_proxy_offers_nothing_else(config: Path) -> None:
    assert ask(break_down, "models").status_code == 400


def test_nodes_and_script_are_found(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = load_example("comfyui_provenance/__init__.py")
    assert set(nodes.NODE_CLASS_MAPPINGS) == {"ProvenanceStampAndSave", "ProvenanceVerify"}
    calls: list[Any] = []
    callbacks = ModuleType("modules.script_callbacks")
    vars(callbacks)["on_image_saved"] = calls.append
    monkeypatch.setitem(sys.modules, "modules", ModuleType("modules"))
    monkeypatch.setitem(sys.modules, "modules.script_callbacks", callbacks)
    load_example("webui_provenance/scripts/provenance_stamp.py")
    assert len(calls) == 1
