"""A time-stamp authority on loopback: ``openssl ts`` behind an HTTP server, until it is stopped."""

from __future__ import annotations

import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from provenance.certificates import to_pem
from tests.authority import KEYS, Authority, key_pem
from tests.components import need_program

STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)

_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/chain.pem
signer_key = {folder}/tsa.key
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
signer_digest = sha256
ess_cert_id_alg = sha256
"""


class TimeStampAuthority:
    """Answers RFC 3161 queries over HTTP.

    ``answer`` replaces what it says: bytes of its own, or an HTTP status to refuse with; ``asked``
    counts queries.
    """

    def __init__(
        self,
        folder: Path,
        root: Authority | None = None,
        certificate: x509.Certificate | None = None,
    ) -> None:
        need_program("openssl")
        self.folder = folder
        self.root = root or Authority("Time root")
        key = KEYS["es256"]()
        leaf = self.root.issue(key.public_key(), "Time", purposes=STAMPING)
        (folder / "tsa.key").write_bytes(key_pem(key))
        (folder / "tsa.pem").write_bytes(to_pem(certificate or leaf))
        (folder / "chain.pem").write_bytes(self.root.pem)
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
        self.answer: bytes | int | None = None
        self.asked = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}/stamp"
        self._thread = Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def die(self) -> None:
        """Be gone at once, whoever is waiting."""
        self.server.socket.close()
        self.server.shutdown()

    def stop(self) -> None:
        """Be gone."""
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def reply(self, query: bytes) -> bytes:
        """Make a time stamp, or give the answer that was set."""
        if isinstance(self.answer, bytes):
            return self.answer
        with tempfile.TemporaryDirectory() as folder:
            asked, made = Path(folder, "query"), Path(folder, "reply")
            asked.write_bytes(query)
            command = ["openssl", "ts", "-reply", "-config", str(self.folder / "tsa.cnf")]
            files = ["-queryfile", str(asked), "-out", str(made)]
            subprocess.run([*command, *files], check=True, capture_output=True)
            return made.read_bytes()

    def _handler(authority) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - two selfs
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                authority.asked += 1
                query = self.rfile.read(int(self.headers["Content-Length"]))
                if isinstance(authority.answer, int):
                    self.send_error(authority.answer)
                    return
                reply = authority.reply(query)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


@contextmanager
def time_stamp_authority(
    folder: Path, root: Authority | None = None
) -> Iterator[TimeStampAuthority]:
    """Run an authority."""
    authority = TimeStampAuthority(folder, root)
    try:
        yield authority
    finally:
        authority.stop()


@lru_cache(1)
def _silent() -> socket.socket:
    """A port that is taken and does not listen: whoever connects is refused, and nobody gets it."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken


def nobody() -> str:
    """An address where nobody answers."""
    return f"http://127.0.0.1:{_silent().getsockname()[1]}/"
