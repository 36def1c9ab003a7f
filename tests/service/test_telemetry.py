"""What an operator sees of the work: how long each stage takes, and nothing of what came in."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from provenance.progress import Stage
from provenance.service import ApiKeys, Scope
from tests.service.conftest import SECTION, Service, run_service

VERIFY = [Stage.DECODING, Stage.LOOKING]
STAMP = [
    *(Stage.DECODING, Stage.LOOKING, Stage.MARKING, Stage.ENCODING),
    *(Stage.CHECKING, Stage.COMPARING, Stage.SIGNING),
]


def read_metrics(service: Service, name: str) -> dict[tuple[str, ...], float]:
    with service.client("metrics") as client:
        text = client.get("/metrics").raise_for_status().text
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def test_metrics_count_requests_and_stages(service: Service, png: bytes) -> None:
    """Also the stages of a stamp, which other processes work on."""
    with service.client("stamp") as client:
        client.post("/v1/stamp?model=secret-model", content=png).raise_for_status()
        client.post("/v1/verify", content=png).raise_for_status()
        assert client.post("/v1/verify", content=b"nothing").status_code == 415
    stages = read_metrics(service, "provenance_stage_seconds_count")
    for operation, expected in (("verify", VERIFY), ("stamp", STAMP)):
        assert stages[operation, "waiting"] >= 1
        assert all(stages[operation, stage] >= 1 for stage in expected), operation
    requests = read_metrics(service, "provenance_requests_total")
    assert requests["/v1/verify", "200"] >= 1
    assert requests["/v1/verify", "415"] >= 1
    with service.client("metrics") as client:
        assert "secret" not in client.get("/metrics").text


class _Collector(BaseHTTPRequestHandler):
    received: list[bytes]

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def collect() -> Iterator[tuple[str, list[bytes]]]:
    """Run a collector of OpenTelemetry; yield its address and what it gets."""
    received: list[bytes] = []
    handler = type("Collector", (_Collector,), {"received": received})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", received
        finally:
            server.shutdown()
            thread.join()


def test_traces_reach_a_collector_before_the_end(
    blank: Path, tmp_path: Path, png: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One span for each picture, and one inside it for each stage, one after the other."""
    folder = shutil.copytree(blank, tmp_path / "project")
    key = ApiKeys(folder / "keys" / "api.jsonl").grant("me", [Scope.STAMP])
    section = SECTION.replace("metrics = true", "traces = true")
    with collect() as (address, received):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        with run_service(folder, section) as service:
            headers = {"Authorization": f"Bearer {key}"}
            with httpx.Client(base_url=service, headers=headers, timeout=120) as client:
                client.post("/v1/stamp?model=secret-model", content=png).raise_for_status()
    messages = [ExportTraceServiceRequest.FromString(body) for body in received]
    resources = [found for each in messages for found in each.resource_spans]
    for resource in resources:
        named = {each.key: each.value.string_value for each in resource.resource.attributes}
        assert named["service.name"] == "provenance"
    spans = [span for each in resources for scope in each.scope_spans for span in scope.spans]
    (whole,) = (span for span in spans if not span.parent_span_id)
    assert whole.name == "stamp"
    parts = [span for span in spans if span.parent_span_id == whole.span_id]
    assert [span.name for span in parts][: len(STAMP) + 1] == ["waiting", *STAMP]
    for before, after in pairwise(parts):
        assert before.end_time_unix_nano <= after.start_time_unix_nano
    assert not any(span.attributes for span in spans)
    assert not any(b"secret" in body for body in received)
