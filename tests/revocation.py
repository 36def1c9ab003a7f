"""An issuer that answers about its certificates: ``openssl ocsp`` behind an HTTP server."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from provenance.certificates import to_pem
from provenance.signers import pem_file
from provenance.signers.pem_file import PemSigner
from tests.authority import KEYS, Authority, key_pem
from tests.components import need_program

RESPONDING = (ExtendedKeyUsageOID.OCSP_SIGNING,)


class Responder:
    """Answers OCSP queries over HTTP for one authority; ``asked`` counts them.

    ``answer`` replaces what it says. ``revoke`` changes what it says.
    """

    def __init__(self, folder: Path, authority: Authority, *, delegated: bool = True) -> None:
        need_program("openssl")
        self.folder, self.authority, self.asked = folder, authority, 0
        self.answer: bytes | None = None
        self.delegated = delegated
        self._lines: dict[int, str] = {}
        key = KEYS["es256"]() if delegated else authority.key
        own = authority.certificate
        if delegated:
            own = authority.issue(key.public_key(), "Responder", purposes=RESPONDING)
        (folder / "ocsp.key").write_bytes(key_pem(key))
        (folder / "ocsp.pem").write_bytes(to_pem(own))
        (folder / "ca.pem").write_bytes(authority.pem)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self._thread = Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Be gone."""
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def signer(self, *, names_responder: bool = True) -> PemSigner:
        """A signer with a new key, whose certificate names this responder."""
        key = KEYS["es256"]()
        issued = self.authority.issue(key.public_key())
        if names_responder:
            issued = self._name_responder(issued)
        self._set(issued, "V", "")
        return pem_file.load(key_pem(key), self.authority.chain(issued))

    def revoke(self, signer: PemSigner, since: datetime) -> None:
        """Say from now on that this signer's certificate is revoked since then."""
        (leaf, *_) = x509.load_pem_x509_certificates(signer.certificate_chain)
        self._set(leaf, "R", f"{since.astimezone(UTC):%y%m%d%H%M%SZ},keyCompromise")

    def reply(self, query: bytes) -> bytes:
        """Let OpenSSL answer a query."""
        (self.folder / "index.txt").write_text("".join(self._lines.values()))
        (self.folder / "query").write_bytes(query)
        command = "openssl ocsp -index index.txt -CA ca.pem -rsigner ocsp.pem -rkey ocsp.key"
        subprocess.run(
            [*command.split(), "-reqin", "query", "-respout", "answer", "-nmin", "60"],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        return (self.folder / "answer").read_bytes()

    def _set(self, leaf: x509.Certificate, state: str, since: str) -> None:
        until = f"{leaf.not_valid_after_utc:%y%m%d%H%M%SZ}"
        fields = (
            state,
            until,
            since,
            f"{leaf.serial_number:X}",
            "unknown",
            f"/CN={len(self._lines)}",
        )
        self._lines[leaf.serial_number] = "\t".join(fields) + "\n"

    def _name_responder(self, leaf: x509.Certificate) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(leaf.subject)
            .issuer_name(leaf.issuer)
            .public_key(leaf.public_key())
            .serial_number(leaf.serial_number)
            .not_valid_before(leaf.not_valid_before_utc)
            .not_valid_after(leaf.not_valid_after_utc)
        )
        for each in leaf.extensions:
            builder = builder.add_extension(each.value, each.critical)
        here = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(self.url)
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([here]), critical=False)
        return builder.sign(self.authority.key, leaf.signature_hash_algorithm)  # type: ignore[arg-type]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        responder = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                responder.asked += 1
                query = self.rfile.read(int(self.headers["Content-Length"]))
                answer = responder.answer
                answer = responder.reply(query) if answer is None else answer
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
