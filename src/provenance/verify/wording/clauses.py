"""Sentences and parts of them that more than one finding needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provenance.language import Message, Said, join
from provenance.manifest import Omission, PartKind, is_identity_problem
from provenance.names import find_deceptive_script
from provenance.text import format_number, format_time, join_names, quote
from provenance.verify.evidence import Integrity, Manifest, NameClaim, TimeBasis
from provenance.verify.weighing import WeighedMark
from provenance.verify.wording import sentences


def fill(template: Message, manifest: Manifest, mark: WeighedMark | None = None) -> Said:
    """Fill a sentence in with what a manifest states, and the mark that it may speak for."""
    return template.format(
        carries=sentences.BESIDE_FILE if manifest.beside else sentences.IN_FILE,
        signer=quote(manifest.signer) if manifest.signer else sentences.UNNAMED,
        authority=sentences.BROUGHT_BY_ENTRY if manifest.brought else sentences.ON_TRUST_LIST,
        revoked=format_time(manifest.revoked_at),
        withdrawn=_tell_withdrawal(manifest),
        credential=sentences.CREDENTIAL[manifest.credential],
        expired=format_time(manifest.expired_at),
        proved=format_time(manifest.proved_at),
        created=format_time(manifest.created),
        minute=format_time(manifest.stamped_minute),
        basis=sentences.BASIS[manifest.time_basis],
        number=mark.found.producer if mark else "",
        times=_list_times(mark, manifest) if mark else "",
    )


def rate_signature(manifest: Manifest) -> Message:
    """Say what the signature of a manifest is worth."""
    if manifest.authentic and manifest.name_claim is NameClaim.OTHER:
        return sentences.SIGNATURE_IN_A_NAME
    return sentences.SIGNATURE if manifest.authentic else sentences.NO_SIGNATURE


def name_lists(manifest: Manifest) -> Iterator[Said]:
    """Name issuer, directory and trust lists in use, and say if an identity is not confirmed.

    A manifest that can't be read has no signer, so nothing is said of it.
    """
    if manifest.integrity is Integrity.UNREADABLE:
        return
    yield from _name_issuer(manifest)
    lists = join(manifest.trust_lists, "; ")
    yield sentences.TRUST_LISTS.format(lists=lists) if lists else sentences.NO_TRUST_LIST
    if manifest.time_basis is TimeBasis.TIMESTAMP and manifest.time_lists:
        yield sentences.TIME_LISTS.format(lists=join(manifest.time_lists, "; "))
    if manifest.vouched and manifest.trusted:
        yield sentences.NOT_REVOKED
    if named := ", ".join(filter(is_identity_problem, manifest.codes)):
        yield sentences.IDENTITY.format(codes=named)


def _name_issuer(manifest: Manifest) -> Iterator[Said]:
    """Name the authority behind the signer's name, and the directory that lists it."""
    if manifest.issuer:
        digest: str = manifest.issuer_sha256
        digest = sentences.ISSUER_DIGEST.format(digest=digest) if digest else ""
        yield sentences.ISSUER.format(issuer=quote(manifest.issuer), digest=digest)
        if manifest.development:
            yield sentences.DEVELOPMENT
        if manifest.self_issued:
            yield sentences.OWN_ISSUER
    names = dict.fromkeys(filter(None, (manifest.signer, manifest.producer_name)))
    if script := next(filter(None, map(find_deceptive_script, names)), None):
        sentence = sentences.MIXED_SCRIPTS if script.mixed else sentences.OTHER_SCRIPT
        yield sentence.format(word=quote(script.word), scripts=join_names(list(script.scripts)))
    if manifest.name_claim is NameClaim.OTHER:
        yield sentences.LISTED_FOR_ANOTHER.format(listed_by=manifest.listed_by)
    elif manifest.listed_by:
        yield sentences.LISTED_BY.format(listed_by=manifest.listed_by)


def tell_later(manifest: Manifest) -> Iterator[Said]:
    """Say what proves a manifest's time, and what happened to its credential since."""
    if manifest.authentic and manifest.proved_at is not None:
        expired = manifest.expired_at is not None
        yield fill(sentences.EXPIRED_LATER if expired else sentences.PROVED_TIME, manifest)
    if manifest.revoked_at is not None and not manifest.revoked:
        yield fill(sentences.REVOKED_LATER, manifest)
    if (revocation := manifest.revocation) is not None and not manifest.stamp_revoked:
        yield sentences.STAMP_REVOKED_LATER.format(
            revoked=format_time(revocation.revoked),
            since=format_time(revocation.since),
            reason=quote(revocation.reason),
            basis=sentences.BASIS[manifest.time_basis],
        )


def list_omissions(omissions: Iterable[Omission]) -> Said:
    """List what a hard binding leaves out, by kind, with its bytes."""
    sizes: dict[PartKind, int] = {}
    for each in omissions:
        sizes[each.kind] = sizes.get(each.kind, 0) + each.end - each.start
    parts = [
        sentences.PART_SIZE.format(part=sentences.PARTS[kind], size=format_number(size))
        for kind, size in sizes.items()
    ]
    return join_names(parts) if parts else sentences.NOTHING


def _tell_withdrawal(manifest: Manifest) -> Said | str:
    """Say who revoked this one stamp, when and why."""
    revocation = manifest.revocation
    if revocation is None:
        return ""
    since: Said = sentences.NEVER_COUNTED
    if revocation.since is not None:
        since = sentences.COUNTED_UNTIL.format(since=format_time(revocation.since))
    return sentences.STAMP_REVOKED.format(
        revoked=format_time(revocation.revoked), since=since, reason=quote(revocation.reason)
    )


def name_parent_failures(manifest: Manifest) -> str:
    """Name the failures of the pictures that this one was made from."""
    codes = ", ".join(manifest.ancestor_codes)
    return sentences.PARENTS_FAIL.format(codes=codes) if codes else ""


def _list_times(mark: WeighedMark, manifest: Manifest) -> Said:
    times = [
        sentences.TIME_OF_MARK.format(time=format_time(mark.found.minute)),
        sentences.TIME_OF_MANIFEST.format(time=format_time(manifest.created)),
    ]
    if mark.record_time is not None:
        times.append(sentences.TIME_OF_RECORD.format(time=format_time(mark.record_time)))
    return join(times, ", ")
