"""For whom the signer of a directory file speaks: for anybody, or for itself alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from provenance.directory.edition import Standing
from provenance.directory.entries import DirectoryProducer, IssuerBinding
from provenance.directory.names import fold_name
from provenance.strict_json import SchemaError

if TYPE_CHECKING:
    from cryptography import x509

    from provenance.certificates import SignerCertificate


@dataclass(frozen=True)
class Found:
    """The signer of a file, its standing, and the series of editions that the file belongs to."""

    signer: SignerCertificate
    standing: Standing
    series: str


def judge_signer(
    chain: Sequence[x509.Certificate],
    producers: Sequence[DirectoryProducer],
    issued: datetime,
    authorities: Sequence[x509.Certificate],
    vetting: Sequence[x509.Certificate],
) -> Found:
    """Judge by the certificates that were valid when the file was issued.

    Raises
    ------
    SchemaError
        The file lists somebody for whom its signer does not speak.
    """
    from provenance.certificates import describe

    official = describe(chain, authorities, issued)
    if official.anchored and official.is_in_date(issued):
        top = (official.sha256, *official.issuers)[-1]
        return Found(official, Standing.AUTHORITY, f"authority {top}")
    own = find_own(chain, producers, issued, vetting)
    if own is None:
        raise SchemaError(
            f'Its signer "{official.subject}" (certificate SHA-256 {official.sha256}) leads to '
            "none of the directory_anchors in [trust], so it speaks for itself alone. The file has "
            "to hold one entry, and that has to bind the signer's own certificate."
        )
    vetted = describe(chain, vetting, issued)
    known = vetted.anchored and not vetted.is_foreign
    known = known and fold_name(vetted.name) == fold_name(producers[0].name)
    standing = Standing.VETTED if known else Standing.SELF
    entry = producers[0]
    return Found(own, standing, f"{entry.number} of {entry.binding}")


def find_own(
    chain: Sequence[x509.Certificate],
    producers: Sequence[DirectoryProducer],
    issued: datetime,
    vetting: Sequence[x509.Certificate],
) -> SignerCertificate | None:
    """Describe the signer if it is what the only entry of a file binds; else return None."""
    from provenance.certificates import describe, load_pem_chain

    if len(producers) != 1:
        return None
    entry = producers[0]
    brought = load_pem_chain(entry.authority.encode()) if entry.authority else ()
    signer = describe(chain, (*brought, *vetting), issued)
    is_authority = (
        isinstance(entry.binding, IssuerBinding) and signer.sha256 == entry.binding.sha256
    )
    bound = is_authority or entry.binding.covers(signer)
    return signer if bound and signer.is_in_date(issued) else None
