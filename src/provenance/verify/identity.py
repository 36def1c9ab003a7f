"""Who a signer is: by which name it may be called, who says so, and who else has that name."""

from __future__ import annotations

from dataclasses import dataclass, replace

from provenance.certificates import SignerCertificate
from provenance.directory import Directory, Listing, Standing, fold_name
from provenance.manifest import HistorySigner, ManifestReading
from provenance.verify.evidence import NameClaim


@dataclass(frozen=True)
class Identity:
    """A signer by its names.

    Attributes
    ----------
    name
        The certificate's, or the listed one where only a producer's own authority vouches for it.
    producer_name
        The name to show for a proved origin: the listed one, or else the certificate's.
    claim, listed_by
        Whether a directory lists the name, and which.
    self_issued
        Whether the authority that issued the certificate is the producer's own.
    self_named
        Whether the name is the producer's own word alone.
    """

    name: str = ""
    producer_name: str = ""
    claim: NameClaim = NameClaim.FREE
    listed_by: str = ""
    self_issued: bool = False
    self_named: bool = False


def identify(reading: ManifestReading, directory: Directory | None, *, bound: bool) -> Identity:
    """Identify the signer of a manifest; ``bound``: to the number that the manifest states."""
    signer = reading.signer
    if signer is None:
        return Identity()
    own = _find_own(reading, signer, directory, bound=bound)
    return _identify(HistorySigner(signer, reading.vetted), own, directory, bound=bound)


def identify_signer(signer: HistorySigner, directory: Directory) -> Identity:
    """Identify who signed a manifest of a picture's past, under any number."""
    own = directory.find_own(signer.certificate)
    return _identify(signer, own, directory, bound=False)


def _identify(
    who: HistorySigner, own: Listing | None, directory: Directory | None, *, bound: bool
) -> Identity:
    signer, vetted = who.certificate, who.vetted
    listed = own.entry.name if own and _may_rename(own, who) else signer.name
    self_named = _is_own_word(own) and not vetted
    identity = Identity(
        name=signer.name if vetted else listed,
        producer_name=listed if bound or not vetted else signer.name,
        claim=NameClaim.BOUND if own else NameClaim.FREE,
        listed_by=str(own) if own else "",
        self_issued=_is_own_issuer(signer) or self_named,
        self_named=self_named,
    )
    names = filter(None, (signer.organisation, signer.common_name, signer.name, listed))
    rival = directory and directory.find_rival(names, signer, vetted=vetted)
    if not rival:
        return identity
    return replace(identity, claim=NameClaim.OTHER, listed_by=str(rival))


def _find_own(
    reading: ManifestReading,
    signer: SignerCertificate,
    directory: Directory | None,
    *,
    bound: bool,
) -> Listing | None:
    """Return what binds the certificate: to the number that is stated, or else to any."""
    if directory is None:
        return None
    if bound and reading.statement is not None:
        return directory.find_bound(reading.statement.producer, signer)
    return directory.find_own(signer)


def _may_rename(own: Listing, who: HistorySigner) -> bool:
    """Tell whether the listed name goes before the certificate's.

    A producer's own directory can't give it another name than the one that an anchor certified.
    """
    same = fold_name(own.entry.name) == fold_name(who.certificate.name)
    return same or own.standing is Standing.AUTHORITY or not who.vetted


def _is_own_word(listing: Listing | None) -> bool:
    return listing is not None and listing.standing is not Standing.AUTHORITY


def _is_own_issuer(signer: SignerCertificate) -> bool:
    """Tell whether issuer and signer bear one name."""
    issuer = fold_name(signer.issuer_organisation or "")
    return bool(issuer) and issuer == fold_name(signer.organisation or "")
