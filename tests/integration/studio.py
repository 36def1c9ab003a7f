"""Producers with all that they work with, and what a picture's travels do to its file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance.certificates import hash_certificate, load_pem_chain
from provenance.directory import CertificateBinding, DirectoryProducer
from provenance.manifest import Trust, TrustList
from provenance.registry import Registry, open_registry
from provenance.signers import Signer, development, open_signer
from provenance.stamp import Producer, Stamper
from provenance.verify import Verdict

Pixels = NDArray[np.uint8]

A, B = Producer("Producer A", 600_000), Producer("Producer B", 7)
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
MODEL, VERSION = "example-diffusion", "3"


@dataclass(frozen=True)
class Studio:
    """A producer with all that it works with."""

    producer: Producer
    signer: Signer
    authority: bytes
    registry: Registry
    registry_file: Path
    stamper: Stamper

    @property
    def entry(self) -> DirectoryProducer:
        certificate = load_pem_chain(self.signer.certificate_chain)[0]
        return DirectoryProducer(
            number=self.producer.number,
            name=f"{self.producer.name} Ltd.",
            contact="abuse@example.com",
            binding=CertificateBinding(hash_certificate(certificate)),
            valid_from=LONG_AGO,
        )


def open_studio(folder: Path, producer: Producer, organisation: str | None = None) -> Studio:
    """Open the studio in a folder; an empty one becomes one."""
    authority = folder / "authority.pem"
    if not authority.exists():
        keys = development.create(organisation or producer.name)
        (folder / "signer.pem").write_bytes(keys.signer)
        authority.write_bytes(keys.authority)
    signer = open_signer("file:signer.pem", folder=folder)
    registry = open_registry("sqlite:///stamps.db", base=folder)
    stamper = Stamper(producer=producer, signer=signer, registry=registry)
    file = folder / "stamps.db"
    return Studio(producer, signer, authority.read_bytes(), registry, file, stamper)


def trust(*studios: Studio) -> Trust:
    return Trust(tuple(TrustList(s.producer.name, s.authority.decode()) for s in studios))


def jpeg(picture: Pixels | Image.Image, quality: int = 80) -> bytes:
    """Encode afresh, so that nothing but pixels is left."""
    file = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def codes(verdict: Verdict) -> set[str]:
    return {code for finding in verdict.findings for code in finding.codes}


def with_manifest_of(signed: bytes, bare: bytes) -> bytes:
    """Move the APP11 segments, which hold the manifest, from one JPEG to another."""
    segments, at = b"", 2
    while signed[at + 1] != 0xDA:
        length = 2 + int.from_bytes(signed[at + 2 : at + 4], "big")
        if signed[at + 1] == 0xEB:
            segments += signed[at : at + length]
        at += length
    return bare[:2] + segments + bare[2:]


def plain_manifest(urn: str) -> dict[str, object]:
    """Write what a generator without marks would state."""
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    action = {"action": "c2pa.created", "digitalSourceType": source}
    actions = {"label": "c2pa.actions.v2", "created": True, "data": {"actions": [action]}}
    return {
        "label": urn,
        "claim_generator_info": [{"name": "somebody's tool", "version": "1"}],
        "assertions": [actions],
    }
