#!/usr/bin/env bash
# moto 5.2.5: its AWS KMS hashes a message that is a digest already, so such signatures verify nowhere else.
#
# KMS signs RAW messages, which it hashes, or a DIGEST, which it takes as it is; longer messages can only be signed by
# their digest. moto's stand-in hashes both. What it signs for MessageType=DIGEST is a signature over the digest of the
# digest: a test against moto either fails on right code, or passes on code that AWS would refuse.
#
# Seen (ECC_NIST_P256, ECDSA_SHA_256; cryptography 50.0.2 verifies):
#     RAW:    over the message True,  over its digest False
#     DIGEST: over the message False, over its digest True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet 'moto[kms]==5.2.5' 'boto3==1.44.8' 'cryptography==50.0.2'
venv/bin/python -I - <<'PROGRAM'
import hashlib

import boto3
import moto
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

MESSAGE = b"message"
DIGEST = hashlib.sha256(MESSAGE).digest()


def verifies(public, signature, data):
    try:
        public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


with moto.mock_aws():
    kms = boto3.client("kms", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    public = serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    for kind, given in (("RAW", MESSAGE), ("DIGEST", DIGEST)):
        answer = kms.sign(KeyId=key, Message=given, MessageType=kind, SigningAlgorithm="ECDSA_SHA_256")
        over = [verifies(public, answer["Signature"], data) for data in (MESSAGE, DIGEST)]
        print(f"{kind}: over the message {over[0]}, over its digest {over[1]}")
        assert over == [kind == "RAW", kind == "DIGEST"]
PROGRAM
