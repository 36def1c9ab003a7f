"""``gcpkms:projects/…/cryptoKeyVersions/1``: a key in Google Cloud KMS; needs the extra ``gcp``.

Credentials are Google's own application default. Google keeps no P-521 keys.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from provenance.certificates import read_chain
from provenance.errors import ConfigError, SignerKeyError
from provenance.signers.callback import CallbackSigner
from provenance.signers.fork_safe import PerProcess
from provenance.signers.optional_imports import load_extra
from provenance.signers.uri import split

TIMEOUT_SECONDS = 5.0
"""KMS answers within 200 ms; a stamp must not hang on a dead network.

Google's own deadline, a minute, is for jobs that nobody waits for.
"""

_VERSION = re.compile(
    r"projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+/cryptoKeyVersions/\d+"
)
_DIGESTS = {"es256": "sha256", "es384": "sha384", "ps256": "sha256"}


def open_key(
    rest: str, chain: Path | None, folder: Path, connect: Callable[[], Any] | None = None
) -> CallbackSigner:
    """Open ``gcpkms:VERSION``; Google is not asked before the first signature.

    ``connect`` makes the client; Google's library makes it by default.

    Raises
    ------
    ConfigError
        The URI names no version of a key, or Google's library is missing.
    SignerKeyError
        The certificates can't be used.
    """
    name, _ = split(rest.removeprefix("//"))
    if not _VERSION.fullmatch(name):
        raise ConfigError(
            "The signer gcpkms: needs the full name of a key version: "
            "projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N."
        )
    client = PerProcess(connect or _connect)
    retries = load_extra("google.api_core.retry", "gcp")
    retry = retries.Retry(predicate=retries.if_transient_error, timeout=TIMEOUT_SECONDS)

    def sign(data: bytes) -> bytes:
        digest = _DIGESTS.get(signer.algorithm)
        message: dict[str, Any] = {"data": data}
        if digest:
            message = {"digest": {digest: hashlib.new(digest, data).digest()}}
        request = {"name": name, **message}
        answer = client.get().asymmetric_sign(request=request, retry=retry, timeout=TIMEOUT_SECONDS)
        return bytes(answer.signature)

    signer = CallbackSigner(sign, read_chain(chain, folder, "gcpkms:"), keeper=f"gcpkms:{name}")
    if signer.algorithm == "es512":
        raise SignerKeyError(
            "Google Cloud KMS holds no P-521 keys; name the certificate of this key."
        )
    return signer


def _connect() -> Any:
    return load_extra("google.cloud.kms", "gcp").KeyManagementServiceClient()
