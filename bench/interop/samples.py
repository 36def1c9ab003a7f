"""Stamps of every format to send through other readers: created and edited, with extras or not."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from provenance import imaging
from provenance.registry import open_registry
from provenance.revocation import Stapling
from provenance.stamp import Producer, Stamper, StampOptions
from provenance.timestamps import TimeStamps
from tests.authority import Authority
from tests.revocation import Responder
from tests.timestamping import time_stamp_authority

FORMATS = {
    "PNG": "png",
    "JPEG": "jpg",
    "WEBP": "webp",
    "AVIF": "avif",
    "TIFF": "tif",
    "HEIC": "heic",
}
EXTRAS = ("plain", "stamped", "stapled")
SIDE = 512
"""Pixels: enough for the mark, and quick."""


def write_samples(folder: Path) -> tuple[Path, dict[str, bytes]]:
    """Write the stamps; return the PEM file of the anchors, and the files by name."""
    authority = Authority("Interop root")
    pixels = _draw()
    found: dict[str, bytes] = {}
    with ExitStack() as stack:
        work = Path(stack.enter_context(TemporaryDirectory()))
        for each in ("tsa", "ocsp"):
            (work / each).mkdir()
        tsa = stack.enter_context(time_stamp_authority(work / "tsa"))
        responder = Responder(work / "ocsp", authority)
        stack.callback(responder.stop)
        signer = responder.signer()
        registry = stack.enter_context(open_registry(f"sqlite:///{work}/r.db", create=True))
        for extra in EXTRAS:
            stapled = Stapling("required", (authority.certificate,))
            stamper = Stamper(
                producer=Producer("Interop", 600_000),
                signer=signer,
                registry=registry,
                stamps=TimeStamps(tsa.url, "required") if extra == "stamped" else None,
                options=StampOptions(ocsp=stapled if extra == "stapled" else Stapling()),
            )
            for name, suffix in FORMATS.items():
                created = stamper.stamp(pixels, model="net", model_version="1", format=name).data
                found[f"created-{extra}.{suffix}"] = created
                changed = imaging.decode(created).rgb[::-1]
                editing = stamper.editing(created)
                edited = editing.stamp(changed, model="net", format=name, force=True).data
                found[f"edited-{extra}.{suffix}"] = edited
        anchors = folder / "anchors.pem"
        anchors.write_bytes(authority.pem + tsa.root.pem)
    for name, data in found.items():
        (folder / name).write_bytes(data)
    return anchors, found


def _draw() -> NDArray[np.uint8]:
    """A picture with enough detail to hold the mark."""
    y, x = np.mgrid[:SIDE, :SIDE]
    waves = [np.sin(x / (7 + k) + y / (11 + 2 * k)) for k in range(3)]
    noise = np.asarray(Image.effect_noise((SIDE, SIDE), 24), dtype=float) - 128
    drawn = np.stack([128 + 60 * wave + noise for wave in waves], -1)
    return np.asarray(np.clip(drawn, 0, 255), dtype=np.uint8)
