#!/usr/bin/env bash
# c2pa-python 0.38.1 (SDK 0.91.3): an update manifest that the SDK writes into a WebP or TIFF fails the SDK's own validation.
#
# An update has no hash of its own: it is bound by the hash of the manifest that it updates. The store grows, and with it
# what the container says of its length: the size in a RIFF header, the count and offset of a TIFF's entry. Both lie in
# the bytes that the first manifest hashed. PNG and JPEG hash nothing of the kind, and the boxes of an AVIF are hashed apart.
#
# Seen, of a picture that was signed and then updated:
#     PNG, JPEG, AVIF     no failure
#     WEBP, TIFF          assertion.dataHash.mismatch
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
CREATED = {"action": "c2pa.created", "digitalSourceType": SOURCE}
FIRST = [{"label": "c2pa.actions.v2", "data": {"actions": [CREATED]}}]
EXPECTED = {"PNG": [], "JPEG": [], "AVIF": [], "WEBP": ["assertion.dataHash.mismatch"], "TIFF": ["assertion.dataHash.mismatch"]}


def sign(data, mime, update):
    chain = Path("signer.pem").read_bytes() + Path("ca.pem").read_bytes()
    info = c2pa.C2paSignerInfo(b"es256", chain, Path("signer.key").read_bytes(), None)
    stated = {"claim_generator_info": [{"name": "finding"}], "assertions": [] if update else FIRST}
    builder = c2pa.Builder(stated)
    if update:
        builder.set_intent(c2pa.C2paBuilderIntent.UPDATE)
    signed = io.BytesIO()
    with c2pa.Signer.from_info(info) as signer:
        builder.sign(signer, mime, io.BytesIO(data), signed)
    return signed.getvalue()


def failures(data, mime):
    with c2pa.Reader(mime, io.BytesIO(data)) as reader:
        found = json.loads(reader.json())["validation_results"]["activeManifest"]["failure"]
    return sorted({each["code"] for each in found if each["code"].startswith("assertion.")})


seen = {}
for kind in EXPECTED:
    file, mime = io.BytesIO(), f"image/{kind.lower()}"
    Image.radial_gradient("L").convert("RGB").save(file, kind)
    once = sign(file.getvalue(), mime, update=False)
    assert failures(once, mime) == [], kind
    seen[kind] = failures(sign(once, mime, update=True), mime)
    print(f"{kind:5} updated: {', '.join(seen[kind]) or 'no failure'}")
assert seen == EXPECTED, seen
PROGRAM
