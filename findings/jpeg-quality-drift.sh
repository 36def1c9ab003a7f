#!/usr/bin/env bash
# Pillow 13.0.0: a JPEG that is saved again and again changes more at quality 95 than at 75.
#
# With colour at half resolution (4:2:0, Pillow's default) each generation smooths the colour once more. Coarse quantisation
# rounds that away and the picture soon stays as it is; fine quantisation lets it through for dozens of generations. With
# colour at full resolution (4:4:4) hardly anything changes at either quality.
#
# Seen (a picture of waves, 256 x 256; against its first JPEG):
#     quality 75 4:2:0: no change after 8 generations, largest difference 28, mean 2.2
#     quality 95 4:2:0: no change after 47 generations, largest difference 73, mean 10.6
#     quality 95 4:4:4: no change after 6 generations, largest difference 3, mean 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'Pillow==13.0.0' 'numpy==2.4.6'
venv/bin/python -I - <<'PROGRAM'
import io

import numpy as np
from PIL import Image

FALL = 0.6

def painted(side, seed, detail):
    """Return a picture of sixty waves: smooth, in colour, as busy as a photograph."""
    draw = np.random.Generator(np.random.PCG64(seed))
    y, x = np.mgrid[:side, :side] / side
    rgb = np.zeros((side, side, 3))
    for _ in range(60):
        across, down = draw.normal(0, detail, 2)
        wave = np.sin(2 * np.pi * (across * x + down * y + draw.uniform()))
        rgb += draw.normal(0, 1, 3) * wave[..., None] / (1 + np.hypot(across, down)) ** FALL
    return np.uint8((rgb - rgb.min()) / np.ptp(rgb) * 255)


def again(picture, quality, subsampling):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(file).convert("RGB"))


drift = {}
for quality, subsampling in ((75, "4:2:0"), (95, "4:2:0"), (95, "4:4:4")):
    first = last = again(painted(256, 0, detail=25), quality, subsampling)
    generations = 1
    while not np.array_equal(following := again(last, quality, subsampling), last) and generations < 100:
        last, generations = following, generations + 1
    away = np.abs(last.astype(int) - first)
    drift[quality, subsampling] = away.mean()
    print(f"quality {quality} {subsampling}: no change after {generations} generations,",
          f"largest difference {away.max()}, mean {away.mean():.1f}")
assert drift[95, "4:2:0"] > 3 * drift[75, "4:2:0"] > 1
assert drift[95, "4:4:4"] < 0.1
PROGRAM
