"""X.509 certificates: read and describe them, check who issued whom and who may sign what.

Nothing here knows C2PA's manifests, or where keys are kept. ``algorithms`` holds the signature
algorithms by their COSE names.
"""

from provenance.certificates import algorithms
from provenance.certificates.algorithms import PrivateKey
from provenance.certificates.c2pa_profile import CLAIM_SIGNING, DOCUMENT_SIGNING, unsuitable
from provenance.certificates.signer_certificate import (
    MAX_CHAIN,
    NONSENSE,
    SignerCertificate,
    chains_to,
    describe,
    load_der_chain,
    load_pem_chain,
    sha256,
    to_pem,
    verify_signature,
)
from provenance.certificates.signing_chain import Chain, read_chain, read_file, usable

__all__ = [
    "CLAIM_SIGNING",
    "DOCUMENT_SIGNING",
    "MAX_CHAIN",
    "NONSENSE",
    "Chain",
    "PrivateKey",
    "SignerCertificate",
    "algorithms",
    "chains_to",
    "describe",
    "load_der_chain",
    "load_pem_chain",
    "read_chain",
    "read_file",
    "sha256",
    "to_pem",
    "unsuitable",
    "usable",
    "verify_signature",
]
