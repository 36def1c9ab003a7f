"""Trust: anchors that the user chose, never a list of our own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from cryptography import x509

from provenance.canonical import is_sha256
from provenance.certificates import SignerCertificate, describe, hash_certificate, load_pem_chain
from provenance.errors import ConfigError, SignerKeyError
from provenance.files import read_named
from provenance.language import message
from provenance.once import once
from provenance.text import DATE, format_time

DEFAULT_EKUS = (
    "1.3.6.1.5.5.7.3.4",  # e-mail protection
    "1.3.6.1.5.5.7.3.36",  # document signing
    "1.3.6.1.5.5.7.3.8",  # time stamping
    "1.3.6.1.5.5.7.3.9",  # OCSP signing
    "1.3.6.1.4.1.311.76.59.1.9",  # Microsoft's C2PA signing
    "1.3.6.1.4.1.62558.2.1",  # C2PA claim signing
)
"""The SDK's own list of purposes. It has to be passed: without it the SDK accepts e-mail signing
only and calls every certificate of the official trust list invalid."""

MAX_TRUST_FILE_BYTES = 16 * 2**20
"""A trust list of thousands of certificates has 16 MiB; the official one is far smaller."""

_OID = re.compile(r"[0-2](\.\d{1,20}){2,20}", re.ASCII)  # lengths far above any that is assigned
_LIST = message("{name}, SHA-256 {digest}")
_DATED_LIST = message("{name}, file last changed {date}, SHA-256 {digest}")
_COMMENT = re.compile(r"#|//")  # both are usual in lists of anchors


@dataclass(frozen=True)
class TrustList:
    """Trust anchors from one source.

    ``dated`` is the file's modification time, since PEM lists carry no date of their own; None for
    anchors that did not come from a file. Reports name list, date and SHA-256.
    """

    name: str
    pem: str
    dated: datetime | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of the list as read."""
        return hashlib.sha256(self.pem.encode()).hexdigest()

    @once
    def anchors(self) -> frozenset[str]:
        """SHA-256 of every certificate on the list."""
        return frozenset(map(hash_certificate, load_pem_chain(self.pem.encode())))

    def __str__(self) -> str:
        # PEM lists have no date of their own; a file's is that of its last copy.
        form = _DATED_LIST if self.dated else _LIST
        return form.format(name=self.name, digest=self.sha256, date=format_time(self.dated, DATE))


class Scope(Protocol):
    """What an authority may speak for."""

    def covers(self, certificate: SignerCertificate) -> bool:
        """Tell whether this certificate is in the scope."""


@dataclass(frozen=True)
class ScopedAnchor:
    """An authority that vouches only for what is in a scope: a producer's own, by its entry."""

    source: TrustList
    scope: Scope


@dataclass(frozen=True)
class Trust:
    """What makes a signer trusted. By default nobody is.

    ``anchors`` vet identities: they may certify any name. ``scoped`` ones vouch for nobody outside
    their scope.

    A certificate with its SHA-256 in ``revoked`` is never trusted, nor are those that it issued,
    whatever the time of signing. A producer's revocation from a date on belongs in a directory.
    """

    anchors: tuple[TrustList, ...] = ()
    tsa_anchors: tuple[TrustList, ...] = ()
    ekus: tuple[str, ...] = DEFAULT_EKUS
    revoked: frozenset[str] = frozenset()
    scoped: tuple[ScopedAnchor, ...] = ()

    @classmethod
    def none(cls) -> Trust:
        """Trust nobody: every signer is unknown."""
        return cls()

    @classmethod
    def from_pem(cls, pem: bytes, name: str = "memory") -> Trust:
        """Trust the certificates of one PEM text.

        Raises
        ------
        ConfigError
            It holds none.
        """
        return cls(anchors=(_trust_list(name, pem, None),))

    @classmethod
    def load(
        cls,
        anchors: Iterable[Path],
        tsa_anchors: Iterable[Path] = (),
        ekus: Iterable[str | Path] | None = None,
        revoked: Iterable[Path] = (),
    ) -> Trust:
        """Load trust from files, as the configuration names them.

        Anchors are PEM. ``ekus`` are the purposes that a signer's certificate may have: object
        identifiers, or files with one a line. Files of revoked certificates have one SHA-256 a
        line. ``#`` and ``//`` start comments.

        Raises
        ------
        ConfigError
            A file is missing, unreadable or malformed, or no purpose is left.
        """
        purposes = DEFAULT_EKUS if ekus is None else tuple(_load_purposes(ekus))
        if not purposes:
            raise ConfigError(
                "The list trust.ekus is empty, so no certificate would do; "
                "leave it out for C2PA's purposes."
            )
        return cls(
            anchors=tuple(_load_list(path) for path in anchors),
            tsa_anchors=tuple(_load_list(path) for path in tsa_anchors),
            ekus=purposes,
            revoked=frozenset(line for path in revoked for line in _load_revoked(path)),
        )

    @once
    def tsa_certificates(self) -> tuple[x509.Certificate, ...]:
        """The anchors of time-stamp authorities."""
        return _load_certificates(self.tsa_anchors)

    @once
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """The anchors that vet signers; neither scoped ones nor time-stamp authorities."""
        return _load_certificates(self.anchors)

    @once
    def scoped_certificates(self) -> tuple[x509.Certificate, ...]:
        """The scoped anchors of signers."""
        return _load_certificates(each.source for each in self.scoped)

    def extend(self, scoped: Iterable[ScopedAnchor]) -> Trust:
        """Add scoped anchors."""
        return replace(self, scoped=tuple(dict.fromkeys((*self.scoped, *scoped))))

    def describe(
        self, chain: Sequence[x509.Certificate], at: datetime | None = None
    ) -> SignerCertificate:
        """Describe a signer, who is anchored by an anchor that vets, or within a scope.

        Raises
        ------
        SignerKeyError
            The chain is empty, or a certificate can't be read.
        """
        vetted = describe(chain, self.certificates, at)
        if vetted.anchored and not vetted.is_foreign:
            return vetted
        found = describe(chain, self.scoped_certificates, at)
        if found.anchored and self._find_scoped(found, True):
            return found
        return replace(vetted if vetted.anchored else found, anchored=False)

    def is_vetted(self, signer: SignerCertificate) -> bool:
        """Tell whether an anchor that vets identities vouches for a signer."""
        led = any(_top(signer) in source.anchors for source in self.anchors)
        return signer.anchored and led and not signer.is_foreign

    def is_out_of_scope(self, signer: SignerCertificate) -> bool:
        """Tell whether a signer leads to an anchor that may not speak for it."""
        led = any(_top(signer) in source.anchors for source in self.anchors)
        return not signer.anchored and (led or bool(self._find_scoped(signer, False)))

    def find_lists(self, signer: SignerCertificate | None) -> tuple[TrustList, ...]:
        """Return the list that vouches for a signer, or else all that were asked."""
        if signer is None or not signer.anchored:
            return (*self.anchors, *(each.source for each in self.scoped))
        vetting = (source for source in self.anchors if _top(signer) in source.anchors)
        return (*vetting, *self._find_scoped(signer, True))[:1]

    def _find_scoped(self, signer: SignerCertificate, covered: bool) -> tuple[TrustList, ...]:
        led_to = (each for each in self.scoped if _top(signer) in each.source.anchors)
        return tuple(each.source for each in led_to if each.scope.covers(signer) is covered)


def _top(signer: SignerCertificate) -> str:
    """SHA-256 of the highest certificate that is proved above a signer, or its own."""
    return (signer.sha256, *signer.issuers)[-1]


def _load_certificates(lists: Iterable[TrustList]) -> tuple[x509.Certificate, ...]:
    return tuple(
        certificate for source in lists for certificate in load_pem_chain(source.pem.encode())
    )


def is_purpose(entry: str) -> bool:
    """Tell whether this is an object identifier, and not a file's name."""
    return bool(_OID.fullmatch(entry))


def _trust_list(name: str, pem: bytes, dated: datetime | None) -> TrustList:
    try:
        load_pem_chain(pem)  # the SDK takes garbage without a word and then trusts nobody
        return TrustList(name, pem.decode(), dated)
    except (SignerKeyError, UnicodeDecodeError) as error:
        raise ConfigError(f"The trust list {name} holds no readable PEM certificates.") from error


def _load_list(path: Path) -> TrustList:
    data = _read(path)
    dated = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return _trust_list(path.name, data, dated)


def _load_purposes(entries: Iterable[str | Path]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, str) and is_purpose(entry):
            yield entry
            continue
        if isinstance(entry, str) or not entry.exists():
            raise ConfigError(
                f"The entry {str(entry)!r} of trust.ekus is neither an object identifier such as "
                f"{DEFAULT_EKUS[0]} nor a file of them."
            )
        for number, line in _read_lines(entry):
            if not is_purpose(line):
                raise ConfigError(
                    f"Line {number} of {entry} is not an object identifier such as "
                    f"{DEFAULT_EKUS[0]}."
                )
            yield line


def _load_revoked(path: Path) -> Iterator[str]:
    for number, line in _read_lines(path):
        entry = line.replace(":", "").lower()
        if not is_sha256(entry):
            raise ConfigError(f"Line {number} of {path} is not the SHA-256 of a certificate.")
        yield entry


def _read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a list with their numbers, comments and empty ones left out."""
    for number, line in enumerate(_read(path).decode("utf-8", "replace").splitlines(), 1):
        if entry := _COMMENT.split(line)[0].strip():
            yield number, entry


def _read(path: Path) -> bytes:
    return read_named(path, "trust file", MAX_TRUST_FILE_BYTES, ConfigError)
