#!/usr/bin/env bash
# c2pa-python 0.38.1 (SDK 0.91.3): in a signed film of fragments, the index names the last fragment for every moment.
#
# An MP4 in fragments ends with an index (mfra, tfra): for each key frame its time and the place of its fragment. A
# manifest moves all fragments. The SDK keeps one new place for each track, that of its last fragment, and writes it into
# every entry. The file is Valid, and whoever plays it from the start sees no difference. Who goes by the index, here
# FFmpeg with use_mfra_for, jumps to nothing and loses frames. Places in tfhd, saio and stco are put right.
#
# Seen (a film of 60 frames; FFmpeg of PyAV 18.1.0):
#     before: 5 fragments, index names 5 of them; jump to 2 s finds 1.92, 60 frames by the index, 60 without
#     signed: 5 fragments, index names 1 of them; jump to 2 s finds nothing, 48 frames by the index, 60 without
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'c2pa-python==0.38.1' 'av==18.1.0' 'numpy==2.4.6'
ec=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -x509 -days 9)
openssl req "${ec[@]}" -subj /O=Finding/CN=authority -keyout ca.key -out ca.pem \
    -addext keyUsage=critical,keyCertSign 2>/dev/null
openssl req "${ec[@]}" -subj /O=Finding/CN=signer -keyout signer.key -out signer.pem -CA ca.pem -CAkey ca.key \
    -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
    -addext extendedKeyUsage=emailProtection 2>/dev/null
venv/bin/python -I - <<'PROGRAM'
import io
import struct
from pathlib import Path

import av
import c2pa
import numpy as np

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
ACTIONS = {"actions": [{"action": "c2pa.created", "digitalSourceType": SOURCE}]}
STATED = {"claim_generator_info": [{"name": "finding"}], "assertions": [{"label": "c2pa.actions.v2", "data": ACTIONS}]}
CODING = {"g": "12", "sc_threshold": "1000000000"}  # a key frame, and so a fragment, each 12 frames

def film():
    file, fragmented = io.BytesIO(), {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(file, "w", format="mp4", options=fragmented) as out:
        stream = out.add_stream("mpeg4", rate=25, options=CODING, width=128, height=96, pix_fmt="yuv420p")
        for number in range(60):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((96, 128, 3), 4 * number, np.uint8))))
        out.mux(stream.encode())
    return file.getvalue()

def sign(data):
    chain = Path("signer.pem").read_bytes() + Path("ca.pem").read_bytes()
    info = c2pa.C2paSignerInfo(b"es256", chain, Path("signer.key").read_bytes(), None)
    signed = io.BytesIO()
    with c2pa.Signer.from_info(info) as signer:
        c2pa.Builder(STATED).sign(signer, "video/mp4", io.BytesIO(data), signed)
    assert c2pa.Reader("video/mp4", signed).get_validation_state() == "Valid"
    return signed.getvalue()

def places(data):
    """Return where fragments are, and where the index says: entries of a time, a place and three bytes."""
    fragments, at, box = [], 0, data.index(b"tfra") + 4
    while at < len(data):
        fragments += [at] if data[at + 4 : at + 8] == b"moof" else []
        at += int.from_bytes(data[at : at + 4], "big")
    entries = range(int.from_bytes(data[box + 12 : box + 16], "big"))
    return fragments, [struct.unpack_from(">QQ", data, box + 16 + 19 * entry)[1] for entry in entries]

def read(data, **options):
    with av.open(io.BytesIO(data), options=options) as film, av.open(io.BytesIO(data), options=options) as again:
        again.seek(int(2 * av.time_base))
        return getattr(next(again.decode(video=0), None), "time", "nothing"), sum(1 for _ in film.decode(video=0))

before = film()
for name, data in (("before", before), ("signed", sign(before))):
    (fragments, index), (jump, some), (_, every) = places(data), read(data, use_mfra_for="pts"), read(data)
    print(f"{name}: {len(fragments)} fragments, index names {len(set(index))} of them;",
          f"jump to 2 s finds {jump}, {some} frames by the index, {every} without")
    assert len(fragments) == 5 and every == 60
    assert name == "signed" or (index, jump, some) == (fragments, 1.92, 60)
    assert name == "before" or (index, jump, some < 60) == (fragments[-1:] * 5, "nothing", True)
PROGRAM
