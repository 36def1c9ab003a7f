#!/usr/bin/env bash
# c2pa-python 0.38.1 (SDK 0.91.3) signs a TIFF of two pages by adding a third, which is no picture.
#
# The manifest of a TIFF of one page becomes a tag of that page. In a TIFF of two pages it becomes a directory of its own
# behind the second, without width or height. The SDK finds the result valid. tifffile 2026.3.3 lists a third page of no
# size, and Pillow 13.0.0 can't count the pages any more: a loop over them ends with a TypeError.
#
# Seen:
#     1 page(s): tifffile [(24, 32, 3)], Pillow 1, SDK Valid
#     2 page(s): tifffile [(24, 32, 3), (24, 32, 3), (0, 0)], Pillow TypeError, SDK Valid
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'c2pa-python==0.38.1' 'Pillow==13.0.0' 'tifffile==2026.3.3' 'numpy==2.4.6'
ec=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -x509 -days 9)
openssl req "${ec[@]}" -subj /O=Finding/CN=authority -keyout ca.key -out ca.pem \
    -addext keyUsage=critical,keyCertSign 2>/dev/null
openssl req "${ec[@]}" -subj /O=Finding/CN=signer -keyout signer.key -out signer.pem -CA ca.pem -CAkey ca.key \
    -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
    -addext extendedKeyUsage=emailProtection 2>/dev/null
venv/bin/python -I - <<'PROGRAM'
import io
import json
from pathlib import Path

import c2pa
import tifffile
from PIL import Image

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
ACTIONS = {"actions": [{"action": "c2pa.created", "digitalSourceType": SOURCE}]}
FIRST = {"label": "c2pa.actions.v2", "data": ACTIONS}


def sign(data, kind, *assertions):
    chain = Path("signer.pem").read_bytes() + Path("ca.pem").read_bytes()
    info = c2pa.C2paSignerInfo(b"es256", chain, Path("signer.key").read_bytes(), None)
    manifest = {"claim_generator_info": [{"name": "finding"}], "assertions": [FIRST, *assertions]}
    signed = io.BytesIO()
    with c2pa.Signer.from_info(info) as signer:
        store = c2pa.Builder(manifest).sign(signer, f"image/{kind}", io.BytesIO(data), signed)
    return signed.getvalue(), bytes(store)


def pages_of(data):
    try:
        with Image.open(io.BytesIO(data)) as image:
            return image.n_frames
    except TypeError:
        return "TypeError"


wanted = {1: ([(24, 32, 3)], 1), 2: ([(24, 32, 3), (24, 32, 3), (0, 0)], "TypeError")}
for count, expected in wanted.items():
    first, *rest = [Image.new("RGB", (32, 24), colour) for colour in ("red", "blue")[:count]]
    picture = io.BytesIO()
    first.save(picture, "TIFF", save_all=True, append_images=rest)
    assert pages_of(picture.getvalue()) == count
    signed, _ = sign(picture.getvalue(), "tiff")
    with tifffile.TiffFile(io.BytesIO(signed)) as file:
        shapes = [page.shape for page in file.pages]
    with c2pa.Reader("image/tiff", io.BytesIO(signed)) as reader:
        state = json.loads(reader.json())["validation_state"]
    print(f"{count} page(s): tifffile {shapes}, Pillow {pages_of(signed)}, SDK {state}")
    assert (shapes, pages_of(signed), state) == (*expected, "Valid")
PROGRAM
