"""A provider stamps what its model made, before anybody else sees it.

Run it: python examples/provider_stamps.py. It works in a temporary folder.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

import provenance as pv
from provenance.signers import development


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)

        # Once: a key with its certificate, and a registry. Development keys are trusted by nobody
        # else. In production the key is in a KMS or a token: open_signer("awskms:...").
        keys = development.create("Example AI")
        (folder / "signer.pem").write_bytes(keys.signer)
        stamper = pv.Stamper(
            producer=pv.Producer("Example AI", 600_000),
            signer=pv.open_signer("file:signer.pem", folder=folder),
            registry=pv.open_registry("sqlite:///stamps.db", create=True, base=folder),
        )

        # For every picture: one call between the model and the answer. It takes a path, a file's
        # bytes, a Pillow image or a uint8 array.
        picture = made_by_the_model()
        stamped = stamper.stamp(picture, model="example-diffusion", model_version="3")
        stamped.save(folder / "stamped.png")  # the signed bytes: don't encode them again

        print(f"stamp id: {stamped.record.stamp_id}")
        print(f"file: {len(stamped.data):,} bytes, format {stamped.format}")

        # A picture that carries a stamp already is refused, so a retry makes no second record.
        try:
            stamper.stamp(folder / "stamped.png", model="example-diffusion", model_version="3")
        except pv.ProvenanceError as error:
            print(f"again: {error.code}")


def made_by_the_model() -> Image.Image:
    """Stand in for the model: spots of colour that run into each other."""
    spots = np.random.default_rng(7).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    return Image.fromarray(spots).resize((768, 768))


if __name__ == "__main__":
    main()
