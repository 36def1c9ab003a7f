"""From an examination to evidence: which questions are asked, in which order."""

from __future__ import annotations

from dataclasses import replace

from provenance.examine import Answer, Comparison, Examination, FoundMark, LookupStatus, Note
from provenance.manifest import Reading
from provenance.verify.evidence import Evidence, Integrity, Manifest, Mark, NumberClaim
from provenance.verify.from_layers import manifest_evidence, mark_evidence, repeats


def evidence_of(examination: Examination) -> Evidence:
    """Take the steps of an examination in their order, and return what they showed.

    Raises
    ------
    InputError
        The picture is over a limit; or there is nothing to examine: neither pixels that can be
        decoded nor a manifest.
    """
    # 1. The registry's log has to continue the checkpoint seen before.
    records = examination.records
    # 2. The pixels are decoded, within limits.
    obstacle = examination.obstacle
    # 3. The file's own manifest is read, without any network.
    own = examination.own
    embedded = _embedded(examination)
    if obstacle is not None and embedded is None:
        raise obstacle
    # 4. Each mark in the pixels leads to a record, to what was signed, and back to the pixels.
    marks = tuple(_mark(found, examination, embedded) for found in examination.marks)
    # 5. Records of like pictures, other than those that the marks lead to.
    known = {mark.stamp_id for mark in marks}
    similar = tuple(each for each in examination.similar if each.stamp_id not in known)
    # 6. What registry and pixels say about the file's own manifest.
    if embedded is not None and own.reading is not None:
        embedded = _dated(embedded, own.reading, examination)
        embedded = _revoked(embedded, examination)
        embedded = _placed(embedded, own.reading, examination, marks)
    # 7. What was not examined is said.
    unseen = () if obstacle is None else (Note("watermark", "pixels.not_examined", str(obstacle)),)
    return Evidence(
        sha256=examination.sha256,
        examined_at=examination.time,
        manifest=embedded,
        marks=marks,
        similar=similar,
        notes=(*own.notes, *unseen, *records.notes),
    )


def _embedded(examination: Examination) -> Manifest | None:
    """Reduce the file's own manifest; one that is there and can't be read is evidence too."""
    own = examination.own
    if own.damage is not None:
        return Manifest(integrity=Integrity.UNREADABLE, codes=(own.damage.code,))
    if own.reading is None:
        return None
    return manifest_evidence(own.reading, examination.sources.directory)


# --- a mark, and where it leads -------------------------------------------------------------------


def _mark(found: FoundMark, examination: Examination, embedded: Manifest | None) -> Mark:
    """Follow a mark to its record, to what was signed there, and back to the pixels."""
    directory = examination.sources.directory
    mark = mark_evidence(found.detection, directory, private=found.private)
    answer = examination.records.stamp(mark.stamp_id)
    recovered, own = examination.recorded_manifest(mark.stamp_id), examination.own.reading
    candidates: list[tuple[Reading, Manifest]] = []
    if recovered is not None:
        facts = manifest_evidence(recovered, directory, answer.proved_at)
        candidates.append((recovered, facts))
    if own is not None and embedded is not None and repeats(own, mark.payload):
        candidates.append((own, embedded))
    reading, facts_ = max(
        candidates,
        key=lambda each: _standing(each[0], each[1], mark),
        default=(None, None),
    )
    answer = _against_manifest(answer, recovered, reading)
    row = answer.row
    mark = replace(
        mark,
        record=answer.status,
        other_records=answer.others,
        recorded=row.recorded if row else None,
        record_created=row.created if row else None,
    )
    if reading is None or facts_ is None:
        return mark
    facts_ = _with_revocation(facts_, answer)
    comparison, region = Comparison(), mark.region
    if facts_.authentic and repeats(reading, mark.payload) and reading.statement:
        comparison, region = examination.compare_marked(reading.statement, found.detection)
    return replace(mark, manifest=facts_, comparison=comparison, region=region)


def _standing(reading: Reading, facts: Manifest, mark: Mark) -> tuple[bool, bool]:
    """Rank a manifest that may speak for a mark.

    One that is authentic, and by the number's own holder, goes first, so that junk in the registry
    or in the file can't hide it. The file's own counts only if it repeats the 96 bits; it was not
    found by them.
    """
    good = facts.trusted and repeats(reading, mark.payload)
    return good, good and facts.binding is NumberClaim.BOUND


def _against_manifest(answer: Answer, recovered: Reading | None, lead: Reading | None) -> Answer:
    """Refuse a record that names another manifest than the one it keeps, or keeps none.

    And one whose manifest is worth less than the file's own for the same mark: junk that somebody
    recorded under another's number must not have a say about times.
    """
    kept = recovered.urn if recovered is not None and recovered is lead else None
    if answer.row is None or kept == answer.row.manifest_urn:
        return answer
    return replace(answer, status=LookupStatus.REFUSED)


# --- the file's own manifest ----------------------------------------------------------------------


def _dated(embedded: Manifest, reading: Reading, examination: Examination) -> Manifest:
    """Add what the log proves of the age of the file's own manifest.

    That takes a record of the same bytes: a thief of the signer's key could give a manifest the
    URN of an older one.
    """
    answers = (
        examination.records.stamp(found.detection.payload.hex()) for found in examination.marks
    )
    times = [
        answer.proved_at
        for answer in answers
        if answer.row is not None and answer.row.sha256 == examination.sha256
    ]
    if not times or times[-1] is None:
        return embedded
    return manifest_evidence(reading, examination.sources.directory, times[-1])


def _revoked(embedded: Manifest, examination: Examination) -> Manifest:
    """Ask whether the stamp of the file's own manifest is revoked, be its mark there or not."""
    if embedded.payload is None or not embedded.authentic:
        return embedded
    return _with_revocation(embedded, examination.records.stamp(embedded.payload.hex()))


def _with_revocation(facts: Manifest, answer: Answer) -> Manifest:
    """Add what the registry says against a stamp; it may revoke only what it has recorded."""
    row = answer.row if answer.status is LookupStatus.FOUND else None
    if row is None or (row.stamp_id, row.manifest_urn) != (
        facts.payload.hex() if facts.payload else None,
        facts.urn,
    ):
        return facts
    return replace(facts, revocation=answer.revocation)


def _placed(
    embedded: Manifest, reading: Reading, examination: Examination, marks: tuple[Mark, ...]
) -> Manifest:
    """Compare a manifest whose bytes were changed with a picture that lost its mark."""
    changed = embedded.integrity is Integrity.CHANGED and embedded.authentic
    if reading.statement is None or not changed:
        return embedded
    if any(mark.payload == embedded.payload for mark in marks):
        return embedded
    return replace(embedded, comparison=examination.compare_whole(reading.statement))
