#!/usr/bin/env bash
# Pillow 13.0.0: the same grey ramp is 16 times darker as a TIFF of 12 bits, and a palette in 8-bit numbers is black.
#
# A TIFF states how many bits a sample has, and readers spread them over their own range. Pillow opens 12-bit grey as 16-bit
# numbers of 0 to 4095, which look nearly black wherever they are shown or converted. Palettes have 16-bit numbers; some
# writers of the 1990s put 8-bit numbers there, which libtiff and other readers detect. Pillow takes the upper halves,
# which are zero. tifffile 2026.3.3 gives the numbers as stored and names the bits, so that a caller can spread them.
#
# Seen (a ramp from black to white, brightest value as a share of white):
#     8 bits: Pillow 1.00
#     12 bits: Pillow 0.06; tifffile 1.00 of the 12 bits that it names
#     palette in 16-bit numbers: Pillow 1.00
#     palette in 8-bit numbers: Pillow 0.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'Pillow==13.0.0' 'tifffile==2026.3.3' 'imagecodecs==2026.3.6' 'numpy==2.4.6'
venv/bin/python -I - <<'PROGRAM'
import io
import struct

import numpy as np
import tifffile
from PIL import Image

WIDTH, HEIGHT = 256, 4


def tiff(rows, bits, photometric, palette=()):
    """Write a grey or palette picture in one strip, little-endian."""
    body = rows * HEIGHT
    tags = [(256, 4, [WIDTH]), (257, 4, [HEIGHT]), (258, 3, [bits]), (259, 3, [1]), (262, 3, [photometric]),
            (273, 4, [8]), (277, 3, [1]), (278, 4, [HEIGHT]), (279, 4, [len(body)])]
    tags += [(320, 3, palette)] if palette else []
    head, values = struct.pack("<H", len(tags)), b""
    start = 8 + len(body) + 2 + 12 * len(tags) + 4
    for tag, kind, numbers in tags:
        packed = struct.pack(f"<{len(numbers)}{'H' if kind == 3 else 'I'}", *numbers)
        place = packed.ljust(4, b"\0") if len(packed) <= 4 else struct.pack("<I", start + len(values))
        values += packed if len(packed) > 4 else b""
        head += struct.pack("<HHI", tag, kind, len(numbers)) + place
    return b"II*\0" + struct.pack("<I", 8 + len(body)) + body + head + bytes(4) + values


def brightest(data):
    """Return the brightest value that Pillow gives, as a share of the mode's white."""
    image = Image.open(io.BytesIO(data))
    if image.mode == "P":
        image = image.convert("RGB")
    return np.asarray(image).max() / (65535 if image.mode.startswith("I") else 255)


ramp = range(WIDTH)
twelve = "".join(f"{round(value * 4095 / 255):012b}" for value in ramp)
packed = bytes(int(twelve[at : at + 8], 2) for at in range(0, len(twelve), 8))
files = {
    "8 bits": tiff(bytes(ramp), 8, 1),
    "12 bits": tiff(packed, 12, 1),
    "palette in 16-bit numbers": tiff(bytes(ramp), 8, 3, [value * 257 for value in ramp] * 3),
    "palette in 8-bit numbers": tiff(bytes(ramp), 8, 3, list(ramp) * 3),
}
seen = {name: round(float(brightest(data)), 2) for name, data in files.items()}
with tifffile.TiffFile(io.BytesIO(files["12 bits"])) as file:
    page = file.pages[0]
    other = page.asarray().max() / ((1 << page.bitspersample) - 1)
for name, value in seen.items():
    print(f"{name}: Pillow {value:.2f}" + (f"; tifffile {other:.2f} of the {page.bitspersample} bits that it names" if name == "12 bits" else ""))
assert seen == {"8 bits": 1.0, "12 bits": 0.06, "palette in 16-bit numbers": 1.0, "palette in 8-bit numbers": 0.0}
assert other == 1
PROGRAM
