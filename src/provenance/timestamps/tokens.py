"""Who made an RFC 3161 time stamp: the certificates in its token (CMS, RFC 5652).

This checks only whether every certificate in the token leads to an authority that the user trusts
for times. Others check what the stamp is of, and that the token is signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from provenance.certificates import MAX_CHAIN, NONSENSE, chains_to, hash_certificate, load_der_chain
from provenance.errors import SignerKeyError

_SEQUENCE, _OBJECT_ID, _CONTEXT_0 = 0x30, 0x06, 0xA0


def is_anchored(
    token: bytes,
    anchors: Sequence[x509.Certificate],
    at: datetime,
    revoked: frozenset[str] = frozenset(),
) -> bool:
    """Tell whether a token comes from one of the user's time-stamp authorities.

    At that time every certificate in it has to lead to an anchor. Exactly one may be other than an
    authority's, and that one must be for time stamps. Then any of them may have made the signature.
    """
    try:
        bag = read_certificates(token)
        leaves = [certificate for certificate in bag if not _is_authority(certificate)]
        if len(leaves) != 1 or not _is_for_time_stamps(leaves[0]):
            return False
        return all(
            hash_certificate(certificate) not in revoked
            and _leads_up(certificate, bag, anchors, at)
            for certificate in bag
        )
    except (*NONSENSE, SignerKeyError, x509.ExtensionNotFound):
        return False


def find_unrooted(anchors: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Return the authorities that count for manifests, but for no case folder.

    There, and with OpenSSL, a path must end in a root; of these no root is among the anchors.
    """
    rooted = [each for each in anchors if each.issuer == each.subject]
    grown = 0
    while grown != len(rooted):
        grown = len(rooted)
        names = {each.subject for each in rooted}
        rooted += [each for each in anchors if each not in rooted and each.issuer in names]
    return tuple(each for each in anchors if each not in rooted)


def read_certificates(token: bytes) -> tuple[x509.Certificate, ...]:
    """Read the certificates in a token, or in an authority's whole answer.

    Raises
    ------
    ValueError
        The bytes are not such a token.
    SignerKeyError
        A certificate can't be read.
    """
    parts = list(_split_elements(_take_content(token, _SEQUENCE)))
    if parts and parts[0][0] == _SEQUENCE and len(parts) == 2:  # an answer: status, then the token
        parts = list(_split_elements(parts[1][1]))
    if len(parts) != 2 or parts[0][0] != _OBJECT_ID or parts[1][0] != _CONTEXT_0:
        raise ValueError("no CMS content")
    signed_data = _split_elements(_take_content(parts[1][1], _SEQUENCE))
    found = [content for tag, content in signed_data if tag == _CONTEXT_0]
    if len(found) != 1:
        raise ValueError("no certificates")
    ders = [_encode(tag, content) for tag, content in _split_elements(found[0])]
    if len(ders) > MAX_CHAIN:
        raise ValueError("too many certificates")
    return load_der_chain(ders)


def _leads_up(
    certificate: x509.Certificate,
    bag: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    at: datetime,
) -> bool:
    if any(_is_same_authority(certificate, anchor) for anchor in anchors):
        return True  # a cross-certificate of an anchor
    above: list[x509.Certificate] = []
    step: x509.Certificate | None = certificate
    while step is not None:
        issuer = step.issuer
        step = next((one for one in bag if one.subject == issuer and one not in above), None)
        if step is not None:
            above.append(step)
    return chains_to(certificate, above, anchors, at)


def _is_same_authority(certificate: x509.Certificate, anchor: x509.Certificate) -> bool:
    same = certificate.subject == anchor.subject
    return same and certificate.public_key() == anchor.public_key()


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _is_for_time_stamps(certificate: x509.Certificate) -> bool:
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    return list(purposes) == [ExtendedKeyUsageOID.TIME_STAMPING]


# --- DER (X.690), as far as tokens need it -------------------------------------------------------


def _split_elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Split a sequence of DER elements into tag and content."""
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            raise ValueError("the DER ends early")
        tag, size = data[at], data[at + 1]
        at += 2
        if size & 0x80:
            width = size & 0x7F
            if not 1 <= width <= 4:
                raise ValueError("an indefinite or huge length")
            size = int.from_bytes(data[at : at + width], "big")
            at += width
        if at + size > len(data):
            raise ValueError("the DER ends early")
        yield tag, data[at : at + size]
        at += size


def _take_content(data: bytes, wanted: int) -> bytes:
    tag, content = next(_split_elements(data), (None, b""))
    if tag != wanted:
        raise ValueError("not the expected DER element")
    return content


def _encode(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
