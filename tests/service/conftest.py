"""A running service over a project of its own, and clients for it."""

from __future__ import annotations

import io
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import uvicorn
from numpy.typing import NDArray
from PIL import Image

from provenance.cli import project
from provenance.config import load
from provenance.service import ApiKeys, Scope, build_app
from tests.once import once

Pixels = NDArray[np.uint8]

SECTION = """
[service]
address = "https://verify.example.com"
keys = "keys/api.jsonl"
public = ["verify", "responses", "fetch:manifests"]
anonymous_per_minute = 100000
key_per_minute = 100000
metrics = true
signer = "file:keys/examiner.pem"
feedback = "feedback.jsonl"

[isolation]
workers = 2
"""


@dataclass(frozen=True)
class Service:
    """A running service: its project, its address, and keys by scope."""

    folder: Path
    address: str
    keys: Mapping[str, str]

    def client(self, scope: str | None = None, **options: Any) -> httpx.Client:
        """A client, with a key that has one scope or none."""
        headers = {**options.pop("headers", {})}
        if scope:
            headers["Authorization"] = f"Bearer {self.keys[scope]}"
        return httpx.Client(base_url=self.address, headers=headers, timeout=120, **options)


@contextmanager
def run_service(folder: Path, section: str = SECTION) -> Iterator[str]:
    """Run the service of a project in a thread; its end is graceful."""
    config = folder / "provenance.toml"
    text = config.read_text("utf-8").partition("\n[service]")[0]
    config.write_text(text + section, "utf-8")
    server = uvicorn.Server(
        uvicorn.Config(build_app(load(config)), port=0, log_config=None, lifespan="on")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            thread.join(0.01)
        (listening,) = (each for found in server.servers for each in found.sockets)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that nobody has used, made once per run."""
    return (
        once(
            tmp_path_factory,
            "service",
            lambda folder: project.create(folder / "project", "Example AI"),
        )
        / "project"
    )


@pytest.fixture
def project_folder(blank: Path, tmp_path: Path) -> Path:
    return shutil.copytree(blank, tmp_path / "project")


@pytest.fixture(scope="module")
def service(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = shutil.copytree(blank, tmp_path_factory.mktemp("service") / "project")
    keys = ApiKeys(folder / "keys" / "api.jsonl")
    by_scope = {scope.value: keys.grant(f"for {scope}", [scope]) for scope in Scope}
    by_scope["all"] = keys.grant("for all", list(Scope))
    with run_service(folder) as address:
        yield Service(folder, address, by_scope)


@pytest.fixture(scope="session")
def png(photograph: Pixels) -> bytes:
    """A small picture that nobody stamped."""
    return encode(photograph[:256, 128:384])


def encode(pixels: Pixels, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


@pytest.fixture(scope="module")
def stamped(service: Service, png: bytes) -> httpx.Response:
    """What the service answers to a picture that is to be stamped."""
    with service.client("stamp") as client:
        answer = client.post("/v1/stamp", params={"model": "example"}, content=png)
    assert answer.status_code == 200, answer.text
    return answer
