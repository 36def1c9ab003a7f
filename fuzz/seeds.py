"""Good files to start from: small stamped pictures in every format and shape that is read."""

from __future__ import annotations

import io
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from provenance.registry import open_registry
from provenance.signers import development, open_signer
from provenance.stamp import Producer, Stamper

SIDE = 160  # pixels: the smallest that reliably holds a mark
SMALL = 40  # for files without one, in which the search for it would take most of the time


@cache
def good() -> dict[str, bytes]:
    """Return files by name."""
    picture = _picture()
    part = np.ascontiguousarray(picture[30 : 30 + SMALL, 40 : 40 + SMALL])
    return {**_stamped(picture), **_unstamped(Image.fromarray(part))}


@cache
def store() -> bytes:
    """Return one manifest store by itself."""
    from provenance.manifest import extract

    return extract(good()["stamped PNG"])


@cache
def exchange() -> tuple[bytes, ...]:
    """Return a request, and a response about a stamp that a registry holds."""
    from provenance.response import Request, Responder, write_request, write_response
    from provenance.signers import LogKey

    keys = development.create("Example AI")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, pem in (("signer", keys.signer), ("responder", keys.responder)):
            (folder / f"{file}.pem").write_bytes(pem)
        (folder / "log.pem").write_bytes(LogKey.generate().to_pem())
        uri, log = "sqlite:///stamps.db", folder / "log.pem"
        with open_registry(uri, log, create=True, base=folder) as registry:
            signer = open_signer("file:signer.pem", folder=folder)
            stamper = Stamper(
                producer=Producer("Example AI", 600_000), signer=signer, registry=registry
            )
            stamp_id = stamper.stamp(_picture(), model="m", format="PNG").record.stamp_id
            registry.revoke(stamp_id, "a mistake")
            answer = Responder(registry).answer_order(stamp_id, None, None)
        responder = open_signer("file:responder.pem", folder=folder)
        asked = Request(stamp_id, answer.as_of, case="17")
        return write_request(asked, signer), write_response(answer, responder)


def _picture() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Paint something with edges, shades and a little noise; no file is needed for it."""
    draw = np.random.Generator(np.random.PCG64(5))
    across, down = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    waves = [np.sin(across / a + down / b) for a, b in ((9, 31), (23, 7), (40, 12))]
    rgb = np.stack([128 + 60 * wave for wave in waves], axis=-1) + draw.normal(
        0, 6, (SIDE, SIDE, 3)
    )
    rgb[40:90, 50:120] += 40
    return np.clip(rgb, 0, 255).astype(np.uint8)


def _stamped(picture: np.ndarray[Any, np.dtype[np.uint8]]) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "signer.pem"
        key.write_bytes(development.create("Example AI").signer)
        with open_registry("sqlite:///stamps.db", create=True, base=Path(folder)) as registry:
            stamper = Stamper(
                producer=Producer("Example AI", 600_000),
                signer=open_signer(f"file:{key}"),
                registry=registry,
            )
            return {
                f"stamped {kind}": stamper.stamp(picture, model="m", format=kind).data
                for kind in ("PNG", "JPEG", "WEBP", "AVIF", "TIFF", "JXL", "GIF")
            }


def _unstamped(image: Image.Image) -> dict[str, bytes]:
    """Return every way in which a decoder is entered, with all metadata that a file can have."""
    exif = Image.Exif()
    exif[0x0112] = 6
    alpha = image.convert("RGBA")
    alpha.putalpha(image.convert("L"))
    kinds: dict[str, tuple[Image.Image, str, dict[str, Any]]] = {
        "palette PNG": (image.quantize(16), "PNG", {"transparency": 0}),
        "grey PNG": (image.convert("L"), "PNG", {}),
        "bilevel PNG": (image.convert("1"), "PNG", {}),
        "16-bit PNG": (image.convert("I;16"), "PNG", {}),
        "alpha PNG": (alpha, "PNG", {}),
        "progressive JPEG": (image, "JPEG", {"progressive": True, "xmp": b"<x/>"}),
        "CMYK JPEG": (image.convert("CMYK"), "JPEG", {}),
        "grey JPEG": (image.convert("L"), "JPEG", {}),
        "lossless WebP": (alpha, "WEBP", {"lossless": True, "xmp": b"<x/>"}),
        "AVIF": (image, "AVIF", {}),
        "deflated TIFF": (image, "TIFF", {"compression": "tiff_adobe_deflate"}),
        "GIF": (image.quantize(16), "GIF", {}),
        "BMP": (image, "BMP", {}),
        **{
            f"moving {kind}": (image, kind, {"save_all": True, "append_images": [image.rotate(90)]})
            for kind in ("GIF", "PNG", "WEBP", "AVIF")
        },
    }
    files = {}
    for name, (picture, kind, options) in kinds.items():
        buffer = io.BytesIO()
        picture.save(buffer, kind, exif=exif, icc_profile=b"profile", **options)
        files[name] = buffer.getvalue()
    buffer = io.BytesIO()
    image.save(buffer, "PDF")
    return {**files, "PDF": buffer.getvalue(), "ZIP": _pack(files, "GIF", "AVIF")}


def _pack(files: dict[str, bytes], *names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, files[name])
    return buffer.getvalue()
