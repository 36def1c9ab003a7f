#!/usr/bin/env bash
# c2pa-python 0.38.1 (SDK 0.91.3): the same assertion has another hash each time it is signed.
#
# A claim names each assertion by a SHA-256. Nothing in the actions below changes from one signing to the next, but each
# assertion's box holds 16 random bytes (c2sh), which the hash covers. So these hashes tell neither that two pictures
# state the same, nor that two files hold one assertion. The boxes of claim and signature have no such salt.
#
# Seen:
#     actions em8+QoB2BOry..., 3 salts for 3 assertions
#     actions uhp/3+jmPLHy..., 3 salts for 3 assertions
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


picture = io.BytesIO()
Image.new("RGB", (64, 64), "red").save(picture, "PNG")
hashes = []
for _ in range(2):
    signed, store = sign(picture.getvalue(), "png")
    with c2pa.Reader("image/png", io.BytesIO(signed)) as reader:
        report = json.loads(reader.detailed_json())
    manifest = report["manifests"][report["active_manifest"]]
    claim = manifest["claim"]
    named = claim.get("created_assertions", []) + claim.get("gathered_assertions", [])
    assert manifest["assertion_store"]["c2pa.actions.v2"]["actions"][0]["digitalSourceType"] == SOURCE
    assert store.count(b"c2sh") == len(named)
    hashes += [each["hash"] for each in named if each["url"].endswith("c2pa.actions.v2")]
    print(f"actions {hashes[-1]}, {store.count(b'c2sh')} salts for {len(named)} assertions")
first, second = hashes
assert first != second
PROGRAM
