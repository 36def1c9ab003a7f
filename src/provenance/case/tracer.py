"""Examine pictures for a case: verdicts, report, custody log and seal in one go."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from provenance import __version__, examine, timestamps
from provenance.accounts import AccountKey
from provenance.case import references
from provenance.case.clock import Clock, Reference, compare_clock
from provenance.case.folder import seal
from provenance.case.folder.custody import CustodyLog, Noted
from provenance.case.folder.documents import write_documents
from provenance.case.folder.writing import CaseFile
from provenance.case.report import NOBODY_NAMED, Account, Case, Consulted, Exhibit, Input, People
from provenance.case.software import list_software
from provenance.certificates import SignerCertificate, describe, load_pem_chain
from provenance.errors import ConfigError, InputError, UnreadableInputError
from provenance.language import ENGLISH, Language, Message, Said, join, message
from provenance.registry import Access, Registry
from provenance.signers import Signer
from provenance.text import join_names
from provenance.timestamps import TimeStamps
from provenance.verify import Verdict, Verifier, decide, describe_state, gather_evidence

BEGUN = message("Examination begun with provenance {version}.")
OPENED = message("The file was opened for reading only and read whole; no copy was made.")
SIDECAR_READ = message("The manifest of its sidecar was read too.")
EXAMINED = message("The verdict is: {state}.")
UNCHANGED = message("The file was read again and has the same SHA-256.")
NOTHING_CONSULTED = message(
    "No trust anchors, directory or registry are configured, so none were consulted."
)
CONSULTED = message("What the picture is judged by was consulted: {read}.")
ANCHORS = message("trust anchors")
DIRECTORIES = message("directories")
REGISTRY = message("the registry")
RESPONSES = message("responses of producers")
NO_ACCOUNT = message("No origin is proved, so no account was read.")
ACCOUNT_TOLD = message("The account of stamp {stamp} was read from a response.")
ACCOUNT_NOT_TOLD = message("No response tells the account of stamp {stamp}.")
ACCOUNT_READ = message(
    "The account of stamp {stamp} was asked for; the registry logged that as entry {entry}."
)


MAX_EXHIBITS = 100
"""Pictures in one case folder: a report of several hundred pages, which is read by people."""


@dataclass(frozen=True)
class Source:
    """A picture to examine: how to read it, and its name if the report may hold that.

    ``again`` reads it a second time, to show that it did not change; None for a pipe. ``manifest``
    is the manifest store of its sidecar. ``number`` is that of the exhibit, by default counted from
    1; ``acquired`` says where it comes from.
    """

    read: Callable[[], bytes]
    again: Callable[[], bytes] | None = None
    name: str | None = None
    manifest: bytes | None = None
    number: str | None = None
    acquired: str | None = None


@dataclass(frozen=True)
class Tracer:
    """Examines pictures for cases. It writes no file; it returns the files of the case folder.

    Attributes
    ----------
    verifier
        Examines the pictures.
    consulted
        Digests of everything that the verifier was made from.
    examiner
        Signs the case folder; without one the folder stays unsigned, and the report says so.
    stamps
        Whether the signature gets a time stamp, from whom, and what happens if there is none.
    reference
        What the machine's clock is compared with; nobody is asked without one.
    registry, account_key
        Where accounts are read, and the key that opens them. The registry is the verifier's, open
        for writing.
    people
        Who makes the report, as they name themselves.
    language
        In which the report and its letters are written; letters in English as well.
    """

    verifier: Verifier
    consulted: Consulted = field(default_factory=Consulted)
    examiner: Signer | None = None
    stamps: TimeStamps | None = None
    clock: Clock | None = None
    reference: Reference | None = None
    registry: Registry | None = None
    account_key: AccountKey | None = None
    people: People = NOBODY_NAMED
    language: Language = ENGLISH

    def trace(
        self,
        sources: Source | Sequence[Source],
        case: str,
        command: str = "",
        purpose: str | None = None,
    ) -> CaseFile:
        """Examine one picture or several and make the files of their case folder.

        With a ``purpose`` the account behind a proved stamp is read as well: from a response that
        tells it, or else from the registry, which logs that first and so must be open for writing.

        Raises
        ------
        ConfigError
            There is a purpose, but no response that tells an account, and no registry or no account
            key. Or two exhibits have one number.
        InputError
            A picture can't be read, or changed while it was examined.
        SigningError
            The examiner's signer failed, or a required time-stamp authority did.
        """
        given = _number((sources,) if isinstance(sources, Source) else tuple(sources))
        self._check_accounts(purpose)
        clock = self.clock or Clock.from_environment()
        log = CustodyLog(clock)
        log.note("begun", BEGUN.format(version=__version__), command=command)
        check = compare_clock(clock, self.reference)
        if check is not None:
            log.note("clock", check)
        access = Access(case, purpose) if purpose else None
        found = []
        for each in given:
            try:
                found.append(self._examine(each, clock, log, access))
            except InputError as error:
                if len(given) == 1:
                    raise
                raise type(error)(f"Exhibit {each.number}: {error}") from error
        made = Case(
            name=case,
            exhibits=tuple(exhibit for exhibit, _ in found),
            examined_at=clock.now(),
            clock=clock.source,
            clock_check=check,
            command=command,
            consulted=found[-1][1],
            software=list_software(),
            people=self.people,
            certificate=self._certificate(),
            custody=tuple(log.entries),
        )
        verdicts = tuple(each.verdict for each in made.exhibits)
        return CaseFile(verdicts, self._files(made, log))

    def _check_accounts(self, purpose: str | None) -> None:
        own = self.registry is not None and self.account_key is not None
        told = any(response.disclosed for response in self.verifier.responses)
        if purpose is not None and not own and not told:
            raise ConfigError(
                "Accounts can be read only with a registry and registry.account_key, or from a "
                "response that tells one. Give one of them, or leave the purpose out."
            )

    def _examine(
        self, source: Source, clock: Clock, log: CustodyLog, access: Access | None
    ) -> tuple[Exhibit, Consulted]:
        """Examine one exhibit, and say what it was judged by."""
        noted = log.about(source.number or "")
        examined = self.verifier.examine(source.read(), source.manifest, at=clock.now())
        given = _describe_opening(examined, source, noted)
        records = examined.records
        consulted = replace(
            self.consulted,
            registry=records.head,
            responses=tuple(each.sha256 for each in examined.sources.responses),
        )
        noted("consulted", _describe_consulted(consulted))
        verdict = decide(gather_evidence(examined))
        state = describe_state(verdict.state)
        noted("examined", EXAMINED.format(state=state), verdict=verdict.state.value)
        account = self._account(verdict, examined, access, noted) if access else None
        _check_unchanged(source, given, noted)
        exhibit = Exhibit(
            number=source.number or "",
            verdict=verdict,
            input=given,
            examined_at=clock.now(),
            acquired=source.acquired,
            records=tuple(references.find_used_records(verdict, records)),
            candidates=tuple(references.find_similar_records(verdict, records)),
            producers=references.find_producers(verdict, examined.sources.directory),
            listings=references.find_listings(verdict, examined.sources.directory),
            account=account,
        )
        return exhibit, consulted

    def _files(self, case: Case, log: CustodyLog) -> dict[str, bytes]:
        """Write the files and seal them, with a time stamp if one is wanted and available."""
        examiner = self.examiner

        def write_sealed(authority: str | None, _: str | None) -> dict[str, bytes]:
            made = replace(case, time_stamped=authority is not None)
            files = write_documents(made, log, examiner, self.language)
            ask = partial(timestamps.ask, authority) if authority is not None else None
            return files | seal.seal(files, examiner, ask)

        if examiner is None or self.stamps is None:
            return write_sealed(None, None)
        return self.stamps.apply(write_sealed)

    def _account(
        self, verdict: Verdict, examined: examine.Examination, access: Access, noted: Noted
    ) -> Account | None:
        """Read the account of the proved stamp; without a proof nobody's data is read."""
        stamp_id = verdict.origin.stamp_id if verdict.origin else None
        if stamp_id is None:
            noted("account", NO_ACCOUNT)
            return None
        if told := references.find_told(examined.answers(stamp_id)):
            noted("account", ACCOUNT_TOLD.format(stamp=stamp_id))
            return Account(stamp_id, access.purpose, told.pseudonym)
        if self.registry is None or self.account_key is None:
            noted("account", ACCOUNT_NOT_TOLD.format(stamp=stamp_id))
            return None
        answer = self.registry.accounts.read(stamp_id, access)
        sealed = answer.sealed
        noted(
            "account",
            ACCOUNT_READ.format(stamp=stamp_id, entry=answer.entry),
            purpose=access.purpose,
            entry_sha256=answer.entry_sha256,
        )
        pseudonym = self.account_key.open(sealed, stamp_id) if sealed else None
        return Account(stamp_id, access.purpose, pseudonym, answer.entry)

    def _certificate(self) -> SignerCertificate | None:
        return describe(load_pem_chain(self.examiner.certificate_chain)) if self.examiner else None


def _number(sources: tuple[Source, ...]) -> tuple[Source, ...]:
    """Number the exhibits that have no number yet; no two may have the same."""
    if not sources:
        raise ConfigError("A case needs a picture: name one or more.")
    if len(sources) > MAX_EXHIBITS:
        raise ConfigError(f"A case folder holds {MAX_EXHIBITS} pictures at most: make several.")
    numbered = tuple(
        replace(each, number=each.number or str(n)) for n, each in enumerate(sources, start=1)
    )
    numbers = [each.number for each in numbered]
    twice = next((number for number in numbers if numbers.count(number) > 1), None)
    if twice is not None:
        raise ConfigError(f"Two exhibits have the number {twice!r}: give each its own.")
    return numbered


def _describe_opening(examined: examine.Examination, source: Source, noted: Noted) -> Input:
    """Describe the file, and note in the log that it was read."""
    given = _describe_input(examined, source.name)
    sidecar = given.manifest_sha256
    noted(
        "opened",
        join((OPENED, SIDECAR_READ if sidecar else "")),
        bytes=given.bytes,
        sha256=given.sha256,
        md5=given.md5,
        **({"manifest_sha256": sidecar} if sidecar else {}),
    )
    return given


def _describe_input(examined: examine.Examination, name: str | None) -> Input:
    picture, sidecar = examined.picture, examined.sidecar
    hashed = examined.hashes[0] if examined.hashes else None
    return Input(
        bytes=len(examined.data),
        sha256=examined.sha256,
        md5=examined.md5,
        name=name,
        format=picture.format if picture else None,
        width=picture.width if picture else None,
        height=picture.height if picture else None,
        pdq=hashed.hex if hashed else None,
        pdq_quality=hashed.quality if hashed else None,
        manifest_sha256=hashlib.sha256(sidecar).hexdigest() if sidecar is not None else None,
    )


def _describe_consulted(consulted: Consulted) -> Said:
    """Say what was read to judge the picture by, and nothing that was not configured."""
    named: tuple[tuple[Message, object], ...] = (
        (ANCHORS, consulted.anchors),
        (DIRECTORIES, consulted.directories),
        (REGISTRY, consulted.registry),
        (RESPONSES, consulted.responses),
    )
    read = [name for name, given in named if given]
    return CONSULTED.format(read=join_names(read)) if read else NOTHING_CONSULTED


def _check_unchanged(source: Source, given: Input, noted: Noted) -> None:
    if source.again is None:
        return
    digest = hashlib.sha256(source.again()).hexdigest()
    if digest != given.sha256:
        raise UnreadableInputError(
            "The picture changed while it was examined. Examine it where nobody writes to it."
        )
    noted("unchanged", UNCHANGED, sha256=digest)
