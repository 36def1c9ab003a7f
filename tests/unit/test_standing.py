"""Who outranks whom: the table in docs/verdicts.md, read and tried."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import cast

import pytest

from provenance.certificates import SignerCertificate
from provenance.directory import (
    CertificateBinding,
    Directory,
    DirectoryProducer,
    Edition,
    Standing,
    fold_name,
)

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "verdicts.md"
HEADER = "| signer | listed by itself in |"
STANDINGS = {"own": Standing.SELF, "vetted": Standing.VETTED, "authority": Standing.AUTHORITY}
NUMBER, NAME = 600_000, "Ada Images"
OURS, THEIRS = "a" * 64, "b" * 64


@dataclass(frozen=True)
class Certificate:
    """As much of a certificate as a binding looks at."""

    sha256: str


def rows() -> list[tuple[str, ...]]:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(HEADER))
    table = takewhile(lambda line: line.startswith("|"), lines[start + 2 :])
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table]


def entry(sha256: str, number: int = NUMBER) -> DirectoryProducer:
    since = datetime(2024, 1, 1, tzinfo=UTC)
    return DirectoryProducer(number, NAME, "x", CertificateBinding(sha256), since)


def directory(own: str, other: str) -> Directory:
    if own == other == "authority":
        both = (entry(OURS), entry(THEIRS, NUMBER + 1))
        return Directory(editions=[Edition(both, Standing.AUTHORITY)])
    listed = ((own, OURS), (other, THEIRS))
    return Directory(
        editions=[
            Edition((entry(sha256),), STANDINGS[word], file=sha256)
            for word, sha256 in listed
            if word != "-" and not (word == "authority" and own == "authority" and sha256 != OURS)
        ]
    )


@pytest.mark.parametrize("row", rows(), ids=" | ".join)
def test_row(row: tuple[str, ...]) -> None:
    signer, own, other, name, number = row
    found, vetted = directory(own, other), signer == "vetted"
    certificate = cast("SignerCertificate", Certificate(OURS))
    rival = found.find_rival([NAME], certificate, vetted=vetted)
    listed = found.find_own(certificate) is not None
    assert name == ("other" if rival else "bound" if listed else "free")
    taken = found.is_number_of_another(NUMBER, certificate, vetted=vetted)
    bound = found.binds(NUMBER, certificate)
    assert number == ("bound" if bound else "other" if taken else "free")


@pytest.mark.parametrize(
    "name",
    [
        "ADA IMAGES",
        "Ada  Images",
        "Ada-Images",
        "Ada Images, Inc.",
        "Ada Images S.A.",
        "\uff21da Images",
    ],
)
def test_spellings_of_one_name_are_one(name: str) -> None:
    assert fold_name(name) == fold_name(NAME)


@pytest.mark.parametrize("name", ["Ada", "Adam Images", "Images Ada", "Ada Images 2", ""])
def test_other_names_are_others(name: str) -> None:
    assert fold_name(name) != fold_name(NAME)


def test_a_name_of_signs_is_nobodys() -> None:
    found = Directory(editions=[Edition((entry(THEIRS),), Standing.AUTHORITY)])
    assert (
        found.find_rival(["---"], cast("SignerCertificate", Certificate(OURS)), vetted=True) is None
    )


def test_a_newer_file_of_its_own_does_not_take_a_revocation_back() -> None:
    """A thief of the producer's key could write it; only an authority's newer edition counts."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    revoked = replace(entry(OURS), revoked_at=now, reason="key stolen")
    certificate = cast("SignerCertificate", Certificate(OURS))
    for standing, expected in ((Standing.SELF, now), (Standing.AUTHORITY, None)):
        older = Edition((revoked,), standing, issued=now, series="x")
        newer = Edition((entry(OURS),), standing, issued=now + timedelta(days=1), series="x")
        found = Directory(editions=[older, newer])
        assert found.producers == newer.producers
        assert found.revoked_at(certificate) == expected
