#!/usr/bin/env bash
# ExifTool 13.59 shows an AI picture that was made from a photograph as a photograph: it prints the oldest manifest's words.
#
# A file that was made from another holds both manifests, the oldest first, and the last is the file's own. ExifTool gives
# the tags of all manifests the same names and prints, of tags with one name, the first: generator, title and source type
# are the ingredient's, beside whatever only the file's own manifest states. c2pa-python 0.38.1 reads the last. All are
# printed with -a, and -G3 tells them apart by numbers, of which no tag says that the last is the file's own.
#
# Seen (a picture by "generator", whose input was a photograph by "camera"; PNG, JPEG, WebP, AVIF and TIFF alike):
#     c2pa-python:     Valid, generator, trainedAlgorithmicMedia
#     ExifTool:        camera, digitalCapture; and relationship inputTo, which only the other manifest states
#     ExifTool -a -G3: Doc1-1-... digitalCapture, Doc1-2-... trainedAlgorithmicMedia
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'c2pa-python==0.38.1' 'Pillow==13.0.0'
npm install --silent 'exiftool-vendored.pl@13.59.0'
ec=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -x509 -days 9)
openssl req "${ec[@]}" -subj /O=Finding/CN=authority -keyout ca.key -out ca.pem \
    -addext keyUsage=critical,keyCertSign 2>/dev/null
openssl req "${ec[@]}" -subj /O=Finding/CN=signer -keyout signer.key -out signer.pem -CA ca.pem -CAkey ca.key \
    -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
    -addext extendedKeyUsage=emailProtection 2>/dev/null
venv/bin/python -I - <<'PROGRAM'
import io
import json
import subprocess
from pathlib import Path

import c2pa
from PIL import Image

SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TAGS = ["-Claim_Generator_InfoName", "-ActionsDigitalSourceType", "-Relationship"]


def sign(data, mime, generator, source, ingredient=None):
    chain = Path("signer.pem").read_bytes() + Path("ca.pem").read_bytes()
    info = c2pa.C2paSignerInfo(b"es256", chain, Path("signer.key").read_bytes(), None)
    actions = {"actions": [{"action": "c2pa.created", "digitalSourceType": SOURCES + source}]}
    assertions = [{"label": "c2pa.actions.v2", "data": actions}]
    builder = c2pa.Builder({"claim_generator_info": [{"name": generator}], "assertions": assertions})
    if ingredient:
        builder.add_ingredient({"title": "photograph", "relationship": "inputTo"}, mime, io.BytesIO(ingredient))
    signed = io.BytesIO()
    with c2pa.Signer.from_info(info) as signer:
        builder.sign(signer, mime, io.BytesIO(data), signed)
    return signed.getvalue()


def exiftool(*arguments):
    command = ["perl", "node_modules/exiftool-vendored.pl/bin/exiftool", "-j", *arguments, "made"]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)[0]
    return {name: value.removeprefix(SOURCES) for name, value in found.items() if name != "SourceFile"}


for kind in ("PNG", "JPEG", "WEBP", "AVIF", "TIFF"):
    file, mime = io.BytesIO(), f"image/{kind.lower()}"
    Image.effect_noise((64, 64), 40).convert("RGB").save(file, kind)
    photograph = sign(file.getvalue(), mime, "camera", "digitalCapture")
    made = sign(file.getvalue(), mime, "generator", "trainedAlgorithmicMedia", photograph)
    Path("made").write_bytes(made)
    with c2pa.Reader(mime, io.BytesIO(made)) as reader:
        report = json.loads(reader.json())
    own = report["manifests"][report["active_manifest"]]
    stated = {each["label"]: each["data"] for each in own["assertions"]}["c2pa.actions.v2"]["actions"]
    source = next(each["digitalSourceType"] for each in stated if each["action"] == "c2pa.created")
    right = report["validation_state"], own["claim_generator_info"][0]["name"], source.removeprefix(SOURCES)
    said, every = exiftool(*TAGS), exiftool("-a", "-G3", TAGS[1])
    print(f"{kind}: c2pa-python {', '.join(right)}; ExifTool {', '.join(said.values())}; with -a -G3 {every}")
    assert right == ("Valid", "generator", "trainedAlgorithmicMedia")
    assert list(said.values()) == ["camera", "digitalCapture", "inputTo"]
    assert sorted(every.values()) == ["digitalCapture", "trainedAlgorithmicMedia"]
PROGRAM
