"""Run the application until a signal ends it, and let what is under way come to its end."""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from provenance.errors import ConfigError
from provenance.service.app import build_app
from provenance.service.lines import write_json_lines
from provenance.service.web.site import Site

if TYPE_CHECKING:
    from provenance.config import Config

logger = logging.getLogger("provenance.service")

GRACE_S = 70
"""Seconds for requests under way: a worker's time for one picture, and the rest of the answer."""

KEEP_ALIVE_S = 20
"""Seconds that an idle connection is kept; load balancers keep theirs for longer or ask again."""

BACKLOG = 2_048
MAX_HEADERS = 2**16  # bytes


def serve(config: Config, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; returns when all that was under way is answered.

    Raises
    ------
    ConfigError, OutputNotWritableError
        A part can't be built from the config, or nobody can listen at the address.
    """
    _check_address(host, port)
    write_json_lines()
    app = build_app(config)
    try:
        app.state.site.engine.start()
    except BaseException:
        app.state.site.close()
        raise
    server = _Server(
        app.state.site,
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=bool(config.service.proxies),
            forwarded_allow_ips=list(config.service.proxies),
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
            backlog=BACKLOG,
            h11_max_incomplete_event_size=MAX_HEADERS,
            ws="none",
            lifespan="on",
        ),
    )
    server.run()


def _check_address(host: str, port: int) -> None:
    """Say in words that an address can't be had, before anything is built."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, _, _, place in found:
            with socket.socket(family, kind) as probe:
                if sys.platform != "win32":
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(place)
    except OSError as error:
        raise ConfigError(
            f"Nobody can listen at {host}, port {port}: {error.strerror}. Name another address "
            "with --host and --port."
        ) from error


class _Server(uvicorn.Server):
    """Tells ``/readyz`` as soon as a signal asks for the end."""

    def __init__(self, site: Site, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._site = site

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say where."""
        await super().startup(sockets)
        for listening in (each for found in self.servers for each in found.sockets):
            host, port = listening.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            line = {"event": "listening", "address": f"http://{shown}:{port}"}
            logger.info("%s", json.dumps(line))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's
        """End when all is answered; a second Ctrl-C ends at once."""
        self._site.draining = True
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
