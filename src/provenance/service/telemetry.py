"""Metrics and traces by stage. Both are extras: without them nothing is counted and nothing sent.

No label and no attribute comes from a request: neither names, nor hashes, nor addresses.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from provenance.distribution import say_install
from provenance.errors import ConfigError
from provenance.progress import Stage

if TYPE_CHECKING:
    from provenance.config import ServiceSection

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Seconds: from an answer out of the registry to the longest that a worker may take."""


class Telemetry:
    """Counts and times. Safe between threads.

    Raises
    ------
    ConfigError
        The config asks for metrics or traces, and the extra is missing.
    """

    def __init__(self, section: ServiceSection) -> None:
        try:
            self._metrics = _Metrics() if section.metrics else None
            self._traces = _open_traces() if section.traces else None
        except ImportError as error:
            raise ConfigError(
                f"Metrics and traces need more packages: {say_install('telemetry')}."
            ) from error

    @property
    def metrics(self) -> tuple[bytes, str] | None:
        """The metrics as text, with their media type; None where none are kept."""
        return self._metrics.write() if self._metrics else None

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count an answered request; ``route`` is the pattern, not the path."""
        if self._metrics:
            self._metrics.requests.labels(route, str(status)).inc()
            self._metrics.durations.labels(route).observe(seconds)

    @contextmanager
    def stages(self, operation: str) -> Iterator[Callable[[Stage], None]]:
        """Time an operation and the stages that the yielded function is told of."""
        begun = [("waiting", time.monotonic(), time.time_ns())]
        marks: list[tuple[str, float, int, int]] = []

        def enter(stage: str) -> None:
            name, start, wall = begun.pop()
            marks.append((name, time.monotonic() - start, wall, time.time_ns()))
            begun.append((stage, time.monotonic(), time.time_ns()))

        try:
            yield enter
        finally:
            enter("end")
            for name, seconds, *_ in marks if self._metrics else ():
                assert self._metrics is not None  # noqa: S101 - for the type checker
                self._metrics.stages.labels(operation, name).observe(seconds)
            if self._traces:
                self._trace(operation, marks)

    def close(self) -> None:
        """Send what was not sent yet."""
        if self._traces:
            self._traces.shutdown()

    def _trace(self, operation: str, marks: list[tuple[str, float, int, int]]) -> None:
        from opentelemetry import trace

        assert self._traces is not None  # noqa: S101 - for the type checker
        tracer = self._traces.get_tracer("provenance")
        span = tracer.start_span(operation, start_time=marks[0][2])
        inside = trace.set_span_in_context(span)
        for name, _, start, end in marks:
            tracer.start_span(name, context=inside, start_time=start).end(end)
        span.end(marks[-1][3])


class _Metrics:
    """The Prometheus metrics, in a registry of their own."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self._registry = CollectorRegistry()
        self.requests = Counter(
            "provenance_requests", "Requests.", ("route", "status"), registry=self._registry
        )
        self.durations = Histogram(
            "provenance_request_seconds",
            "Time from a request to its answer.",
            ("route",),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self.stages = Histogram(
            "provenance_stage_seconds",
            "Time of each stage of the work.",
            ("operation", "stage"),
            buckets=BUCKETS,
            registry=self._registry,
        )

    def write(self) -> tuple[bytes, str]:
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(self._registry), CONTENT_TYPE_LATEST


def _open_traces() -> Any:
    """Open what sends spans; the environment says where to (``OTEL_EXPORTER_OTLP_ENDPOINT``)."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "provenance"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
