"""A platform asks where an upload comes from, and labels only what is proved.

Run it: python examples/platform_checks.py. It works in a temporary folder.
"""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

import provenance as pv
from provenance.signers import development


def main() -> None:
    with TemporaryDirectory() as name:
        keys = development.create("Example AI")
        stamped = stamped_by_the_provider(Path(name), keys.signer)

        # Once: whom the platform trusts. Nobody is trusted by default; nothing is ever fetched.
        verifier = pv.Verifier(trust=pv.Trust.from_pem(keys.authority))

        # For every upload. A verdict is never a yes or a no: compare its state, or require more.
        uploads = {"as the provider sent it": stamped, "compressed again": compressed(stamped)}
        for what, upload in uploads.items():
            verdict = verifier.verify(upload)
            print(f"{what}: {verdict.state}, {label(verdict)}")


def label(verdict: pv.Verdict) -> str:
    try:
        verdict.require(pv.RequireProducer("Example AI"))
    except pv.ProvenanceError as error:
        return f"no label. {error}"
    return "label: made with AI"


def stamped_by_the_provider(folder: Path, key: bytes) -> bytes:
    (folder / "signer.pem").write_bytes(key)
    stamper = pv.Stamper(
        producer=pv.Producer("Example AI", 600_000),
        signer=pv.open_signer("file:signer.pem", folder=folder),
        registry=pv.open_registry("sqlite:///stamps.db", create=True, base=folder),
    )
    spots = np.random.default_rng(7).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    return stamper.stamp(Image.fromarray(spots).resize((768, 768)), model="example-diffusion").data


def compressed(data: bytes) -> bytes:
    """Do what sites do to uploads: the manifest is lost, the mark survives."""
    copy = io.BytesIO()
    Image.open(io.BytesIO(data)).save(copy, "JPEG", quality=80)
    return copy.getvalue()


if __name__ == "__main__":
    main()
