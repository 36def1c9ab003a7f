"""A certificate expires, and what proves that it signed before: a time stamp, or the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from provenance import imaging
from provenance.certificates import hash_certificate, load_pem_chain
from provenance.directory import Directory, DirectoryProducer, IssuerBinding
from provenance.manifest import Trust
from provenance.registry import Registry, open_registry
from provenance.stamp import Producer, StampedImage, Stamper
from provenance.timestamps import TimeStamps
from provenance.verify import State, Verdict, Verifier
from tests.authority import Authority
from tests.expiring import outlived
from tests.integration.studio import LONG_AGO, MODEL, Pixels, codes, jpeg
from tests.timestamping import TimeStampAuthority, time_stamp_authority


@dataclass(frozen=True)
class Past:
    """What was stamped before the certificate expired, and what verifiers have."""

    with_time_stamp: StampedImage
    without: StampedImage
    registry: Registry
    trust: Trust
    directory: Directory
    checkpoint: Path  # of a verifier who looked in time

    def verdict(self, data: bytes, *, registry: bool = False, looked: bool = False) -> Verdict:
        verifier = Verifier(
            registry=self.registry if registry or looked else None,
            trust=self.trust,
            directory=self.directory,
            checkpoint_file=self.checkpoint if looked else None,
        )
        return verifier.verify(data)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory, original: Pixels) -> Iterator[Past]:
    with ExitStack() as stack:
        tsa = stack.enter_context(time_stamp_authority(tmp_path_factory.mktemp("tsa")))

        def make(life: timedelta) -> tuple[Past, x509.Certificate]:
            folder = tmp_path_factory.mktemp("past")
            registry = stack.enter_context(
                open_registry("sqlite:///stamps.db", create=True, base=folder)
            )
            return stamped(original[200:456, 200:456], registry, tsa, life, folder)

        yield outlived(make)


def stamped(
    picture: Pixels, registry: Registry, tsa: TimeStampAuthority, life: timedelta, folder: Path
) -> tuple[Past, x509.Certificate]:
    """Stamp twice with a certificate that lives so long, and look once."""
    authority = Authority()
    signer = authority.signer(until=life)
    (leaf,) = load_pem_chain(signer.certificate_chain)
    binding = IssuerBinding(hash_certificate(authority.certificate), leaf.subject.rfc4514_string())
    entry = DirectoryProducer(600_000, "Producer A Ltd.", "a@example.com", binding, LONG_AGO)
    made = [
        Stamper(
            producer=Producer("Producer A", 600_000),
            signer=signer,
            registry=registry,
            stamps=stamps,
        ).stamp(picture, model=MODEL, format="JPEG")
        for stamps in (TimeStamps(tsa.url, "required"), TimeStamps())
    ]
    trust = replace(authority.trust, tsa_anchors=tsa.root.trust.anchors)
    past = Past(made[0], made[1], registry, trust, Directory([entry]), folder / "checkpoint.json")
    before = past.verdict(made[1].data, looked=True)
    assert before.state is State.ATTRIBUTED, before.explain()
    in_time = past.verdict(made[0].data)
    assert "at the latest, as a time-stamp authority proves." in in_time.explain()
    return past, leaf


def stripped(stamped: StampedImage) -> bytes:
    return jpeg(imaging.decode(stamped.data).rgb, quality=90)


def test_the_time_stamp_proves_it(past: Past) -> None:
    verdict = past.verdict(past.with_time_stamp.data)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert (verdict.origin.time_basis, verdict.origin.match) == ("timestamp", "bound")
    assert "a time-stamp authority proves that this was signed by" in verdict.explain()
    assert "The certificate expired on" in verdict.explain()


def test_also_where_only_the_mark_is_left(past: Past) -> None:
    verdict = past.verdict(stripped(past.with_time_stamp), registry=True)
    assert verdict.state is State.ATTRIBUTED, verdict.explain()
    assert verdict.origin is not None
    assert (verdict.origin.time_basis, verdict.origin.match) == ("timestamp", "derived")


def test_a_checkpoint_that_the_verifier_held_proves_it(past: Past) -> None:
    for data, match in ((past.without.data, "exact"), (stripped(past.without), "derived")):
        verdict = past.verdict(data, looked=True)
        assert verdict.state is State.ATTRIBUTED, verdict.explain()
        assert verdict.origin is not None
        assert (verdict.origin.time_basis, verdict.origin.match) == ("log", match)
        assert "the registry's log proves that this was signed by" in verdict.explain()
        assert verdict.to_json_dict()["origin"]["time_basis"] == "log"


def test_without_either_it_is_claimed(past: Past) -> None:
    for data in (past.without.data, stripped(past.without)):
        verdict = past.verdict(data, registry=True)
        assert (verdict.state, verdict.origin) == (State.CLAIMED, None), verdict.explain()
        assert "signingCredential.expired" in codes(verdict)
        assert "its certificate has expired, and nothing proves" in verdict.explain()


def test_a_time_stamp_by_nobody_trusted_does_not_count(past: Past) -> None:
    stranger = replace(past, trust=replace(past.trust, tsa_anchors=()))
    verdict = stranger.verdict(past.with_time_stamp.data)
    assert (verdict.state, verdict.origin) == (State.CLAIMED, None), verdict.explain()
