#!/usr/bin/env bash
# An RFC 3161 time stamp whose authority's certificate has run out: rfc3161-client 1.0.9 takes it, openssl ts doesn't.
#
# A time stamp is to prove a time long after. rfc3161-client asks whether the certificate was valid when the stamp was
# made. "openssl ts -verify" (3.0) asks whether it is valid now, so the same honest stamp fails from the day the
# certificate ends, unless it is told the time of the stamp with -attime.
#
# Seen (a certificate of eight seconds):
#     in its time:   rfc3161-client True, openssl True
#     after its end: rfc3161-client True, openssl False, openssl -attime True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'rfc3161-client==1.0.9' 'cryptography==50.0.2'
venv/bin/python -I - <<'PROGRAM'
import datetime as dt
import hashlib
import subprocess
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

NOW, LIFE = dt.datetime.now(dt.timezone.utc), dt.timedelta(seconds=8)
NAMES = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("root", "authority")]
root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in NAMES)


def certificate(name, public, end):
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(NAMES[0]).public_key(public)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(NOW - LIFE).not_valid_after(end)
    builder = builder.add_extension(x509.BasicConstraints(name == NAMES[0], None), critical=True)
    if name != NAMES[0]:
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purposes, critical=True)
    return builder.sign(root_key, hashes.SHA256())


root = certificate(NAMES[0], root_key.public_key(), NOW + dt.timedelta(days=9))
leaf = certificate(NAMES[1], key.public_key(), NOW + LIFE)
Path("root.pem").write_bytes(root.public_bytes(Encoding.PEM))
Path("tsa.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
Path("tsa.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
Path("serial").write_text("01")
Path("tsa.cnf").write_text("[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_cert=tsa.pem\nsigner_key=tsa.key\n"
                           "default_policy=1.2.3\ndigests=sha256\nsigner_digest=sha256\ness_cert_id_alg=sha256\n")
Path("data").write_bytes(b"data")


def openssl(*arguments):
    return subprocess.run(["openssl", "ts", *arguments], capture_output=True).returncode == 0


def client(answer):
    try:
        VerifierBuilder().add_root_certificate(root).build().verify(answer, hashlib.sha256(b"data").digest())
    except VerificationError:
        return False
    return True


assert openssl("-query", "-data", "data", "-sha256", "-cert", "-out", "query")
assert openssl("-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "answer")
answer = decode_timestamp_response(Path("answer").read_bytes())
check = ["-verify", "-data", "data", "-in", "answer", "-CAfile", "root.pem"]
before = client(answer), openssl(*check)
print("in its time: rfc3161-client {}, openssl {}".format(*before))
time.sleep((NOW + LIFE - dt.datetime.now(dt.timezone.utc)).total_seconds() + 2)
then = str(int(answer.tst_info.gen_time.timestamp()))
after = client(answer), openssl(*check), openssl(*check, "-attime", then)
print("after its end: rfc3161-client {}, openssl {}, openssl -attime {}".format(*after))
assert (before, after) == ((True, True), (True, False, True))
PROGRAM
