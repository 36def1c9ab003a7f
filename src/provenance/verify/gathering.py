"""From an examination to evidence: the questions, in their order. Nothing is judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from provenance.examine import (
    BOUND,
    NOT_COMPARED,
    Answer,
    Comparison,
    Examination,
    FoundMark,
    LookupStatus,
    Note,
    Similar,
    judge_log,
)
from provenance.labels import StatementKind
from provenance.language import join, message, messages, say_count
from provenance.manifest import ManifestReading
from provenance.stamp_id import StampId
from provenance.text import quote
from provenance.verify.answers import (
    count_others,
    describe_answer,
    describe_reply,
    list_directories,
    list_replies,
)
from provenance.verify.evidence import (
    NOT_LOOKED_UP,
    Candidate,
    Depth,
    Evidence,
    Integrity,
    Lookup,
    Manifest,
    Mark,
)
from provenance.verify.from_layers import describe_manifest, describe_mark, repeats
from provenance.verify.logs import is_other_log, note_broken_logs
from provenance.verify.of_films import describe_film, note_film
from provenance.verify.signed_history import gather_history

_NO_FURTHER = message("no further mark was found")
_FURTHER = messages("one further mark was found", "{count} further marks were found")


def gather_evidence(examination: Examination) -> Evidence:
    """Take the steps of an examination in their order, and return what they showed.

    Raises
    ------
    InputError
        The picture is over a limit; or there is nothing to examine: neither pixels that can be
        decoded nor a manifest.
    """
    # 1. The registry's log must continue the checkpoint seen before.
    _ = examination.records
    # 2. The pixels are decoded, within limits.
    obstacle = examination.obstacle
    # 3. The file's own manifest, or its sidecar, is read without any network.
    own = examination.own
    if obstacle is not None and own.reading is None and own.damage is None:
        raise obstacle
    # 4. Each mark in the pixels is looked up; a record of these very bytes may prove their time.
    found = examination.marks
    if examination.recorded_mark is not None:
        found = (examination.recorded_mark, *found)
    answers = [_look_up(each, examination) for each in found]
    manifest = _describe_own(examination, _find_logged_time(examination.sha256, answers))
    # 5. What may speak for a mark, recorded or in the file, is compared with the marked pixels;
    #    where that proves nothing, the search goes on.
    marks, gone_on = _follow_marks(found, examination, manifest)
    # 6. Records of similar pictures are collected, less those that the marks lead to.
    known = {mark.stamp_id for mark in marks}
    similar = tuple(each for each in examination.similar if each.stamp_id not in known)
    # 7. The file's own stamp is looked up and compared, whether its mark is there or not.
    lookup = NOT_LOOKED_UP
    if manifest is not None and manifest.payload is not None and manifest.authentic:
        lookup = describe_answer(StampId.from_payload(manifest.payload), examination)
    if manifest is not None and own.reading is not None:
        manifest = replace(
            manifest, comparison=_compare_unmarked(manifest, own.reading, examination, marks)
        )
    # 8. Responses are described, and notes say what was not examined, and how fresh answers are.
    unseen = () if obstacle is None else (Note("watermark", "pixels.not_examined", str(obstacle)),)
    told = [each.manifest for mark in marks for each in mark.candidates]
    told += [manifest] if manifest else []
    past = gather_history(examination, told, recorded=True)
    evidence = Evidence(
        sha256=examination.sha256,
        examined_at=examination.time,
        manifest=manifest,
        lookup=lookup,
        marks=marks,
        similar=similar,
        notes=(*own.notes, *unseen, *gone_on),
        history=past.history,
        self_named=past.self_named,
    )
    evidence = _complete(evidence, examination, examination.similar)
    film = describe_film(examination)
    notes = (*evidence.notes, *note_film(film, examination), *_note_statements(examination))
    return replace(evidence, notes=notes, film=film)


def gather_from_manifest(examination: Examination) -> Evidence:
    """Return what the file's manifest, its hash and the registry say, without decoding the pixels.

    Raises
    ------
    ManifestError
        The sidecar does not hold a manifest.
    """
    records, reading = examination.records, examination.own.reading
    answer = Answer()
    if reading is not None and reading.statement is not None:
        answer = records.look_up(reading.statement.stamp_id)
    manifest = _describe_own(examination, _find_logged_time(examination.sha256, [answer]))
    lookup = NOT_LOOKED_UP
    if manifest is not None and manifest.payload is not None and manifest.authentic:
        lookup = describe_answer(StampId.from_payload(manifest.payload), examination)
    past = gather_history(examination, [manifest] if manifest else [])
    evidence = Evidence(
        sha256=examination.sha256,
        examined_at=examination.time,
        manifest=manifest,
        lookup=lookup,
        notes=(*examination.own.notes, Note("watermark", "pixels.not_looked_at")),
        history=past.history,
        self_named=past.self_named,
        depth=Depth.MANIFEST,
    )
    return _complete(evidence, examination)


def _complete(
    evidence: Evidence, examination: Examination, alike: tuple[Similar, ...] = ()
) -> Evidence:
    """Add what responses, directories and the registry's log say, with notes on their freshness."""
    records, manifest, marks = examination.records, evidence.manifest, evidence.marks
    replies = list_replies(examination, manifest, marks, alike)
    log, on_log = judge_log(records, examination.sources.log_policy, examination.time)
    return replace(
        evidence,
        notes=(
            *evidence.notes,
            *records.notes,
            *on_log,
            *note_broken_logs(_list_looked_up(evidence), examination),
            *_note_other_log(manifest, evidence.lookup, marks),
            *_note_asked(examination),
            *_note_stale(examination),
        ),
        replies=replies,
        other_replies=count_others(examination, replies),
        directories=tuple(list_directories(examination)),
        log=log,
        listed=examination.find_listed(
            _list_stamps(manifest, marks), pixels=evidence.depth is Depth.FULL
        ),
    )


def _list_stamps(manifest: Manifest | None, marks: tuple[Mark, ...]) -> Iterator[StampId]:
    """Yield the stamps that the file's manifest and its marks name, proved or not."""
    if manifest is not None and manifest.payload is not None:
        yield StampId.from_payload(manifest.payload)
    yield from (mark.stamp_id for mark in marks)


def _list_looked_up(evidence: Evidence) -> Iterator[StampId]:
    """Yield the stamps about which the registry was asked."""
    manifest = evidence.manifest
    if manifest is not None and manifest.payload and evidence.lookup is not NOT_LOOKED_UP:
        yield StampId.from_payload(manifest.payload)
    yield from (mark.stamp_id for mark in evidence.marks)


def _note_other_log(
    manifest: Manifest | None, lookup: Lookup, marks: tuple[Mark, ...]
) -> Iterator[Note]:
    """Say that the copy that was asked is not of the log of the producer whose stamp it holds."""
    kept = [each.manifest for mark in marks for each in mark.candidates if each.recorded]
    own = [manifest] if manifest and lookup.status is LookupStatus.FOUND else []
    if any(each.other_log for each in (*own, *kept)):
        yield Note("registry", "registry.other_log")


def _note_asked(examination: Examination) -> Iterator[Note]:
    """Say which producers were asked, and what came of it."""
    for each in examination.questions.asked:
        if each.response is None:
            yield Note("registry", "response.no_answer", f"{quote(each.endpoint)}. {each.failure}")
        else:
            code = "response.kept" if each.kept else "response.asked"
            yield Note("registry", code, quote(each.endpoint))


def _note_stale(examination: Examination) -> Iterator[Note]:
    """Name the directories that should have been replaced by a newer edition."""
    directory = examination.sources.directory
    for edition in directory.editions if directory else ():
        if edition.is_stale(examination.time):
            yield Note("directory", "directory.stale", str(edition))


def _note_statements(examination: Examination) -> Iterator[Note]:
    """Name the fields with unsigned statements; what they say is for those who ask for it."""
    fields: dict[StatementKind, list[str]] = {}
    for each in examination.unbound_statements:
        shown = each.text if each.kind is StatementKind.SOURCE_TYPE else each.field
        fields.setdefault(each.kind, []).append(quote(shown))
    for kind, names in fields.items():
        yield Note("metadata", f"unsigned.{kind}", join(names, ", "))


def _describe_own(examination: Examination, logged: datetime | None) -> Manifest | None:
    """Reduce the file's own manifest; one that can't be read is evidence too."""
    own = examination.own
    if own.damage is not None:
        return Manifest(integrity=Integrity.UNREADABLE, beside=own.beside, codes=(own.damage.code,))
    if own.reading is None:
        return None
    manifest = _describe(own.reading, examination, logged, beside=own.beside)
    return replace(manifest, coverage=examination.coverage)


def _describe(
    reading: ManifestReading,
    examination: Examination,
    logged: datetime | None = None,
    *,
    beside: bool = False,
) -> Manifest:
    """Reduce a manifest to facts, with what its own producer's responses say of its stamp."""
    facts = describe_manifest(reading, examination.sources.directory, logged, beside=beside)
    facts = replace(facts, other_log=is_other_log(reading.signer, examination))
    if facts.payload is None:
        return facts
    answers = examination.answers(StampId.from_payload(facts.payload))
    ours = (each for each in answers if each.fault is None and each.covers(reading.signer))
    return replace(facts, replies=tuple(map(describe_reply, ours)))


def _find_logged_time(sha256: str, answers: list[Answer]) -> datetime | None:
    """Return the earliest time at which the log proves that the file's own manifest existed.

    Only a record of the same bytes counts: a thief of the signer's key could give a manifest the
    URN of an older one.
    """
    times = (each.proved_at for each in answers if each.row and each.row.sha256 == sha256)
    return min((time for time in times if time is not None), default=None)


def _follow_marks(
    found: tuple[FoundMark, ...], examination: Examination, own: Manifest | None
) -> tuple[tuple[Mark, ...], tuple[Note, ...]]:
    """Follow each mark, and where the search must go on those that it may hide.

    Where every mark is asked for, all layers are searched to their end.
    """
    marks: dict[tuple[int, bytes], Mark] = {}
    everything = examination.sources.all_marks
    layers = set(examination.layers if everything else ())
    for each in found:
        mark = _follow_mark(each, _look_up(each, examination), examination, own)
        marks[each.layer, each.detection.word] = mark
        if not _is_settled(mark, examination):
            layers.add(each.layer)
    if not layers or examination.picture is None:
        return tuple(marks.values()), ()
    before = len(marks)
    for other in (other for layer in sorted(layers) for other in examination.every_mark(layer)):
        key = other.layer, other.detection.word
        if key not in marks:
            marks[key] = _follow_mark(other, _look_up(other, examination), examination, own)
    further = len(marks) - before
    detail = say_count(*_FURTHER, further) if further else _NO_FURTHER
    code = "watermark.searched_all" if everything else "watermark.searched_on"
    return tuple(marks.values()), (Note("watermark", code, detail),)


def _look_up(found: FoundMark, examination: Examination) -> Answer:
    return examination.records.look_up(StampId.from_payload(found.detection.payload))


def _is_settled(mark: Mark, examination: Examination) -> bool:
    """Tell whether a mark hides nothing that matters here, so that the search may stop.

    In a registry of one's own, one's own mark counts, even under another's that is proved.
    """
    if not _may_lead_on(examination):
        return True
    own = examination.sources.registry is not None and mark.lookup.status is LookupStatus.NONE
    return _is_spoken_for(mark) and not own


def _is_spoken_for(mark: Mark) -> bool:
    """Tell whether a trusted signer signed these 96 bits for what the picture shows."""
    return any(each.manifest.authentic and each.comparison.content.fits for each in mark.candidates)


def _may_lead_on(examination: Examination) -> bool:
    """Tell whether there is anything that could speak for a mark."""
    sources = examination.sources
    known = sources.registry is not None or bool(sources.responses or sources.asker)
    return known or examination.own.reading is not None


def _follow_mark(
    found: FoundMark, answer: Answer, examination: Examination, own: Manifest | None
) -> Mark:
    """Follow a mark to every manifest that may speak for it."""
    mark = describe_mark(found.detection, examination.sources.directory, private=found.private)
    candidates = tuple(_list_candidates(found, answer, examination, own))
    return replace(
        mark,
        lookup=describe_answer(mark.stamp_id, examination),
        candidates=candidates,
        by_record=found.by_record,
    )


def _list_candidates(
    found: FoundMark, answer: Answer, examination: Examination, own: Manifest | None
) -> Iterator[Candidate]:
    """Yield the manifest that the record keeps, those that responses hold, and the file's own.

    The file's own was not found by these bits, so if it does not repeat them it is about another
    stamp. A response adds nothing where the registry keeps the same manifest.
    """
    payload = found.detection.payload
    recorded = examination.recorded_manifest(StampId.from_payload(payload))
    if recorded is not None:
        facts = _describe(recorded, examination, answer.proved_at)
        yield _compare_candidate(facts, recorded, found, examination, recorded=True)
    for each in examination.answers(StampId.from_payload(payload)):
        answered = None if each.fault else examination.answered_manifest(each)
        if answered is None or (recorded is not None and recorded.urn == answered.urn):
            continue
        facts = _describe(answered, examination)
        reply = describe_reply(each)
        candidate = _compare_candidate(facts, answered, found, examination, recorded=False)
        yield replace(candidate, reply=reply)
    reading = examination.own.reading
    if own is not None and reading is not None and repeats(reading, payload):
        yield _compare_candidate(own, reading, found, examination, recorded=False)


def _compare_candidate(
    facts: Manifest,
    reading: ManifestReading,
    found: FoundMark,
    examination: Examination,
    *,
    recorded: bool,
) -> Candidate:
    """Compare what was signed with the marked pixels, whoever signed it."""
    statement = reading.statement
    if statement is None or not repeats(reading, found.detection.payload):
        return Candidate(facts, recorded)
    if _is_bound(facts, examination):
        return Candidate(facts, recorded, BOUND)
    return Candidate(facts, recorded, *examination.compare_marked(statement, found.detection))


def _is_bound(facts: Manifest, examination: Examination) -> bool:
    """Tell whether a trusted signature binds the file's own bytes, and leaves none of them out.

    Then these are the pixels that were signed, whatever a fingerprint would say.
    """
    own = examination.own.reading
    intact = facts.authentic and facts.integrity is Integrity.INTACT
    same = own is not None and own.urn == facts.urn
    return intact and same and examination.coverage.complete


def _compare_unmarked(
    manifest: Manifest, reading: ManifestReading, examination: Examination, marks: tuple[Mark, ...]
) -> Comparison:
    """Compare a manifest whose bytes were changed with a picture that lost its mark."""
    marked = any(mark.payload == manifest.payload for mark in marks)
    if manifest.integrity is not Integrity.CHANGED or reading.statement is None or marked:
        return NOT_COMPARED
    return examination.compare_whole(reading.statement)
