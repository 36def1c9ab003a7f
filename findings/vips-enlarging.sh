#!/usr/bin/env bash
# libvips 8.18.7 (pyvips 3.2.0) moves a picture when it enlarges it; Pillow 13.0.0 and OpenCV 5.0.0 don't.
#
# Enlarged, the samples of a picture lie on a finer grid. Pillow and OpenCV keep the centre where it was, libvips' resize
# moves all of it by half a new pixel to the right and down: a quarter of an old pixel at twice the size. Whoever compares
# pictures that two of them enlarged compares shifted ones. (When shrinking, all three agree.)
#
# Seen (a ramp, enlarged with cubic interpolation; shift against Pillow in old pixels):
#     x 2: libvips 0.250, OpenCV 0.000
#     x 2.5: libvips 0.200, OpenCV 0.000
#     x 4: libvips 0.125, OpenCV 0.001
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'pyvips==3.2.0' 'pyvips-binary==8.18.7' 'Pillow==13.0.0' 'opencv-python-headless==5.0.0.93' 'numpy==2.4.6'
venv/bin/python -I - <<'PROGRAM'
import cv2
import numpy as np
import pyvips
from PIL import Image

STEP = 4.0  # levels from one pixel to the next: a picture that moved right by one pixel is darker by that
ramp = np.tile(np.arange(64, dtype=np.float32) * STEP, (8, 1))
for factor in (2, 2.5, 4):
    size = int(64 * factor), int(8 * factor)
    middle = np.s_[size[1] // 2, size[0] // 3 : size[0] // 2]  # away from the borders
    pillow = np.asarray(Image.fromarray(ramp).resize(size, Image.Resampling.BICUBIC))[middle]
    opencv = cv2.resize(ramp, size, interpolation=cv2.INTER_CUBIC)[middle]
    vips = pyvips.Image.new_from_array(ramp).resize(factor, kernel="cubic").numpy()[middle]
    shift = {name: (pillow - own).mean() / STEP for name, own in (("libvips", vips), ("OpenCV", opencv))}
    print(f"x {factor}: libvips {shift['libvips']:.3f}, OpenCV {abs(shift['OpenCV']):.3f}")
    assert abs(shift["libvips"] - 0.5 / factor) < 0.01 and abs(shift["OpenCV"]) < 0.01
PROGRAM
