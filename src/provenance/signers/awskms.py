"""``awskms:KEY``: a key in AWS KMS, by ARN, id or ``alias/NAME``; needs the extra ``aws``.

Region, credentials and endpoint are boto3's own settings (environment, profile, role). An ARN
brings its region along.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from provenance.certificates import read_chain
from provenance.errors import ConfigError
from provenance.signers.callback import CallbackSigner
from provenance.signers.fork_safe import PerProcess
from provenance.signers.optional_imports import load_extra
from provenance.signers.uri import split

# KMS answers within 100 ms; a stamp must not hang on a dead network.
CONNECT_SECONDS, READ_SECONDS = 5, 10
ATTEMPTS = 3

MAX_MESSAGE = 4096  # KMS hashes messages itself up to here; a longer one goes there as its digest

# AWS's names, and the digest of each; Ed25519 has none that could go instead of the message.
_ALGORITHMS = {
    "es256": ("ECDSA_SHA_256", "sha256"),
    "es384": ("ECDSA_SHA_384", "sha384"),
    "es512": ("ECDSA_SHA_512", "sha512"),
    "ps256": ("RSASSA_PSS_SHA_256", "sha256"),
    "ed25519": ("ED25519_SHA_512", None),
}


def open_key(
    rest: str, chain: Path | None, folder: Path, connect: Callable[[], Any] | None = None
) -> CallbackSigner:
    """Open ``awskms:KEY``; nothing is asked of AWS before the first signature.

    `connect` makes the client, when it is to be another than boto3's own.
    """
    key, _ = split(rest.removeprefix("//"))
    if not key:
        raise ConfigError("awskms: names no key; write awskms: and its ARN, id or alias/NAME.")
    client = PerProcess(connect or (lambda: _client(key)))
    client.get()

    def sign(data: bytes) -> bytes:
        name, digest = _ALGORITHMS[signer.algorithm]
        whole = digest is None or len(data) <= MAX_MESSAGE
        answer = client.get().sign(
            KeyId=key,
            SigningAlgorithm=name,
            MessageType="RAW" if whole else "DIGEST",
            Message=data if digest is None or whole else hashlib.new(digest, data).digest(),
        )
        return bytes(answer["Signature"])

    signer = CallbackSigner(sign, read_chain(chain, folder, "awskms:"), keeper=f"awskms:{key}")
    return signer


def _client(key: str) -> Any:
    boto3 = load_extra("boto3", "aws")
    botocore = load_extra("botocore.config", "aws")
    exceptions = load_extra("botocore.exceptions", "aws")
    config = botocore.Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"max_attempts": ATTEMPTS, "mode": "standard"},
    )
    region = key.split(":")[3] if key.startswith("arn:") and key.count(":") >= 5 else None
    try:
        return boto3.session.Session().client("kms", region_name=region, config=config)
    except exceptions.BotoCoreError as error:
        raise ConfigError(f"AWS KMS can't be used as it is set up: {error}") from error
