"""A producer with keys, and pictures to sign."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from provenance.manifest import ModelAction, SignedImage, StampStatement, Trust, draw_urn, sign
from provenance.signers import development, pem_file
from provenance.signers.pem_file import PemSigner


@dataclass(frozen=True)
class Producer:
    """A signer with its authority."""

    keys: development.DevelopmentKeys
    signer: PemSigner
    trust: Trust


@pytest.fixture(scope="session")
def producer() -> Producer:
    keys = development.create("Example Ltd")
    return Producer(keys, pem_file.load(keys.signer, keys.signer), Trust.from_pem(keys.authority))


@pytest.fixture(scope="session")
def stranger() -> Producer:
    keys = development.create("Stranger Ltd")
    return Producer(keys, pem_file.load(keys.signer, keys.signer), Trust.from_pem(keys.authority))


@pytest.fixture(scope="session")
def statement() -> StampStatement:
    return StampStatement(
        producer=0x80001,
        producer_name="Example Ltd",
        model="example-diffusion",
        model_version="3",
        created=datetime(2026, 11, 22, 17, 0, 5, tzinfo=UTC),
        payload=bytes(range(12)),
        alg="unlisted.provenance.dwt.1",
        pdq="0f" * 32,
        pdq_quality=97,
        lattice="A9" * 200,
    )


@pytest.fixture(scope="session")
def edited(statement: StampStatement) -> StampStatement:
    """What is stated of a picture that was there before."""
    return replace(statement, action=ModelAction.EDITED)


@pytest.fixture(scope="session")
def picture() -> Callable[..., bytes]:
    """Make a small picture of a format; another seed, another picture."""

    def make(format_name: str = "PNG", seed: int = 0, side: int = 48) -> bytes:
        pixels = np.random.default_rng(seed).integers(0, 255, (side, side, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, format_name)
        return file.getvalue()

    return make


@pytest.fixture(scope="session")
def signed(
    producer: Producer, statement: StampStatement, picture: Callable[..., bytes]
) -> SignedImage:
    """A signed PNG."""
    return sign(picture(), "image/png", statement, producer.signer, draw_urn())
