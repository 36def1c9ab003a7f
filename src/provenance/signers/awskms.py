"""``awskms:KEY``: a key in AWS KMS, by ARN, id or ``alias/NAME``; needs the extra ``aws``.

Region, credentials and endpoint are boto3's own settings (environment, profile, role). An ARN names
its region itself.
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

CONNECT_SECONDS, READ_SECONDS = 5, 10
"""KMS answers within 100 ms; a stamp must not hang on a dead network."""

ATTEMPTS = 3
"""How often boto3 asks; a service that is restarted answers the second time."""

MAX_MESSAGE_BYTES = 4096
"""The longest message that KMS hashes itself; of a longer one it gets the digest."""

# AWS's names, and the hash of each. Ed25519 can't be given a digest instead of the message.
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
    """Open ``awskms:KEY``; AWS is not asked before the first signature.

    ``connect`` makes the client; boto3 makes it by default.

    Raises
    ------
    ConfigError
        The URI names no key, or boto3 is missing or can't be used as it is set up.
    SignerKeyError
        The certificates can't be used.
    """
    key, _ = split(rest.removeprefix("//"))
    if not key:
        raise ConfigError(
            "The signer awskms: names no key; write awskms: and its ARN, id or alias/NAME."
        )
    client = PerProcess(connect or (lambda: _connect(key)))
    client.get()

    def sign(data: bytes) -> bytes:
        name, digest = _ALGORITHMS[signer.algorithm]
        whole = digest is None or len(data) <= MAX_MESSAGE_BYTES
        answer = client.get().sign(
            KeyId=key,
            SigningAlgorithm=name,
            MessageType="RAW" if whole else "DIGEST",
            Message=data if digest is None or whole else hashlib.new(digest, data).digest(),
        )
        return bytes(answer["Signature"])

    signer = CallbackSigner(sign, read_chain(chain, folder, "awskms:"), keeper=f"awskms:{key}")
    return signer


def _connect(key: str) -> Any:
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
        raise ConfigError(
            f"AWS KMS can't be used as it is set up: {str(error).rstrip('.')}."
        ) from error
