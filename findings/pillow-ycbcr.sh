#!/usr/bin/env bash
# Pillow 13.0.0: of 16,777,216 colours 824 survive convert("YCbCr") and back.
#
# Both ways use integer tables that cut off instead of rounding, so nearly every colour comes back darker or shifted, by up
# to 3 of 255. OpenCV 5.0.0 rounds: 24 % survive, and none is off by more than 1. JPEG files are not affected, since there
# libjpeg converts.
#
# Seen:
#     Pillow: 824 colours survive, largest difference 3
#     OpenCV: 3989130 colours survive, largest difference 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'Pillow==13.0.0' 'opencv-python-headless==5.0.0.93' 'numpy==2.4.6'
venv/bin/python -I - <<'PROGRAM'
import cv2
import numpy as np
from PIL import Image

number = np.arange(2**24).reshape(4096, 4096)
colours = np.stack([number >> 16, number >> 8 & 255, number & 255], -1).astype(np.uint8)
there = {
    "Pillow": np.asarray(Image.fromarray(colours).convert("YCbCr").convert("RGB")),
    "OpenCV": cv2.cvtColor(cv2.cvtColor(colours, cv2.COLOR_RGB2YCrCb), cv2.COLOR_YCrCb2RGB),
}
survive, largest = {}, {}
for name, back in there.items():
    survive[name] = int((back == colours).all(-1).sum())
    largest[name] = int(np.abs(back.astype(np.int16) - colours).max())
    print(f"{name}: {survive[name]} colours survive, largest difference {largest[name]}")
assert (survive["Pillow"], largest["Pillow"]) == (824, 3)
assert survive["OpenCV"] > 1000 * survive["Pillow"] and largest["OpenCV"] == 1
PROGRAM
