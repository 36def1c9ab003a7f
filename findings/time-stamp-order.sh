#!/usr/bin/env bash
# OpenSSL 3's time stamps: rfc3161-client 1.0.9 reads them or not, by whose certificate is longer, authority's or root's.
#
# A time stamp brings the authority's certificates along as a set. RFC 3161 has answers encoded as DER, which sorts a set
# by its bytes, and so a shorter certificate goes before a longer one. OpenSSL writes the authority's first and then the
# others as they are configured, in whatever order that is; the command line has no option for it. rfc3161-client insists
# on the order before it looks at anything else, OpenSSL takes both. No signature covers the order, so a set that was
# sorted afterwards makes the same time stamp good for both.
#
# Seen (authorities that differ by the name of the root alone):
#     root's certificate is longer:  openssl ts True, rfc3161-client True
#     root's certificate is shorter: openssl ts True, rfc3161-client InvalidSetOrdering
#     the same answer, set sorted:   openssl ts True, rfc3161-client True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'rfc3161-client==1.0.9' 'cryptography==50.0.2'
ec=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -x509 -days 9)
printf 'data' >data
openssl ts -query -data data -sha256 -cert -out query 2>/dev/null
for root in longer shorter; do
    name=root
    [ $root = shorter ] || name=root-whose-name-is-so-long-that-its-certificate-is-longer-too
    openssl req "${ec[@]}" -subj "/CN=$name" -keyout ca.key -out $root.pem -addext keyUsage=critical,keyCertSign 2>/dev/null
    openssl req "${ec[@]}" -subj /CN=authority -keyout tsa.key -out tsa.pem -CA $root.pem -CAkey ca.key \
        -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
        -addext extendedKeyUsage=critical,timeStamping 2>/dev/null
    printf '%s\n' '[tsa]' default_tsa=t '[t]' serial=serial signer_cert=tsa.pem signer_key=tsa.key certs=$root.pem \
        default_policy=1.2.3 digests=sha256 signer_digest=sha256 ess_cert_id_alg=sha256 >tsa.cnf
    echo 01 >serial
    openssl ts -reply -config tsa.cnf -queryfile query -out $root.answer 2>/dev/null
    cp tsa.pem $root-tsa.pem
done
venv/bin/python -I - <<'PROGRAM'
import hashlib
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from rfc3161_client import VerifierBuilder, decode_timestamp_response


def load(name):
    return load_pem_x509_certificate(Path(name).read_bytes())


def ask(answer, root):
    """Return whether OpenSSL verifies an answer, and True or the name of an error from rfc3161-client."""
    Path("answer").write_bytes(answer)
    check = ["openssl", "ts", "-verify", "-data", "data", "-in", "answer", "-CAfile", f"{root}.pem"]
    verified = subprocess.run(check, capture_output=True).returncode == 0
    try:
        response = decode_timestamp_response(answer)
    except ValueError as error:
        return verified, "InvalidSetOrdering" if "InvalidSetOrdering" in str(error) else str(error)
    verifier = VerifierBuilder().add_root_certificate(load(f"{root}.pem")).build()
    return verified, verifier.verify(response, hashlib.sha256(b"data").digest())


answers = {root: Path(f"{root}.answer").read_bytes() for root in ("longer", "shorter")}
ders = [load(name).public_bytes(Encoding.DER) for name in ("shorter-tsa.pem", "shorter.pem")]
assert len(ders[0]) > len(ders[1]) and b"".join(ders) in answers["shorter"]
swapped = answers["shorter"].replace(b"".join(ders), b"".join(sorted(ders)))
for name, answer, root, expected in (
    ("root's certificate is longer", answers["longer"], "longer", (True, True)),
    ("root's certificate is shorter", answers["shorter"], "shorter", (True, "InvalidSetOrdering")),
    ("the same answer, set sorted", swapped, "shorter", (True, True)),
):
    found = ask(answer, root)
    print(f"{name}: openssl ts {found[0]}, rfc3161-client {found[1]}")
    assert found == expected
PROGRAM
