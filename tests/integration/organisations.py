"""Organisations in separate folders: producers made by ``init``, and whoever verifies their files.

Nothing is shared between folders but files that one organisation hands to another: pictures,
directory files and certificates.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from provenance import config as configs
from provenance.cli import project
from provenance.config import Config
from provenance.directory import CertificateBinding, DirectoryProducer, export
from provenance.registry import open_registry
from provenance.response import write_response
from provenance.signers import Signer, development, open_signer, pem_file
from provenance.stamp import Producer, StampedImage, Stamper
from provenance.stamp_id import StampId
from tests.authority import KEYS, Authority, key_pem
from tests.integration.studio import MODEL, VERSION, Pixels

CONTACT = "abuse@example.com"
A_NAME, B_NAME = "Ada Images", "Babel Pictures"


@dataclass(frozen=True)
class Provider:
    """A producer with a folder of its own, as ``provenance init`` makes it."""

    folder: Path
    name: str

    @classmethod
    def found(cls, folder: Path, name: str, contact: str = CONTACT) -> Provider:
        project.create(folder, name, contact)
        return cls(folder, name)

    @property
    def config(self) -> Config:
        return configs.load(self.folder / "provenance.toml")

    @property
    def authority(self) -> Path:
        """The certificate of its own authority."""
        return self.folder / "keys" / "authority.pem"

    @property
    def directory(self) -> Path:
        """The directory file that it hands to others."""
        return self.folder / "directory.json"

    @property
    def signer(self) -> Signer:
        return self.config.open_signer()

    @property
    def number(self) -> int:
        producer = self.config.producer
        assert producer is not None
        return producer.number

    @property
    def entry(self) -> DirectoryProducer:
        """Its entry, bound to its signer's one certificate."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes

        own = x509.load_pem_x509_certificates(self.signer.certificate_chain)[0]
        return DirectoryProducer(
            number=self.number,
            name=self.name,
            contact=CONTACT,
            binding=CertificateBinding(own.fingerprint(hashes.SHA256()).hex()),
            valid_from=own.not_valid_before_utc,
        )

    def renumber(self, number: int) -> None:
        """Write another number into its own config."""
        file = self.folder / "provenance.toml"
        file.write_text(file.read_text().replace(str(self.number), str(number)))

    def stamp(self, picture: Pixels) -> StampedImage:
        return self.config.stamper().stamp(
            picture, model=MODEL, model_version=VERSION, format="JPEG"
        )

    def issue_in_the_name_of(self, name: str) -> Signer:
        """Have its own authority issue a certificate that bears somebody else's name."""
        key = (self.folder / "keys" / "authority-key.pem").read_bytes()
        pem = development.renew(name, self.authority.read_bytes(), key)
        return pem_file.load(pem, pem)

    def stamp_as(self, name: str, picture: Pixels, number: int | None = None) -> StampedImage:
        """Stamp with a certificate in somebody else's name, and with any number."""
        stamper = Stamper(
            producer=Producer(name, number or self.number),
            signer=self.issue_in_the_name_of(name),
            registry=self.config.open_registry(),
        )
        return stamper.stamp(picture, model=MODEL, model_version=VERSION, format="JPEG")

    def respond(self, stamp_id: StampId) -> bytes:
        """Answer about a stamp, as ``provenance respond`` does."""
        responder = self.config.responder()
        return write_response(
            responder.answer_order(stamp_id, None, None), self.config.open_responder()
        )

    def publish(self, file: str, *entries: DirectoryProducer) -> Path:
        """Sign a directory file of any entries with its signer."""
        path = self.folder / file
        path.write_bytes(export(entries, self.signer, datetime.now(UTC)))
        return path


@dataclass(frozen=True)
class Vetting:
    """A certificate authority that no producer owns."""

    folder: Path
    issuer: Authority

    @classmethod
    def found(cls, folder: Path, name: str) -> Vetting:
        found = cls(folder, Authority(name))
        found.authority.write_bytes(found.issuer.pem)
        return found

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    def stamp_as(self, name: str, picture: Pixels) -> StampedImage:
        key = KEYS["es256"]()
        leaf = self.issuer.issue(key.public_key(), name)
        stamper = Stamper(
            producer=Producer(name, 700_000),
            signer=pem_file.load(key_pem(key), self.issuer.chain(leaf)),
            registry=open_registry("sqlite:///stamps.db", create=True, base=self.folder),
        )
        return stamper.stamp(picture, model=MODEL, model_version=VERSION, format="JPEG")


def set_up_verifier(
    folder: Path,
    *,
    anchors: Sequence[Path] = (),
    directory_anchors: Sequence[Path] = (),
    directories: Sequence[Path] = (),
) -> Config:
    """Write the config of somebody who only verifies: police, a platform."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        name: f"{name} = {json.dumps(list(map(str, paths)))}\n" if paths else ""
        for name, paths in (
            ("anchors", anchors),
            ("directory_anchors", directory_anchors),
            ("files", directories),
        )
    }
    file = folder / "provenance.toml"
    file.write_text(
        f"[trust]\n{written['anchors']}{written['directory_anchors']}"
        f"[directory]\n{written['files']}"
    )
    return configs.load(file)


def open_authority(folder: Path, name: str) -> tuple[Signer, Path]:
    """Make a directory authority: its signer, and the certificate that others pin."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = development.create(name)
    (folder / "signer.pem").write_bytes(keys.signer)
    (folder / "authority.pem").write_bytes(keys.authority)
    return open_signer("file:signer.pem", folder=folder), folder / "authority.pem"


def renamed(entry: DirectoryProducer, **changes: object) -> DirectoryProducer:
    return replace(entry, **changes)  # type: ignore[arg-type]
