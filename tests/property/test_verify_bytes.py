"""Whatever bytes a verifier is given, it answers or raises an InputError; nothing else."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from provenance.errors import InputError
from provenance.registry import open_registry
from provenance.signers import development, open_signer
from provenance.stamp import Producer, Stamper
from provenance.verify import State, Verdict, Verifier

SUITE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150)
FEW = settings(SUITE, max_examples=40)  # each may run the detector's whole search

MAGIC = [
    b"",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0",
    b"\xff\xd8\xff\xeb\x00\x10JP\x00\x01\x00\x00\x00\x01\x00\x00\x00\x10jumb",
    b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    b"RIFF\x00\x00\x00\x00WEBPC2PA",
    b"\x00\x00\x00\x1cftypavif",
    b"\x00\x00\x00\x1cftypmp42",
    b"%PDF-1.7\n",
    b"<svg xmlns='http://www.w3.org/2000/svg'><metadata>c2pa:manifest",
    b"GIF89a",
    b"II*\x00",
]


@pytest.fixture(scope="module")
def stamps(
    photograph: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """One small stamped picture in each format."""
    folder = tmp_path_factory.mktemp("studio")
    (folder / "signer.pem").write_bytes(development.create("Example AI").signer)
    stamper = Stamper(
        producer=Producer("Example AI", 600_000),
        signer=open_signer("file:signer.pem", folder=folder),
        registry=open_registry("sqlite:///stamps.db", create=True, base=folder),
    )
    picture = photograph[100:356, 100:356]
    return {
        name: stamper.stamp(picture, model="m", format=name).data
        for name in ("PNG", "JPEG", "WEBP")
    }


def answered(data: bytes) -> Verdict | None:
    try:
        verdict = Verifier().verify(data)
    except InputError:
        return None
    assert verdict.explain()
    assert verdict.to_json_dict()["state"] == verdict.state
    assert verdict.state is not State.ATTRIBUTED  # nobody is trusted here
    return verdict


@SUITE
@given(st.sampled_from(MAGIC), st.binary(max_size=400))
@example(b"", b"")
def test_any_bytes(magic: bytes, rest: bytes) -> None:
    answered(magic + rest)


@FEW
@given(st.data())
def test_damaged_stamps(stamps: dict[str, bytes], data: st.DataObject) -> None:
    """Cut, overwrite or repeat a part of a stamped file, manifest included."""
    whole = stamps[data.draw(st.sampled_from(sorted(stamps)))]
    start = data.draw(st.integers(0, len(whole)))
    length = data.draw(st.sampled_from([0, 1, 4, 64, 2048, len(whole)]))
    how = data.draw(st.sampled_from(["cut", "overwrite", "repeat", "insert"]))
    part, end = whole[start : start + length], whole[start + length :]
    middle = {
        "cut": b"",
        "overwrite": data.draw(st.binary(min_size=len(part[:64]), max_size=len(part[:64])))
        + part[64:],
        "repeat": part + part,
        "insert": data.draw(st.binary(max_size=64)) + part,
    }[how]
    answered(whole[:start] + middle + end)


@FEW
@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 2**32 - 1), st.integers(0, 3))
def test_pictures_of_any_size(width: int, height: int, seed: int, smoothness: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).filter(ImageFilter.GaussianBlur(smoothness)).save(file, "PNG")
    verdict = answered(file.getvalue())
    assert verdict is not None
    assert verdict.state is State.NONE


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP"])
def test_the_stamp_itself_is_claimed_where_nobody_is_trusted(
    name: str, stamps: dict[str, bytes]
) -> None:
    verdict = answered(stamps[name])
    assert verdict is not None
    assert verdict.state is State.CLAIMED


def test_what_is_no_picture_is_an_input_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.png", "nul\0.png"):
        with pytest.raises(InputError):
            Verifier().verify(path)
    with pytest.raises(InputError, match="Give a path, the file's bytes or an open file"):
        Verifier().verify(np.zeros((64, 64, 3), np.uint8))  # type: ignore[arg-type]


def test_a_picture_cut_short_is_an_input_error_and_not_tampered() -> None:
    file = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(file, "JPEG")
    with pytest.raises(InputError):
        Verifier().verify(file.getvalue()[:300])
