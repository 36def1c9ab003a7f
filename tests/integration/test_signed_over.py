"""A platform signs over a stamp: what the stamp proves stays visible, whoever signed last."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import c2pa
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance.cli.main import run
from provenance.manifest import Trust, sdk
from provenance.registry import open_registry
from provenance.signers import Signer
from provenance.stamp import Producer, StampedImage, Stamper
from tests.authority import Authority

OPENED = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["before"]}}
STATED = {"actions": [OPENED, {"action": "c2pa.transcoded"}]}
MANIFEST = {
    "claim_generator_info": [{"name": "platform", "version": "1"}],
    "assertions": [{"label": "c2pa.actions.v2", "created": True, "data": STATED}],
}
PARENT = {"relationship": "parentOf", "label": "before"}


@pytest.fixture(scope="module")
def ours() -> Authority:
    return Authority("Example AI")


@pytest.fixture(scope="module")
def theirs() -> Authority:
    return Authority("Platform")


@pytest.fixture(scope="module")
def stamped(
    ours: Authority, photograph: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory
) -> StampedImage:
    folder = tmp_path_factory.mktemp("registry")
    with open_registry("sqlite:///stamps.db", create=True, base=folder) as registry:
        stamper = Stamper(
            producer=Producer("Example AI", 600_000), signer=ours.signer(), registry=registry
        )
        return stamper.stamp(photograph[:384, :384], model="net", model_version="2")


def sign_over(stamped: bytes, signer: Signer) -> bytes:
    """What a platform does: encode anew, take the stamped picture in as parent, sign."""
    pixels = Image.open(io.BytesIO(stamped)).convert("RGB")
    encoded, signed = io.BytesIO(), io.BytesIO()
    pixels.save(encoded, "JPEG", quality=85)
    encoded.seek(0)
    context = sdk._context(os.getpid(), Trust.none(), False)
    with c2pa.Builder(MANIFEST, context) as builder:
        builder.add_ingredient(PARENT, "image/png", io.BytesIO(stamped))
        with sdk._native_signer(c2pa, sdk._Relay(signer), None, False) as native:
            builder.sign(native, "image/jpeg", encoded, signed)
    return signed.getvalue()


@pytest.mark.parametrize("trusted", ["ours", "theirs", "both"])
def test_the_stamp_stays_visible(
    trusted: str,
    stamped: StampedImage,
    ours: Authority,
    theirs: Authority,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    anchors = {"ours": ours.pem, "theirs": theirs.pem, "both": ours.pem + theirs.pem}
    (tmp_path / "anchors.pem").write_bytes(anchors[trusted])
    (tmp_path / "p.toml").write_text('[trust]\nanchors = ["anchors.pem"]\n')
    (tmp_path / "over.jpg").write_bytes(sign_over(stamped.data, theirs.signer()))
    found = verify(tmp_path, capsys)
    assert found["state"] == ("claimed" if trusted == "ours" else "attributed")
    last, first = found["history"]
    assert last["stamp_id"] is None
    assert first["stamp_id"] == stamped.record.stamp_id
    assert (last["trusted"], first["trusted"]) == (trusted != "ours", trusted != "theirs")
    (summary,) = found["summary"]
    assert (summary["signal"], summary["model"], summary["model_version"]) == (
        "generated",
        "net",
        "2",
    )
    assert (summary["stated"], summary["trusted"]) == (True, trusted != "theirs")


def verify(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    config = ("--config", str(folder / "p.toml"))
    run(["verify", "--json", "--no-registry", *config, str(folder / "over.jpg")])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found
