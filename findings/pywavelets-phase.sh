#!/usr/bin/env bash
# PyWavelets 1.9.0: for some wavelets, mode "periodization" gives coefficients that no other mode gives.
#
# Modes say what lies beyond the borders, so far inside a signal one expects the same coefficients from each, at most
# moved by some places. That holds for haar, bior4.4 or sym5. For filters whose length is divisible by four (db2, db4,
# sym4, db6) "periodization" keeps the other half: the coefficients between those of the other modes. They equal what the
# other modes give when the signal is moved by one sample. A detector that mixes modes finds bior4.4 and loses db4.
#
# Seen (inside a random signal, against mode "symmetric"):
#     haar (2 taps): moved by [0], with the signal moved none
#     bior4.4 (10 taps): moved by [2], with the signal moved none
#     sym5 (10 taps): moved by [2], with the signal moved none
#     db2 (4 taps): moved by nothing that fits, with the signal moved [0]
#     db4 and sym4 (8 taps): moved by nothing that fits, with the signal moved [1]
#     db6 (12 taps): moved by nothing that fits, with the signal moved [2]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'PyWavelets==1.9.0' 'numpy==2.4.6'
venv/bin/python -I - <<'PROGRAM'
import numpy as np
import pywt

signal = np.random.Generator(np.random.PCG64(1)).normal(size=256)
INSIDE = slice(20, 100)


def places(periodic, usual):
    return [by for by in range(12) if np.allclose(periodic[INSIDE], usual[INSIDE.start + by : INSIDE.stop + by])]


for name in ("haar", "bior4.4", "sym5", "db2", "db4", "sym4", "db6"):
    usual = pywt.dwt(signal, name, mode="symmetric")[0]
    moved_by = places(pywt.dwt(signal, name, mode="periodization")[0], usual)
    next_by = places(pywt.dwt(np.roll(signal, 1), name, mode="periodization")[0], usual)
    taps = pywt.Wavelet(name).dec_len
    print(f"{name} ({taps} taps): moved by {moved_by or 'nothing that fits'}, with the signal moved {next_by or 'none'}")
    assert (len(moved_by), len(next_by)) == ((0, 1) if taps % 4 == 0 else (1, 0))
PROGRAM
