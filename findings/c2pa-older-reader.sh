#!/usr/bin/env bash
# What c2pa-python 0.38.1 signs is valid to 0.10.0 as JPEG and PNG, and an error as AVIF.
#
# Both read claims of version 2, so a reader of 2025 reads files of today. But the hash that binds an AVIF or HEIC to its
# manifest is written in a third version (c2pa.hash.bmff.v3), which SDK 0.55 doesn't know. It then reports no manifest
# with an unknown part: it raises, as it does for a file that is broken.
#
# Seen:
#     0.38.1 (SDK 0.91.3): jpeg Valid, png Valid, avif Valid
#     0.10.0 (SDK 0.55.0): jpeg Valid, png Valid, avif Decoding: ... the assertion version is too new
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'c2pa-python==0.38.1' 'Pillow==13.0.0'
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


for kind in ("jpeg", "png", "avif"):
    picture = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("RGB").save(picture, kind.upper())
    Path(f"signed.{kind}").write_bytes(sign(picture.getvalue(), kind)[0])
PROGRAM

"${PYTHON:-python3}" -m venv older
older/bin/pip install --quiet 'c2pa-python==0.10.0'
cat >read.py <<'PROGRAM'
import json
import sys

import c2pa

said = {}
for kind in ("jpeg", "png", "avif"):
    with open(f"signed.{kind}", "rb") as file:
        try:
            said[kind] = json.loads(c2pa.Reader(f"image/{kind}", file).json())["validation_state"]
        except c2pa.C2paError as error:
            said[kind] = str(error)
print(f"SDK {c2pa.sdk_version()}:", *(f"{kind} {state};" for kind, state in said.items()))
assert (said["jpeg"], said["png"]) == ("Valid", "Valid")
assert sys.argv[1] in said["avif"]
PROGRAM
venv/bin/python -I read.py Valid
older/bin/python -I read.py "assertion version is too new"
