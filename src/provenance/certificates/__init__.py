"""X.509 certificates: read and describe them, check who issued whom and who may sign what.

Nothing here knows C2PA's manifests, or where keys are kept. ``algorithms`` holds the signature
algorithms by their COSE names.
"""

from provenance.certificates import algorithms
from provenance.certificates.algorithms import PrivateKey
from provenance.certificates.c2pa_profile import (
    CLAIM_SIGNING,
    DOCUMENT_SIGNING,
    find_obstacle,
    names_organisation,
)
from provenance.certificates.signer_certificate import (
    DEVELOPMENT_AUTHORITY,
    DEVELOPMENT_COUNTRY,
    MAX_CHAIN,
    NONSENSE,
    SignerCertificate,
    chains_to,
    describe,
    encode_public_key,
    hash_certificate,
    is_issued_by,
    load_der_chain,
    load_pem_chain,
    load_public_key,
    to_pem,
    verify_signature,
)
from provenance.certificates.signing_chain import (
    MAX_FILE_BYTES,
    Chain,
    load_signing_chain,
    read_chain,
    read_file,
)

__all__ = [
    "CLAIM_SIGNING",
    "DEVELOPMENT_AUTHORITY",
    "DEVELOPMENT_COUNTRY",
    "DOCUMENT_SIGNING",
    "MAX_CHAIN",
    "MAX_FILE_BYTES",
    "NONSENSE",
    "Chain",
    "PrivateKey",
    "SignerCertificate",
    "algorithms",
    "chains_to",
    "describe",
    "encode_public_key",
    "find_obstacle",
    "hash_certificate",
    "is_issued_by",
    "load_der_chain",
    "load_pem_chain",
    "load_public_key",
    "load_signing_chain",
    "names_organisation",
    "read_chain",
    "read_file",
    "to_pem",
    "verify_signature",
]
