"""Examine one picture for a case: verdict, report, custody log and seal in one go."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from provenance import __version__, examine, timestamps
from provenance.accounts import AccountKey
from provenance.case import references
from provenance.case.clock import Clock
from provenance.case.folder import seal
from provenance.case.folder.custody import CustodyLog
from provenance.case.folder.documents import write_documents
from provenance.case.folder.writing import CaseFile
from provenance.case.report import Account, Consulted, Exhibit, Input
from provenance.case.software import list_software
from provenance.certificates import SignerCertificate, describe, load_pem_chain
from provenance.errors import ConfigError, UnreadableInputError
from provenance.registry import Access, Registry
from provenance.signers import Signer
from provenance.text import join_names
from provenance.timestamps import TimeStamps
from provenance.verify import Verdict, Verifier, decide, gather_evidence


@dataclass(frozen=True)
class Source:
    """The picture to examine: how to read it, and its name if the report may hold that.

    ``again`` reads it a second time, to show that it did not change; None for a pipe. ``manifest``
    is the manifest store of its sidecar.
    """

    read: Callable[[], bytes]
    again: Callable[[], bytes] | None = None
    name: str | None = None
    manifest: bytes | None = None


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
    registry, account_key
        Where accounts are read, and the key that opens them. The registry is the verifier's, open
        for writing.
    """

    verifier: Verifier
    consulted: Consulted = field(default_factory=Consulted)
    examiner: Signer | None = None
    stamps: TimeStamps | None = None
    clock: Clock | None = None
    registry: Registry | None = None
    account_key: AccountKey | None = None

    def trace(
        self, source: Source, case: str, command: str = "", purpose: str | None = None
    ) -> CaseFile:
        """Examine a picture and make the files of its case folder.

        With a ``purpose`` the account behind a proved stamp is read as well: from a response that
        tells it, or else from the registry, which logs that first and so must be open for writing.

        Raises
        ------
        ConfigError
            There is a purpose, but no response that tells an account, and no registry or no account
            key.
        InputError
            The picture can't be read, or changed while it was examined.
        SigningError
            The examiner's signer failed, or a required time-stamp authority did.
        """
        own = self.registry is not None and self.account_key is not None
        if (
            purpose is not None
            and not own
            and not any(r.disclosed for r in self.verifier.responses)
        ):
            raise ConfigError(
                "Accounts can be read only with a registry and registry.account_key, or from a "
                "response that tells one. Give one of them, or leave the purpose out."
            )
        clock = self.clock or Clock.from_environment()
        log = CustodyLog(clock)
        log.note("begun", f"Examination begun with provenance {__version__}.", command=command)
        examined = self.verifier.examine(source.read(), source.manifest, at=clock.now())
        given = _describe_opening(examined, source, log)
        records = examined.records
        consulted = replace(
            self.consulted,
            registry=records.head,
            responses=tuple(each.sha256 for each in examined.sources.responses),
        )
        log.note("consulted", _describe_consulted(consulted))
        verdict = decide(gather_evidence(examined))
        log.note("examined", f"The verdict is: {verdict.state}.", verdict=verdict.state.value)
        account = self._account(verdict, examined, Access(case, purpose), log) if purpose else None
        _check_unchanged(source, given, log)
        exhibit = Exhibit(
            case=case,
            verdict=verdict,
            input=given,
            examined_at=clock.now(),
            clock=clock.source,
            command=command,
            consulted=consulted,
            software=list_software(),
            examiner=self._certificate(),
            records=tuple(references.find_used_records(verdict, records)),
            candidates=tuple(references.find_similar_records(verdict, records)),
            producers=references.find_producers(verdict, examined.sources.directory),
            listings=references.find_listings(verdict, examined.sources.directory),
            account=account,
            custody=tuple(log.entries),
        )
        return CaseFile(verdict, self._files(exhibit, log))

    def _files(self, exhibit: Exhibit, log: CustodyLog) -> dict[str, bytes]:
        """Write the files and seal them, with a time stamp if one is wanted and available."""
        examiner = self.examiner

        def write_sealed(authority: str | None, _: str | None) -> dict[str, bytes]:
            stamped = authority is not None
            files = write_documents(replace(exhibit, time_stamped=stamped), log, examiner)
            ask = partial(timestamps.ask, authority) if authority is not None else None
            return files | seal.seal(files, examiner, ask)

        if examiner is None or self.stamps is None:
            return write_sealed(None, None)
        return self.stamps.apply(write_sealed)

    def _account(
        self, verdict: Verdict, examined: examine.Examination, access: Access, log: CustodyLog
    ) -> Account | None:
        """Read the account of the proved stamp; without a proof nobody's data is read."""
        stamp_id = verdict.origin.stamp_id if verdict.origin else None
        if stamp_id is None:
            log.note("account", "No origin is proved, so no account was read.")
            return None
        if told := references.find_told(examined.answers(stamp_id)):
            log.note("account", f"The account of stamp {stamp_id} was read from a response.")
            return Account(stamp_id, access.purpose, told.pseudonym)
        if self.registry is None or self.account_key is None:
            log.note("account", f"No response tells the account of stamp {stamp_id}.")
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


def _describe_opening(examined: examine.Examination, source: Source, log: CustodyLog) -> Input:
    """Describe the file, and note in the log that it was read."""
    given = _describe_input(examined, source.name)
    sidecar = given.manifest_sha256
    log.note(
        "opened",
        "The file was opened for reading only and read whole; no copy was made."
        + (" The manifest of its sidecar was read too." if sidecar else ""),
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


def _describe_consulted(consulted: Consulted) -> str:
    """Say what was read to judge the picture by, and nothing that was not configured."""
    read = [
        name
        for name, given in (
            ("trust anchors", consulted.anchors),
            ("directories", consulted.directories),
            ("the registry", consulted.registry),
            ("responses of producers", consulted.responses),
        )
        if given
    ]
    if not read:
        return "No trust anchors, directory or registry are configured, so none were consulted."
    return f"What the picture is judged by was consulted: {join_names(read)}."


def _check_unchanged(source: Source, given: Input, log: CustodyLog) -> None:
    if source.again is None:
        return
    digest = hashlib.sha256(source.again()).hexdigest()
    if digest != given.sha256:
        raise UnreadableInputError(
            "The picture changed while it was examined. Examine it where nobody writes to it."
        )
    log.note("unchanged", "The file was read again and has the same SHA-256.", sha256=digest)
