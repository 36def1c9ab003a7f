"""What directory files say together, and whom a number, a certificate or a name stands for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.directory.edition import (
    Edition,
    Listing,
    Standing,
    check_agreement,
    select_newest,
)
from provenance.directory.entries import (
    DirectoryModel,
    DirectoryProducer,
    EntryStatus,
    is_self_drawn,
)
from provenance.directory.file import load
from provenance.directory.names import fold_name

if TYPE_CHECKING:
    from cryptography import x509

    from provenance.certificates import SignerCertificate


class Directory:
    """What one directory file says, or several together.

    Entries that are given here directly count as a directory authority's: the program vouches for
    them.

    Raises
    ------
    DirectoryError
        Two directory authorities contradict each other about a number.
    """

    def __init__(
        self, producers: Iterable[DirectoryProducer] = (), editions: Iterable[Edition] = ()
    ) -> None:
        own = tuple(Edition((producer,), Standing.AUTHORITY) for producer in producers)
        given = (*own, *editions)
        self.editions = select_newest(given)
        # A producer's own revocation stays: who stole its key could write a newer edition without.
        self._revoked = [
            entry
            for edition in given
            if edition in self.editions or edition.standing is not Standing.AUTHORITY
            for entry in edition.producers
            if entry.revoked_at
        ]
        check_agreement(self.editions)
        self._by_number: defaultdict[int, list[Listing]] = defaultdict(list)
        self._by_name: defaultdict[str, list[Listing]] = defaultdict(list)
        for listing in self.listings:
            self._by_number[listing.entry.number].append(listing)
            self._by_name[fold_name(listing.entry.name)].append(listing)

    @classmethod
    def load(
        cls,
        paths: Iterable[Path],
        authorities: Sequence[x509.Certificate] = (),
        vetting: Sequence[x509.Certificate] = (),
    ) -> Directory:
        """Read and merge files.

        What one of the ``authorities`` signed may list anybody. Any other file may list only its
        own signer. ``vetting`` are the anchors that certify names; see ``Standing``.

        Raises
        ------
        DirectoryError
            A file can't be read, is not signed, is malformed, lists somebody else than its signer,
            or contradicts another authority's.
        """
        return cls(editions=[load(path, authorities, vetting) for path in paths])

    @property
    def listings(self) -> tuple[Listing, ...]:
        """All entries, each with its edition; the highest standing first."""
        found = (Listing(entry, each) for each in self.editions for entry in each.producers)
        return tuple(dict.fromkeys(sorted(found, key=lambda each: -each.standing)))

    @property
    def producers(self) -> tuple[DirectoryProducer, ...]:
        """All entries by number, also those of self-drawn numbers, which name nobody."""
        entries = dict.fromkeys(each.entry for each in self.listings)
        return tuple(sorted(entries, key=lambda entry: entry.number))

    def knows(self, number: int) -> bool:
        """Tell whether the number is listed; anybody may use it."""
        return number in self._by_number

    def binds(self, number: int, certificate: SignerCertificate) -> bool:
        """Tell whether this certificate speaks for the number; see ``status_at`` for when."""
        return self.find_bound(number, certificate) is not None

    def find_bound(self, number: int, certificate: SignerCertificate) -> Listing | None:
        """Return the listing that binds a certificate to a number.

        Where a directory authority lists the number, no other listing of it counts.
        """
        listed = self.find_listings(number)
        return next((each for each in listed if each.entry.binding.covers(certificate)), None)

    def find_listings(self, number: int) -> tuple[Listing, ...]:
        """Return what lists a number: an authority's word alone, or else everybody's own."""
        listed = tuple(self._by_number.get(number, ()))
        assigned = tuple(each for each in listed if each.standing is Standing.AUTHORITY)
        return assigned or listed

    def is_number_of_another(
        self, number: int, certificate: SignerCertificate, *, vetted: bool
    ) -> bool:
        """Tell whether the number is listed for somebody else, by a word that outranks the signer.

        ``vetted``: an anchor that vets identities certified the signer. A producer's own listing
        can't take a number away from it.
        """
        own = Standing.VETTED if vetted else Standing.SELF
        rivals = any(each.standing >= own for each in self._by_number.get(number, ()))
        return rivals and not self.binds(number, certificate)

    def find_rival(
        self, names: Iterable[str], certificate: SignerCertificate, *, vetted: bool
    ) -> Listing | None:
        """Return a listing of one of these names for another certificate, unless it is outranked.

        Spellings that people take for the same name are the same. A directory that lists the name
        for this certificate as well does not count.
        """
        keys = dict.fromkeys(filter(None, map(fold_name, names)))
        listed = [each for key in keys for each in self._by_name.get(key, ())]
        ours = [each for each in listed if each.entry.binding.covers(certificate)]
        return _find_equal(listed, ours, Standing.VETTED if vetted else Standing.SELF)

    def find_namesake(self, listing: Listing) -> Listing | None:
        """Return a listing of the same name for somebody else, unless this one outranks it."""
        listed = self._by_name.get(fold_name(listing.entry.name), [])
        ours = [each for each in listed if each.entry.binding == listing.entry.binding]
        return _find_equal(listed, ours, Standing.SELF)

    def find_own(self, certificate: SignerCertificate) -> Listing | None:
        """Return the listing of highest standing that binds a certificate, under any number."""
        return next(
            (each for each in self.listings if each.entry.binding.covers(certificate)), None
        )

    def find_listing(self, number: int) -> Listing | None:
        """Return what lists a number, None where equals disagree about it."""
        listed = self._by_number.get(number, [])
        best = [each for each in listed if each.standing == listed[0].standing]
        agreed = len({each.entry.name for each in best}) == 1
        return best[0] if agreed else None

    def producer(
        self, number: int, certificate: SignerCertificate | None = None
    ) -> DirectoryProducer | None:
        """Name the producer of a number.

        Without a certificate, only a number that a directory authority assigned names somebody.
        With one, every number gives None unless it is bound to this certificate.
        """
        if certificate is not None:
            bound = self.find_bound(number, certificate)
            return bound.entry if bound else None
        found = None if is_self_drawn(number) else self.find_listing(number)
        return found.entry if found and found.standing is Standing.AUTHORITY else None

    def model(
        self, number: int, model_number: int, certificate: SignerCertificate | None = None
    ) -> DirectoryModel | None:
        """Say what a model number stands for, under the same rule as ``producer``."""
        producer = self.producer(number, certificate)
        models = producer.models if producer else ()
        return next((model for model in models if model.number == model_number), None)

    def revoked_at(self, certificate: SignerCertificate) -> datetime | None:
        """Say since when a certificate's word no longer counts, under any number.

        A thief of a revoked producer's key may use another number, and state a false time.
        """
        bound = (p for p in self._revoked if p.binding.covers(certificate))
        return min((p.revoked_at for p in bound if p.revoked_at), default=None)

    def status_at(self, number: int, time: datetime) -> EntryStatus:
        """Say whether the entry of a number is valid at a time."""
        found = self.find_listing(number)
        return found.entry.status_at(time) if found else EntryStatus.UNKNOWN


def _find_equal(
    listed: Iterable[Listing], ours: Iterable[Listing], standing: Standing
) -> Listing | None:
    """Return the first listing that is not ours, from no directory of ours, and not outranked."""
    kept = tuple(ours)
    own = max((standing, *(each.standing for each in kept)))
    editions = {each.edition for each in kept}
    rivals = (each for each in listed if each not in kept and each.edition not in editions)
    return next((each for each in rivals if each.standing >= own), None)
