"""Examining one picture for a case: verdict, report, custody log and seal in one go."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from provenance import __version__, fingerprint
from provenance.accounts import AccountKey
from provenance.casefile import seal
from provenance.casefile.clock import Clock
from provenance.casefile.custody import CustodyLog
from provenance.casefile.folder import CUSTODY, EXAMINER, HTML, PDF, REPORT, CaseFile
from provenance.casefile.software import software
from provenance.directory import Directory, DirectoryProducer
from provenance.errors import (
    ConfigError,
    InputError,
    RegistryError,
    UnreadableInputError,
)
from provenance.imaging import DEFAULT_LIMITS, Limits, decode
from provenance.manifest import TimeStamps
from provenance.registry import Access, Registry
from provenance.report import (
    Account,
    Consulted,
    Examination,
    Input,
    layout,
    render_html,
    render_pdf,
    report,
)
from provenance.report import pdf as pdf_format
from provenance.signing import Signer, tsa
from provenance.signing.certificates import SignerCertificate, describe, load_pem_chain
from provenance.types import StampRecord
from provenance.verify import Verdict, Verifier
from provenance.verify.evidence import Binding, Manifest, Record


@dataclass(frozen=True)
class Source:
    """The picture to examine: how to read it, and its name if the report may hold that.

    ``again`` reads it a second time, to show that it was left as it was; None for a pipe.
    ``manifest`` is a manifest store that came beside it.
    """

    read: Callable[[], bytes]
    again: Callable[[], bytes] | None = None
    name: str | None = None
    manifest: bytes | None = None


@dataclass(frozen=True)
class Tracer:
    """Examines pictures for cases. Nothing it is given is written to, but the files it returns.

    Attributes
    ----------
    verifier, registry, directory
        What the picture is examined with; the registry is the verifier's.
    consulted
        Digests of what the verifier was made from.
    examiner
        Signs the case folder; without one it is left unsigned, and says so.
    stamps
        Whether its signature gets a time stamp, from whom, and what happens if there is none.
    """

    verifier: Verifier
    registry: Registry | None = None
    directory: Directory | None = None
    consulted: Consulted = field(default_factory=Consulted)
    examiner: Signer | None = None
    stamps: TimeStamps | None = None
    limits: Limits = DEFAULT_LIMITS
    clock: Clock | None = None
    account_key: AccountKey | None = None

    def trace(
        self, source: Source, case: str, command: str = "", purpose: str | None = None
    ) -> CaseFile:
        """Examine a picture and make the files of its case folder.

        With a ``purpose`` the account behind a proved stamp is read as well; the registry, which
        must be open for writing, logs that first.

        Raises
        ------
        ConfigError
            There is a purpose, and no registry or no key of accounts.
        InputError
            The picture can't be read, or changed while it was examined.
        SigningError
            The examiner's signer failed, or a required time-stamp authority did.
        """
        if purpose is not None and (self.registry is None or self.account_key is None):
            raise ConfigError(
                "Accounts can be read only with the registry and registry.account_key; set both, "
                "or leave the purpose out."
            )
        clock = self.clock or Clock.of()
        log = CustodyLog(clock)
        log.note("begun", f"Examination begun with provenance {__version__}.", command=command)
        data = source.read()
        given = _opened(data, source, self.limits, log)
        consulted = replace(self.consulted, registry=self._registry_head())
        log.note("consulted", "Trust anchors, directories and registry were read.")
        verdict = self.verifier.verify(data, source.manifest)
        log.note("examined", f"The verdict is: {verdict.state}.", verdict=verdict.state.value)
        account = self._account(verdict, Access(case, purpose), log) if purpose else None
        _check_unchanged(source, given, log)
        examination = Examination(
            case=case,
            verdict=verdict,
            input=given,
            examined_at=clock.now(),
            clock=clock.source,
            command=command,
            consulted=consulted,
            software=software(),
            examiner=self._certificate(),
            records=tuple(self._records(verdict)),
            candidates=tuple(self._candidates(verdict)),
            producers=_producers(verdict, self.directory),
            account=account,
            custody=tuple(log.entries),
        )
        return CaseFile(verdict, self._files(examination, log))

    def _files(self, examination: Examination, log: CustodyLog) -> dict[str, bytes]:
        """Write the files and seal them, with a time stamp if one is wanted and can be had."""
        examiner = self.examiner

        def sealed(authority: str | None, _: str | None) -> dict[str, bytes]:
            stamped = authority is not None
            files = _documents(replace(examination, time_stamped=stamped), log, examiner)
            ask = partial(tsa.ask, authority) if authority is not None else None
            return files | seal.seal(files, examiner, ask)

        if examiner is None or self.stamps is None:
            return sealed(None, None)
        return self.stamps.apply(sealed)

    def _account(self, verdict: Verdict, access: Access, log: CustodyLog) -> Account | None:
        """Read the account of the proved stamp; of what is not proved, nobody's data is read."""
        stamp_id = verdict.origin.stamp_id if verdict.origin else None
        if stamp_id is None or self.registry is None or self.account_key is None:
            log.note("account", "No origin is proved, so no account was read.")
            return None
        answer = self.registry.accounts.read(stamp_id, access)
        sealed = answer.sealed
        log.note(
            "account",
            f"The account of stamp {stamp_id} was asked for; the registry logged that as entry "
            f"{answer.entry}.",
            purpose=access.purpose,
            entry_sha256=answer.entry_sha256,
        )
        pseudonym = self.account_key.open(sealed, stamp_id) if sealed else None
        return Account(stamp_id, access.purpose, pseudonym, answer.entry)

    def _certificate(self) -> SignerCertificate | None:
        return describe(load_pem_chain(self.examiner.certificate_chain)) if self.examiner else None

    def _registry_head(self) -> str | None:
        if self.registry is None:
            return None
        try:
            return self.registry.checkpoint().text
        except RegistryError as error:
            return f"could not be asked [{error.code}]"

    def _records(self, verdict: Verdict) -> list[StampRecord]:
        """Return the records that the verdict used; one that its log contradicts was not."""
        answers = {mark.stamp_id: mark.record for mark in verdict.facts.marks}
        if verdict.origin is not None and verdict.origin.stamp_id:
            answers.setdefault(verdict.origin.stamp_id, Record.FOUND)
        used = (stamp_id for stamp_id, answer in answers.items() if answer is Record.FOUND)
        return [record for each in used if (record := self._record(each))]

    def _candidates(self, verdict: Verdict) -> list[tuple[StampRecord, int]]:
        similar = ((self._record(each.stamp_id), each.distance) for each in verdict.facts.similar)
        return [(record, distance) for record, distance in similar if record is not None]

    def _record(self, stamp_id: str) -> StampRecord | None:
        """Return a record, unless its log contradicts it: it may name somebody innocent."""
        registry = self.registry
        if registry is None:
            return None
        try:
            record, store = registry.by_id(stamp_id), registry.store(stamp_id)
            inclusion = registry.inclusion(stamp_id)
            if record is None or store is None or inclusion is None:
                return None
            inclusion.verify(record, store)
        except RegistryError:
            return None  # the verdict says already what is wrong with the registry
        return record


def _opened(data: bytes, source: Source, limits: Limits, log: CustodyLog) -> Input:
    """Describe what was read, and write down that it was."""
    given = _input(data, source, limits)
    beside = given.manifest_sha256
    log.note(
        "opened",
        "The file was opened for reading only and read whole; no copy was made."
        + (" A manifest that came beside it was read too." if beside else ""),
        bytes=given.bytes,
        sha256=given.sha256,
        md5=given.md5,
        **({"manifest_sha256": beside} if beside else {}),
    )
    return given


def _input(data: bytes, source: Source, limits: Limits) -> Input:
    beside = source.manifest
    digests = Input(
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        name=source.name,
        manifest_sha256=hashlib.sha256(beside).hexdigest() if beside is not None else None,
    )
    try:
        picture = decode(data, limits)
    except InputError:
        return digests
    hashed = fingerprint.pdq(picture.rgb)
    return replace(
        digests,
        format=picture.format,
        width=picture.width,
        height=picture.height,
        pdq=hashed.hex,
        pdq_quality=hashed.quality,
    )


def _check_unchanged(source: Source, given: Input, log: CustodyLog) -> None:
    if source.again is None:
        return
    digest = hashlib.sha256(source.again()).hexdigest()
    if digest != given.sha256:
        raise UnreadableInputError(
            "The picture changed while it was examined; examine it where nobody writes to it."
        )
    log.note("unchanged", "The file was read again and has the same SHA-256.", sha256=digest)


def _producers(verdict: Verdict, directory: Directory | None) -> dict[int, DirectoryProducer]:
    """Return the directory's entries of those who may be named.

    A number that anyone may have drawn names nobody, unless the certificate that signed is bound.
    """
    if directory is None:
        return {}
    facts = verdict.facts
    manifests = (facts.manifest, *(mark.manifest for mark in facts.marks))
    numbers = {m.number for m in manifests if m is not None and _is_bound(m)}
    numbers |= {mark.producer for mark in facts.marks if directory.producer(mark.producer)}
    return {each.number: each for each in directory.producers if each.number in numbers}


def _is_bound(manifest: Manifest) -> bool:
    return manifest.authentic and manifest.binding is Binding.BOUND


def _documents(
    examination: Examination, log: CustodyLog, examiner: Signer | None
) -> dict[str, bytes]:
    """Write everything that is sealed: the report in each format, letters, log, certificates."""
    content = report(examination)
    document = layout(content)
    files = {REPORT: _json(content), HTML: render_html(document)}
    if pdf_format.available():
        files[PDF] = render_pdf(document)
    for n, letter in enumerate(content["preservation_requests"], start=1):
        files[f"preservation-request-{n}.txt"] = letter["text"].encode()
    if examiner is not None:
        files[EXAMINER] = examiner.certificate_chain
    written = log.branch()
    for name, data in files.items():
        digest = hashlib.sha256(data).hexdigest()
        written.note("written", f"{name} was written.", file=name, sha256=digest)
    return files | {CUSTODY: written.text()}


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, indent=2).encode("ascii") + b"\n"
