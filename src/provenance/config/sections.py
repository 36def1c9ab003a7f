"""The sections of a config file: every key is a field of one of these."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provenance.manifest import TimeStamps


@dataclass(frozen=True)
class ProducerSection:
    """``[producer]``: who stamps, and whether models may be trained with the pictures."""

    name: str
    number: int
    training: str = "not-allowed"


@dataclass(frozen=True)
class SigningSection:
    """``[signing]``: the key, where it is kept, and who attests its times.

    With an authority and no policy, time stamps are required.
    """

    signer: str
    chain: Path | None = None
    tsa: str | None = None
    tsa_policy: str | None = None

    def __post_init__(self) -> None:
        self.time_stamps()  # what is wrong is said when the file is read

    def time_stamps(self) -> TimeStamps:
        """Build what asks for time stamps."""
        from provenance.manifest.timestamps import TimeStamps

        policy = self.tsa_policy or ("required" if self.tsa else "off")
        return TimeStamps(self.tsa, policy)


@dataclass(frozen=True)
class RegistrySection:
    """``[registry]``: where records are kept; ``checkpoint`` is what a verifier remembers of it.

    ``account_key`` hashes and seals the accounts that pictures are stamped for.
    """

    uri: str
    log_key: Path | None = None
    checkpoint: Path | None = None
    account_key: Path | None = None


@dataclass(frozen=True)
class TrustSection:
    """``[trust]``: whose certificates are trusted; ``ekus`` are identifiers or files of them."""

    anchors: tuple[Path, ...] = ()
    tsa_anchors: tuple[Path, ...] = ()
    ekus: tuple[str, ...] | None = None
    revoked: tuple[Path, ...] = ()


@dataclass(frozen=True)
class DirectorySection:
    """``[directory]``: whose the producer numbers are."""

    files: tuple[Path, ...] = ()
    strict_models: bool = False


@dataclass(frozen=True)
class WatermarkSection:
    """``[watermark]``: keys of private marks; the first is also stamped with."""

    key_files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class TraceSection:
    """``[trace]``: who signs reports."""

    examiner_key: Path | None = None
    examiner_chain: Path | None = None


@dataclass(frozen=True)
class LabelsSection:
    """``[labels]``: what every picture gets beside mark and manifest; see `provenance.labels`."""

    profiles: tuple[str, ...] = ()
    source_type: bool = False
    aigc: bool = False
    badge: str | None = None
    badge_corner: str = "bottom-right"
    badge_height: int = 5
    badge_font: Path | None = None
    strip_prompt: bool = False
