#!/usr/bin/env bash
# c2pa-python 0.38.1 (SDK 0.91.3): the reader's JSON turns every array of numbers into Base64.
#
# An assertion that holds [96, 384] is signed and stored as these two numbers, which CBOR shows. The reader's JSON says
# "YIA=", the bytes 96 and 128: each integer is cut to its low byte, and fractions and negative numbers are left out.
# An array with anything else than numbers in it stays an array. The file is valid. (Integers: also reported as c2pa-rs
# #2570, there for the store itself.)
#
# Seen:
#     [96, 384]    stored as [96, 384]    read as 'YIA='
#     [1.5, 2.5]   stored as [1.5, 2.5]   read as ''
#     [-1, 5]      stored as [-1, 5]      read as 'BQ=='
#     [96, 'a']    stored as [96, 'a']    read as [96, 'a']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'c2pa-python==0.38.1' 'Pillow==13.0.0' 'cbor2==6.3.0'
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
import cbor2
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


picture = io.BytesIO()
Image.new("RGB", (64, 64), "red").save(picture, "PNG")
wanted = {(96, 384): "YIA=", (1.5, 2.5): "", (-1, 5): "BQ==", (96, "a"): [96, "a"]}
for values, expected in wanted.items():
    own = {"label": "org.example.own", "data": {"values": list(values)}}
    signed, store = sign(picture.getvalue(), "png", own)
    with c2pa.Reader("image/png", io.BytesIO(signed)) as reader:
        found = json.loads(reader.json())
    read = found["manifests"][found["active_manifest"]]["assertions"][-1]["data"]["values"]
    at = store.index(cbor2.dumps("values")) - 1
    stored = cbor2.CBORDecoder(io.BytesIO(store[at:])).decode()["values"]
    print(f"{list(values)!s:12} stored as {stored!s:12} read as {read!r}")
    assert (found["validation_state"], stored, read) == ("Valid", list(values), expected)
PROGRAM
