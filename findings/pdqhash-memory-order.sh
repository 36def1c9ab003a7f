#!/usr/bin/env bash
# pdqhash 0.2.8: the PDQ hash of a picture turned with NumPy 2.4.6 is not the hash of the same pixels turned with Pillow.
#
# np.rot90 and transpose move no pixel: they say that the same memory is read column by column. pdqhash computes the grey
# plane with NumPy, which keeps that order, and hands its memory to C++, which reads it row by row. So the picture is
# hashed as if its lines had been cut up and laid out anew: without an error, and with a quality that passes (50 and more).
# Mirrored and cropped views are right, since NumPy computes those row by row. A list made so matches nothing.
#
# Seen (12 pictures of waves, 300 x 400; bits of 256 that differ between two arrays for which np.array_equal is true):
#     np.rot90             mean 124, min 98, quality 52 or more: another picture's hash
#     transpose            mean 130, min 118, quality 51 or more: another picture's hash
#     np.asfortranarray    mean 127, min 116, quality 63 or more: another picture's hash
#     [:, ::-1]            mean 0, min 0, quality 100 or more
#     [20:-20, 20:-20]     mean 0, min 0, quality 100 or more
#     turned by Pillow against np.rot90, equal pixels: 138 bits
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'pdqhash==0.2.8' 'numpy==2.4.6' 'Pillow==13.0.0'
venv/bin/python -I - <<'PROGRAM'
import numpy as np
import pdqhash
from PIL import Image

MATCHES = 31  # bits: what hash exchange counts as the same picture


def painted(height, width, seed):
    """Return a picture of sixty waves: smooth, in colour, as busy as a photograph."""
    draw = np.random.Generator(np.random.PCG64(seed))
    y, x = np.mgrid[:height, :width] / height
    rgb = np.zeros((height, width, 3))
    for _ in range(60):
        across, down = draw.normal(0, 6, 2)
        wave = np.sin(2 * np.pi * (across * x + down * y + draw.uniform()))
        rgb += draw.normal(0, 1, 3) * wave[..., None] / (1 + np.hypot(across, down))
    return np.uint8((rgb - rgb.min()) / np.ptp(rgb) * 255)


views = {
    "np.rot90": np.rot90,
    "transpose": lambda picture: picture.transpose(1, 0, 2),
    "np.asfortranarray": np.asfortranarray,
    "[:, ::-1]": lambda picture: picture[:, ::-1],
    "[20:-20, 20:-20]": lambda picture: picture[20:-20, 20:-20],
}
pictures = [painted(300, 400, seed) for seed in range(12)]
for name, view in views.items():
    bits, qualities = [], []
    for picture in pictures:
        seen = view(picture)
        same = np.ascontiguousarray(seen)
        assert np.array_equal(seen, same)
        found, quality = pdqhash.compute(seen)
        bits.append(int((found != pdqhash.compute(same)[0]).sum()))
        qualities.append(quality)
    another = min(bits) > MATCHES
    print(f"{name:20} mean {np.mean(bits):.0f}, min {min(bits)}, quality {min(qualities)} or more", end="")
    print(": another picture's hash" if another else "")
    assert min(qualities) >= 50
    assert another if name in ("np.rot90", "transpose", "np.asfortranarray") else max(bits) == 0

# The same turn by Pillow, which moves the pixels.
moved = np.asarray(Image.fromarray(pictures[0]).transpose(Image.Transpose.ROTATE_90))
turned = np.rot90(pictures[0])
assert np.array_equal(moved, turned)
away = int((pdqhash.compute(moved)[0] != pdqhash.compute(turned)[0]).sum())
print(f"turned by Pillow against np.rot90, equal pixels: {away} bits")
assert away > MATCHES
PROGRAM
