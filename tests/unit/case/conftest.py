"""A small case: a picture without any evidence, examined and signed by a development examiner."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from PIL import Image

from provenance.case import CaseFile, Clock, Source, Tracer, write
from provenance.certificates import load_pem_chain
from provenance.signers import Signer, development, pem_file
from provenance.verify import Verifier

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLOCK = Clock("a clock of the tests", lambda: MOMENT)


@dataclass(frozen=True)
class Examiner:
    """Somebody who signs cases."""

    signer: Signer
    certificate: x509.Certificate


def new_examiner() -> Examiner:
    text = development.create("Helpline").examiner
    return Examiner(pem_file.load(text, text), load_pem_chain(text)[0])


@pytest.fixture(scope="session")
def examiner() -> Examiner:
    return new_examiner()


@pytest.fixture(scope="session")
def picture() -> bytes:
    """An evenly grey picture, which carries nothing."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="session")
def tracer(examiner: Examiner) -> Tracer:
    return Tracer(Verifier(), examiner=examiner.signer, clock=CLOCK)


@pytest.fixture(scope="session")
def case(tracer: Tracer, picture: bytes) -> CaseFile:
    return tracer.trace(Source(lambda: picture), "2026-17", "provenance trace IMAGE")


@pytest.fixture
def written(case: CaseFile, tmp_path: Path) -> Callable[[CaseFile], Path]:
    """Write a case into a folder of its own."""

    def new(other: CaseFile = case) -> Path:
        folder = tmp_path / f"case-{len(list(tmp_path.iterdir()))}"
        write(other, folder)
        return folder

    return new
