"""A page of Gradio that hands out stamped files. It needs gradio.

PROVENANCE_CONFIG=studio/provenance.toml python examples/gradio_stamps.py
"""

import os
from pathlib import Path
from tempfile import mkdtemp

import gradio
import numpy as np
from PIL import Image

import provenance as pv


def build_page(stamper: pv.Stamper) -> gradio.Interface:
    def make(seed: float) -> str:
        spots = np.random.default_rng(int(seed)).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        stamped = stamper.stamp(
            Image.fromarray(spots).resize((768, 768)), model="example-diffusion", fresh=True
        )
        # A file's path, and not a picture: Gradio would encode a picture anew, without manifest.
        path = Path(mkdtemp()) / f"picture{stamped.suffix}"
        stamped.save(path)
        return str(path)

    shown = gradio.Image(type="filepath", format="png", label="Stamped picture")
    return gradio.Interface(make, gradio.Number(7, label="Seed"), shown, api_name="make")


if __name__ == "__main__":
    config = pv.load_config(os.environ["PROVENANCE_CONFIG"])
    build_page(config.stamper()).launch()
