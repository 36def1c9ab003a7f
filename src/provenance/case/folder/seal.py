"""The seal of a case folder: a list of digests, signed by the examiner and perhaps time-stamped.

====================== ==========================================================================
``SHA256SUMS``         the SHA-256 of every other file, as ``sha256sum`` writes and checks it
``SHA256SUMS.sig``     the examiner's signature over it, as ``openssl dgst`` takes it
``SHA256SUMS.tsr``     RFC 3161 time stamp of that signature, if an authority was asked
``SHA256SUMS.tsr.sig`` the examiner's signature over the time stamp, so that it can't be exchanged
====================== ==========================================================================

ECDSA signatures are in DER form, RSA ones PSS with SHA-256 and a salt of 32 bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from provenance.certificates import algorithms, load_pem_chain, verify_signature
from provenance.signers import Signer

SUMS = "SHA256SUMS"
SIGNATURE = f"{SUMS}.sig"
TIME_STAMP = f"{SUMS}.tsr"
TIME_STAMP_SIGNATURE = f"{TIME_STAMP}.sig"
FILES = (SUMS, SIGNATURE, TIME_STAMP, TIME_STAMP_SIGNATURE)

# Names that need no quoting anywhere; only this program names the files of a case folder.
_LINE = re.compile(rb"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]{0,99})\n")

TimeStamper = Callable[[bytes], bytes]
"""Returns a time stamp over the bytes it is given."""


def seal(
    files: Mapping[str, bytes], signer: Signer | None, time_stamp: TimeStamper | None = None
) -> dict[str, bytes]:
    """Make the files that seal the given ones; without a signer only the list.

    Raises
    ------
    SigningError
        The signer failed, or the time-stamp authority did.
    """
    sums = write_sums(files)
    sealed = {SUMS: sums}
    if signer is None:
        return sealed
    sealed[SIGNATURE] = _sign(signer, sums)
    if time_stamp is not None:
        token = time_stamp(sealed[SIGNATURE])
        sealed |= {TIME_STAMP: token, TIME_STAMP_SIGNATURE: _sign(signer, token)}
    return sealed


def write_sums(files: Mapping[str, bytes]) -> bytes:
    """Write the list of digests: one line a file, sorted by name."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines).encode("ascii")


def parse_sums(sums: bytes) -> dict[str, str]:
    """Parse a list: digests by name.

    Raises
    ------
    ValueError
        It is not a list that ``write_sums`` could have written.
    """
    found = {name.decode(): digest.decode() for digest, name in _LINE.findall(sums)}
    lines = (f"{found[name]}  {name}\n" for name in sorted(found))
    if "".join(lines).encode() != sums or found.keys() & set(FILES):
        raise ValueError("This is not a list of digests.")
    return found


def is_signed_by(certificate: x509.Certificate, data: bytes, signature: bytes) -> bool:
    """Tell whether the certificate's key made a signature in the form of ``SHA256SUMS.sig``."""
    try:
        cose = algorithms.from_openssl(certificate.public_key(), signature)
    except (ValueError, UnsupportedAlgorithm):  # a stranger's certificate may hold any key
        return False
    return verify_signature(certificate, data, cose)


def _sign(signer: Signer, data: bytes) -> bytes:
    key = load_pem_chain(signer.certificate_chain)[0].public_key()
    return algorithms.to_openssl(key, signer.sign(data))
