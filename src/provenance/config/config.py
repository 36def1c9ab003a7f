"""One config file as a value, and the objects built from it: stamper, verifier, tracer."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, Unpack

from provenance.config.consulted import list_consulted
from provenance.config.files import read, read_key
from provenance.config.sections import (
    DirectorySection,
    HashListsSection,
    LabelsSection,
    ProducerSection,
    RegistrySection,
    ResponseSection,
    ServiceSection,
    SigningSection,
    TraceSection,
    TrustSection,
    WatermarkSection,
)
from provenance.errors import ConfigError
from provenance.limits import DEFAULT_LIMITS, Isolation, Limits

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from provenance.accounts import AccountKey
    from provenance.case import Tracer
    from provenance.directory import Directory
    from provenance.examine import LogPolicy
    from provenance.hashlists import HashList
    from provenance.labels import Labels
    from provenance.manifest import Trust
    from provenance.registry import Registry, VerifierKey
    from provenance.response import Responder
    from provenance.signers import LogPublicKey, Signer
    from provenance.stamp import Stamper, StampOptions
    from provenance.verify import Switches, Verifier
    from provenance.watermark import Search

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Config:
    """One config file. Nothing is opened before it is asked for."""

    path: Path
    producer: ProducerSection | None = None
    signing: SigningSection | None = None
    registry: RegistrySection | None = None
    trust: TrustSection = field(default_factory=TrustSection)
    directory: DirectorySection = field(default_factory=DirectorySection)
    hashlists: HashListsSection = field(default_factory=HashListsSection)
    watermark: WatermarkSection = field(default_factory=WatermarkSection)
    trace: TraceSection = field(default_factory=TraceSection)
    response: ResponseSection = field(default_factory=ResponseSection)
    labels: LabelsSection = field(default_factory=LabelsSection)
    service: ServiceSection = field(default_factory=ServiceSection)
    limits: Limits = DEFAULT_LIMITS
    isolation: Isolation = field(default_factory=Isolation)

    @property
    def folder(self) -> Path:
        """Where relative paths start."""
        return self.path.parent

    def stamper(self, labels: Labels | None = None) -> Stamper:
        """Build the stamper from ``[producer]``, ``[signing]`` and ``[registry]``.

        ``labels`` replace those of ``[labels]``.

        Raises
        ------
        ConfigError
            One of the three sections is missing.
        """
        from provenance.stamp import Producer, Stamper

        producer = self._require(self.producer, "producer")
        signer = self.open_signer()
        self._check_chain(signer)
        stamper = Stamper(
            producer=Producer(producer.name, producer.number, producer.training),
            signer=signer,
            registry=self.open_registry(),
            key=next(iter(self.load_keys()), None),
            lock_key=self.watermark.load_lock_key(),
            account_key=self.load_account_key(),
            stamps=self.signing.time_stamps() if self.signing else None,
            strict_models=self.directory.strict_models,
            limits=self.limits,
            checkpoint_file=self.registry.checkpoint if self.registry else None,
            options=self._stamp_options(),
        )
        return stamper.labelling(self.load_labels() if labels is None else labels)

    def _stamp_options(self) -> StampOptions:
        from provenance.stamp import StampOptions

        signing = self._require(self.signing, "signing")
        issuers = self.load_trust().certificates
        return StampOptions(unnamed_signer=signing.unnamed, ocsp=signing.stapling(issuers))

    def _check_chain(self, signer: Signer) -> None:
        """Warn of a chain that the user's own anchors do not complete, before the first stamp."""
        from provenance.certificates import describe, load_pem_chain

        anchors = self.load_trust().certificates
        chain = load_pem_chain(signer.certificate_chain)
        if anchors and not describe(chain, anchors).anchored:
            logger.warning(
                "The signer's certificates do not lead to any of the trust anchors: one in between "
                "may be missing from the chain, and then nobody can trust the stamps."
            )

    def load_labels(self, asked: Labels | None = None, profiles: Iterable[str] = ()) -> Labels:
        """Return the labels that ``[labels]``, ``asked`` and ``profiles`` ask for together.

        The visible label lies where ``[labels]`` says, even if it comes from elsewhere.
        """
        return self.labels.combine(asked, profiles)

    def verifier(
        self,
        *,
        registry: bool = True,
        responses: Iterable[Path] = (),
        lists: Iterable[HashList] = (),
        ask: bool = False,
        **switches: Unpack[Switches],
    ) -> Verifier:
        """Build the verifier; with ``registry=False`` it never queries the registry.

        ``responses`` are files with what producers answered, and ``lists`` hash lists besides those
        of the config. With ``ask`` producers are asked, as where ``[directory]`` says so. The
        switches are those of ``Verifier``; an ``isolated`` one keeps to the limits of
        ``[isolation]``. A registry that can't be opened is a finding of its verdicts.
        """
        from provenance.hashlists import load
        from provenance.response import load_response
        from provenance.verify import Verifier

        asking = ask or self.directory.ask
        section = self.registry if registry else None
        if switches.get("isolated") is True:
            switches["isolated"] = self.isolation
        return Verifier(
            registry=self.open_registry(read_only=True, lazy=True) if section else None,
            trust=self.load_trust(),
            directory=self.load_directory(),
            keys=self.load_keys(),
            lock_key=self.watermark.load_lock_key(),
            responses=map(load_response, responses),
            asker=self.directory.asker(self.load_directory()) if asking else None,
            lists=(*map(load, self.hashlists.files), *lists),
            log_policy=self._log_policy() if section else None,
            limits=self.limits,
            checkpoint_file=section.checkpoint if section else None,
            **switches,
        )

    def _log_policy(self) -> LogPolicy:
        from provenance.examine import LogPolicy

        hours = self.registry.max_age_hours if self.registry else 0
        return LogPolicy(self.load_witnesses(), timedelta(hours=hours))

    def tracer(
        self,
        *,
        accounts: bool = False,
        responses: Iterable[Path] = (),
        language: str | None = None,
        reviewer: str | None = None,
        search: Search | None = None,
    ) -> Tracer:
        """Build the tracer; with ``accounts`` it may read accounts, and the registry logs that."""
        from provenance.case import People, Tracer, find_authority
        from provenance.language import open_language

        section = self.trace
        stamps = self.signing.time_stamps() if self.signing else None
        return Tracer(
            self.verifier(all_marks=True, responses=responses, search=search),
            consulted=list_consulted(self),
            examiner=self.open_examiner(),
            stamps=stamps,
            reference=find_authority(stamps, self.load_trust().tsa_certificates),
            registry=self._registry_of_accounts() if accounts and self.registry else None,
            account_key=self.load_account_key() if accounts else None,
            people=People(section.examiner_name, section.examiner_role, reviewer),
            language=open_language(language or section.language),
        )

    def open_signer(self) -> Signer:
        """Open the signer.

        Raises
        ------
        ConfigError
            There is no section ``[signing]``.
        """
        from provenance.signers import open_signer

        section = self._require(self.signing, "signing")
        return open_signer(section.signer, section.chain, folder=self.folder)

    def open_examiner(self) -> Signer | None:
        """Open the key that signs case folders; None if there is none."""
        key = self.trace.examiner_key
        return _open_optional(f"file:{key}" if key else None, self.trace.examiner_chain)

    def open_responder(self) -> Signer | None:
        """Open the key that signs responses; None if there is none."""
        return _open_optional(self.response.signer, self.response.chain, self.folder)

    def open_service_signer(self) -> Signer | None:
        """Open the key that signs verdicts of the service; None if there is none."""
        return _open_optional(self.service.signer, self.service.chain, self.folder)

    def load_log_key(self) -> LogPublicKey | None:
        """Load the public part of the key that signs the log; None if there is none."""
        from provenance.signers import LogKey

        file = self.registry.log_key if self.registry else None
        return LogKey.from_pem(read(file, "log key")).public if file else None

    def responder(self, *, accounts: bool = False) -> Responder:
        """Build the producer's side of requests; ``accounts`` may be told, which the registry logs.

        Raises
        ------
        ConfigError
            There is no section ``[registry]``, or no key for its log.
        """
        from provenance.examine import CheckpointKeeper
        from provenance.registry import open_registry
        from provenance.response import Responder

        section = self._require(self.registry, "registry")
        registry = open_registry(
            section.uri,
            section.log_key,
            read_only=not accounts,
            base=self.folder,
            index=section.index,
        )
        requesters = self._load_certificates(self.response.requesters)
        account_key = self.load_account_key() if accounts else None
        name = self.producer.name if self.producer else None
        keeper = CheckpointKeeper(section.checkpoint, partial(datetime.now, UTC))
        return Responder(registry, requesters, account_key, name, keeper.guard)

    def _load_certificates(self, files: Iterable[Path]) -> tuple[Certificate, ...]:
        from provenance.certificates import load_pem_chain

        return tuple(
            certificate
            for path in files
            for certificate in load_pem_chain(read(path, "trust file"))
        )

    def load_examiners(self) -> tuple[Certificate, ...]:
        """Load the examiner's certificate, which case folders are checked against.

        Raises
        ------
        ConfigError
            The config names no examiner.
        """
        from provenance.certificates import load_pem_chain

        file = self.trace.examiner_chain or self.trace.examiner_key
        if file is None:
            raise ConfigError(
                f"{self.path} names no examiner: set trace.examiner_key, or name a certificate."
            )
        return load_pem_chain(read(file, "examiner's certificate"))[:1]

    def open_registry(
        self, *, create: bool = False, read_only: bool = False, lazy: bool = False
    ) -> Registry:
        """Open the registry; only with ``create`` is a missing one made.

        With ``lazy`` it is opened when it is first asked.

        Raises
        ------
        ConfigError
            There is no section ``[registry]``.
        """
        from provenance.registry import open_registry

        section = self._require(self.registry, "registry")
        log_key = None if read_only else section.log_key
        return open_registry(
            section.uri,
            log_key,
            create=create,
            read_only=read_only,
            lazy=lazy,
            base=self.folder,
            index=section.index,
        )

    def load_trust(self) -> Trust:
        """Load the trust lists, and what the entries of the directory bring; see ``Trust``."""
        from provenance.verify import scope_trust

        return scope_trust(self._load_vetting(), self.load_directory())

    def name_unrooted(self) -> tuple[str, ...]:
        """Name the time-stamp authorities that count for manifests, but for no case folder."""
        from provenance.timestamps import find_unrooted

        found = find_unrooted(self._load_certificates(self.trust.tsa_anchors))
        return tuple(each.subject.rfc4514_string() for each in found)

    def _load_vetting(self) -> Trust:
        from provenance.manifest import Trust, is_purpose

        section, ekus = self.trust, self.trust.ekus
        purposes = ekus and [each if is_purpose(each) else self.folder / each for each in ekus]
        return Trust.load(section.anchors, section.tsa_anchors, purposes, section.revoked)

    def load_directory(self) -> Directory | None:
        """Load the directory files; None if the config names none."""
        return self.read_directory(self.directory.files) if self.directory.files else None

    def read_directory(self, files: Iterable[Path]) -> Directory:
        """Read directory files by the anchors in ``[trust]``."""
        from provenance.directory import Directory

        authorities = self._load_certificates(self.trust.directory_anchors)
        return Directory.load(files, authorities, self._load_vetting().certificates)

    def load_keys(self) -> tuple[bytes, ...]:
        """Read the keys of private marks."""
        return tuple(read_key(path, "watermark key") for path in self.watermark.key_files)

    def load_logs(self) -> tuple[VerifierKey, ...]:
        """Read the public keys of other producers' logs."""
        from provenance.registry import VerifierKey

        return tuple(map(VerifierKey.of_log, self.trust.logs))

    def load_witnesses(self) -> tuple[VerifierKey, ...]:
        """Read the public keys of the witnesses that count."""
        from provenance.registry import VerifierKey

        return tuple(map(VerifierKey.of_witness, self.trust.witnesses))

    def _registry_of_accounts(self) -> Registry:
        """Open the registry to read accounts, an access that it logs."""
        from provenance.registry import open_registry

        section = self._require(self.registry, "registry")
        return open_registry(section.uri, base=self.folder)

    def load_account_key(self) -> AccountKey | None:
        """Read the key of accounts; None if there is none."""
        from provenance.accounts import AccountKey

        file = self.registry.account_key if self.registry else None
        return AccountKey(read_key(file, "account key")) if file else None

    def _require(self, section: T | None, name: str) -> T:
        if section is None:
            raise ConfigError(f"{self.path} has no section [{name}], which this needs: add it.")
        return section


def _open_optional(uri: str | None, chain: Path | None, base: Path | None = None) -> Signer | None:
    from provenance.signers import open_signer

    return None if uri is None else open_signer(uri, chain, folder=base)
