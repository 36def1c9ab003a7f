"""The sections of a config file: every key is a field of one of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.config.ask_keys import read_ask_keys
from provenance.config.files import read_key

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from provenance.directory import Directory
    from provenance.labels import Labels
    from provenance.response import Asker
    from provenance.revocation import Stapling
    from provenance.timestamps import TimeStamps
    from provenance.watermark import LockKey


@dataclass(frozen=True)
class ProducerSection:
    """``[producer]``: who stamps, and whether models may be trained with the pictures."""

    name: str
    """The producer's name, as pictures and reports show it."""
    number: int
    """The producer number in every mark: drawn by ``init``, or assigned by a directory."""
    training: str = "not-allowed"
    """Whether models may be trained with the pictures: not-allowed, allowed or unstated."""


@dataclass(frozen=True)
class SigningSection:
    """``[signing]``: the key, where it is kept, and who attests its times.

    With an authority and no policy, time stamps are required.
    """

    signer: str
    """URI of the key: ``file:``, ``pkcs11:``, ``awskms:`` or ``gcpkms:``."""
    chain: Path | None = None
    """PEM file of the key's certificates, when they are not in the key's own file."""
    tsa: str | None = None
    """Address of an RFC 3161 time-stamp authority."""
    tsa_policy: str | None = None
    """What happens when the authority fails: required, best-effort or off."""
    ocsp: str = "off"
    """Whether the certificate's issuer is asked for its word that the certificate is not revoked,
    which then goes into the manifests: required, best-effort or off."""
    unnamed: bool = False
    """Sign although the certificate names no organisation; some C2PA programs refuse that."""

    def __post_init__(self) -> None:
        self.time_stamps()  # so that reading the file reports a wrong value
        self.stapling()

    def time_stamps(self) -> TimeStamps:
        """Build the client of the time-stamp authority."""
        from provenance.timestamps import TimeStamps

        policy = self.tsa_policy or ("required" if self.tsa else "off")
        return TimeStamps(self.tsa, policy)

    def stapling(self, issuers: Sequence[Certificate] = ()) -> Stapling:
        """Build the policy of asking the certificate's issuer."""
        from provenance.revocation import Stapling

        return Stapling(self.ocsp, issuers)


@dataclass(frozen=True)
class RegistrySection:
    """``[registry]``: where records are kept, and the keys and the checkpoint that belong to it."""

    uri: str
    """Where the records are, such as ``sqlite:///stamps.db``."""
    log_key: Path | None = None
    """PEM file of the Ed25519 key that signs the log's checkpoints."""
    checkpoint: Path | None = None
    """File with the last checkpoint seen, by which verifying and stamping notice another log or a
    rewritten past."""
    account_key: Path | None = None
    """File of the 32-byte key that hashes and seals accounts. Keep it apart from the registry."""
    mirror_from: str | None = None
    """Folder or address that ``registry mirror`` copies from; the uri is then ``mirror:DIR``."""
    index: Path | None = None
    """Folder of the likeness index, which ``registry index`` keeps up to date: for registries with
    more than some hundred thousand records. Without it, each process reads all PDQ hashes into its
    memory when it first looks for likeness."""
    max_age_hours: int = 24
    """How old a mirror may be before verdicts warn of it."""

    @property
    def mirror_folder(self) -> str | None:
        """The folder of the mirror, if the registry is one."""
        return self.uri.removeprefix("mirror:") if self.uri.startswith("mirror:") else None


@dataclass(frozen=True)
class TrustSection:
    """``[trust]``: the authorities that are trusted, and the certificates that no longer are."""

    anchors: tuple[Path, ...] = ()
    """PEM files of the authorities that vet signers: they may certify any name."""
    directory_anchors: tuple[Path, ...] = ()
    """PEM files of the authorities that sign directories which may list anybody."""
    tsa_anchors: tuple[Path, ...] = ()
    """PEM files of the authorities whose time stamps are believed."""
    ekus: tuple[str, ...] | None = None
    """Purposes that a signer's certificate may have: identifiers, or files of them (default: C2PA's
    list)."""
    revoked: tuple[Path, ...] = ()
    """Files with the SHA-256 of certificates that are no longer trusted, one per line."""
    logs: tuple[str, ...] = ()
    """Public keys of other producers' logs, as ``provenance registry key`` prints them."""
    witnesses: tuple[str, ...] = ()
    """Public keys of the witnesses whose cosignatures under a log's checkpoint count."""


@dataclass(frozen=True)
class DirectorySection:
    """``[directory]``: who holds which producer number."""

    files: tuple[Path, ...] = ()
    """Signed directory files, each a list of producers and their numbers."""
    strict_models: bool = False
    """Whether to refuse a model that has no number yet."""
    ask: bool = False
    """Whether to ask the producers' services about marks, as ``verify --ask`` does."""
    ask_cache: Path | None = None
    """Folder in which their answers are kept, for several machines if need be."""
    ask_max_age_hours: int = 24
    """How old a kept answer may be before the service is asked again."""
    ask_private: bool = False
    """Whether services in private networks may be asked, also without encryption."""
    ask_keys: Path | None = None
    """File of the API keys that services ask for: one JSON object, from endpoint to key."""

    def asker(self, known: Directory | None) -> Asker | None:
        """Make what asks producers; None without a directory, which says whom to ask."""
        from provenance.response import Asker

        if known is None:
            return None
        age = timedelta(hours=self.ask_max_age_hours)
        keys = read_ask_keys(self.ask_keys) if self.ask_keys else {}
        return Asker(known, self.ask_cache, age, self.ask_private, keys)


@dataclass(frozen=True)
class HashListsSection:
    """``[hashlists]``: lists of known pictures that every picture is looked up in."""

    files: tuple[Path, ...] = ()
    """Hash lists, in any of the forms that ``provenance hashlist`` reads."""


@dataclass(frozen=True)
class WatermarkSection:
    """``[watermark]``: keys of private marks, and of locks."""

    key_files: tuple[Path, ...] = ()
    """Files of 32-byte keys, raw or in hex. Verifying tries all keys; stamping uses the first."""
    lock_key: Path | None = None
    """File of the 32-byte key that derives the locks of one's own marks; random ones without it."""

    def load_lock_key(self) -> LockKey | None:
        """Read the key of locks; None if there is none."""
        from provenance.watermark import LockKey

        return LockKey(read_key(self.lock_key, "lock key")) if self.lock_key else None


@dataclass(frozen=True)
class TraceSection:
    """``[trace]``: who makes and signs reports, and in which language."""

    examiner_key: Path | None = None
    """PEM file of the key that signs case folders."""
    examiner_chain: Path | None = None
    """PEM file of its certificates, when they are not in the key's own file."""
    examiner_name: str | None = None
    """Name of the examiner in reports (default: that of the certificate)."""
    examiner_role: str | None = None
    """Role and office of the examiner."""
    language: str = "en"
    """Language of reports and letters: en, de, fr or es."""


@dataclass(frozen=True)
class ResponseSection:
    """``[response]``: who signs responses to requests, and who may be told accounts."""

    signer: str | None = None
    """URI of the key that signs responses: ``file:``, ``pkcs11:``, ``awskms:`` or ``gcpkms:``."""
    chain: Path | None = None
    """PEM file of the key's certificates, when they are not in the key's own file."""
    requesters: tuple[Path, ...] = ()
    """PEM files of the authorities that certify who may be told accounts."""


@dataclass(frozen=True)
class ServiceSection:
    """``[service]``: who may ask ``provenance serve`` for what, and what that may cost."""

    address: str | None = None
    """The address under which others reach the service, such as ``https://verify.example.com``."""
    public: tuple[str, ...] = ("verify",)
    """What everybody may do, without a key: verify, responses, fetch:manifests, metrics."""
    keys: Path | None = None
    """File of API keys, which ``provenance keys grant`` makes."""
    oidc_issuer: str | None = None
    """Issuer of the bearer tokens that are taken."""
    oidc_audience: str | None = None
    """The audience that such a token must name."""
    oidc_keys: Path | None = None
    """File of the issuer's public keys, a JSON Web Key Set."""
    oidc_keys_address: str | None = None
    """The https address of that set, instead of a file."""
    anonymous_per_minute: int = 30
    """Requests that one network address may make in a minute without a key."""
    key_per_minute: int = 6000
    """Requests that one key or token may make in a minute."""
    access_log: Path | None = None
    """File that tells who looked up what; ``access.jsonl`` beside the config when not given."""
    signer: str | None = None
    """URI of the key that signs verdicts for download: ``file:``, ``pkcs11:``, ``awskms:`` or
    ``gcpkms:``."""
    chain: Path | None = None
    """PEM file of the key's certificates, when they are not in the key's own file."""
    feedback: Path | None = None
    """File that takes what people write about verdicts; without it there is no form."""
    fetch_addresses: bool = False
    """Whether the service fetches pictures from public addresses that people name."""
    proxies: tuple[str, ...] = ()
    """Addresses of the proxies whose word counts on where a request comes from."""
    max_mib: int = 32
    """Size of an upload, MiB."""
    waiting: int = 32
    """Uploads that are held in memory at a time; more are refused."""
    metrics: bool = False
    """Whether there are Prometheus metrics at ``/metrics``."""
    traces: bool = False
    """Whether traces go to the OpenTelemetry collector that the environment names."""


@dataclass(frozen=True)
class LabelsSection:
    """``[labels]``: what pictures get besides mark and manifest; see ``provenance.labels``."""

    profiles: tuple[str, ...] = ()
    """Jurisdictions that ask for labels: california, eu, china, india, korea."""
    source_type: bool = False
    """Whether to write IPTC's digital source type into XMP."""
    ai_system: bool = False
    """Whether to write IPTC's names of the AI system and its version into XMP."""
    aigc: bool = False
    """Whether to write China's AIGC metadata into XMP."""
    badge: str | None = None
    """Text of a visible label."""
    badge_corner: str = "bottom-right"
    """Corner in which the visible label lies."""
    badge_height: int = 5
    """Height of its letters, percent of the picture's short side."""
    badge_font: Path | None = None
    """TrueType or OpenType file of its letters."""
    badge_icon: Path | None = None
    """PNG that is put on in place of letters, such as the EU's icon."""
    strip_prompt: bool = False
    """Whether to leave out prompts and all other text except credits."""

    def combine(self, asked: Labels | None, profiles: Iterable[str]) -> Labels:
        """Return the labels that the section, ``asked`` and ``profiles`` ask for together."""
        from provenance.labels import ICON_NAME, Badge, Labels, apply_profiles

        text = self.badge or (ICON_NAME if self.badge_icon else None)
        badge = None if text is None else Badge(text)
        own = Labels(self.source_type, self.aigc, badge, self.strip_prompt)
        own |= Labels(ai_system=self.ai_system)
        found = apply_profiles((*profiles, *self.profiles), asked | own if asked else own)
        if found.badge is None:
            return found
        placed = replace(
            found.badge,
            corner=self.badge_corner,
            height=self.badge_height,
            font=self.badge_font,
            icon=self.badge_icon,
        )
        return replace(found, badge=placed)
