#!/usr/bin/env bash
# c2pa-python 0.38.1 (SDK 0.91.3): signing spoils AVIF and HEIC files that state a base of zero for their places.
#
# The item location box says where items lie: a base, and from there a place for each part. Many files leave the base
# out; others say zero, as files of the MIAF conformance suite do. A manifest moves what follows it. The SDK adds that
# to the base and, since the base was zero, to the places too. The signed file is Valid, and no decoder finds the picture.
#
# Seen:
#     without base     signed: Valid, decodes to the same pixels
#     base of zero     signed: Valid, can't be decoded
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
import struct
from pathlib import Path

import c2pa
from PIL import Image

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CREATED = {"action": "c2pa.created", "digitalSourceType": SOURCE}
FIRST = {"label": "c2pa.actions.v2", "data": {"actions": [CREATED]}}


def sign(data):
    chain = Path("signer.pem").read_bytes() + Path("ca.pem").read_bytes()
    info = c2pa.C2paSignerInfo(b"es256", chain, Path("signer.key").read_bytes(), None)
    builder = c2pa.Builder({"claim_generator_info": [{"name": "finding"}], "assertions": [FIRST]})
    signed = io.BytesIO()
    with c2pa.Signer.from_info(info) as signer:
        builder.sign(signer, "image/avif", io.BytesIO(data), signed)
    return signed.getvalue()


def decode(data):
    try:
        return Image.open(io.BytesIO(data)).convert("RGB").tobytes()
    except (OSError, SyntaxError, ValueError):
        return None


def count_from_base(data):
    """Write the item location box with a base of four bytes, which is zero."""
    meta, iloc = data.index(b"meta") - 4, data.index(b"iloc") - 4
    end = iloc + int.from_bytes(data[iloc : iloc + 4], "big")
    content = data[iloc + 8 : end]
    count = int.from_bytes(content[6:8], "big")  # version 0; places and lengths have four bytes
    items = b""
    for number in range(count):
        item, reference, parts, place, length = struct.unpack_from(">HHHII", content, 8 + 14 * number)
        items += struct.pack(">HHIHII", item, reference, 0, parts, place + 4 * count, length)
    new = content[:5] + b"\x40" + content[6:8] + items
    grown = struct.pack(">I", int.from_bytes(data[meta : meta + 4], "big") + 4 * count)
    box = struct.pack(">I4s", 8 + len(new), b"iloc") + new
    return data[:meta] + grown + data[meta + 4 : iloc] + box + data[end:]

file = io.BytesIO()
Image.effect_noise((96, 64), 40).convert("RGB").save(file, "AVIF")
plain = file.getvalue()
pixels, based = decode(plain), count_from_base(plain)
assert decode(based) == pixels
for name, source, expected in (("without base", plain, pixels), ("base of zero", based, None)):
    signed = sign(source)
    state = json.loads(c2pa.Reader("image/avif", io.BytesIO(signed)).json())["validation_state"]
    found = decode(signed)
    print(f"{name:16} signed: {state},", "decodes to the same pixels" if found else "can't be decoded")
    assert (state, found) == ("Valid", expected)
PROGRAM
