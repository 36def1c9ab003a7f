"""Time stamps by a real authority on loopback: asked for by policy, and believed by trust."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from provenance.certificates import load_pem_chain
from provenance.errors import ConfigError, TimestampError
from provenance.manifest import (
    Credential,
    SignedImage,
    StampStatement,
    Trust,
    draw_urn,
    read,
    sign,
)
from provenance.signers import Signer
from provenance.timestamps import TimeStamps
from provenance.timestamps.policy import PAUSE_SECONDS
from tests.authority import Authority
from tests.expiring import outlived
from tests.timestamping import TimeStampAuthority, nobody, time_stamp_authority

SECOND = timedelta(seconds=1)

STATEMENT = StampStatement(
    producer=0x80001,
    producer_name="Tests",
    model="example-diffusion",
    model_version="3",
    created=datetime(2026, 11, 22, tzinfo=UTC),
    payload=bytes(12),
    alg="unlisted.provenance.dwt.1",
    pdq="0f" * 32,
    pdq_quality=97,
    lattice="A9" * 200,
)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeStampAuthority]:
    with time_stamp_authority(tmp_path_factory.mktemp("tsa")) as authority:
        yield authority


@pytest.fixture(autouse=True)
def good(tsa: TimeStampAuthority) -> None:
    tsa.answer, tsa.asked = None, 0


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def picture() -> bytes:
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.effect_noise((48, 48), 50).convert("RGB").save(file, "PNG")
    return file.getvalue()


def stamp(picture: bytes, signer: Signer, stamps: TimeStamps) -> SignedImage:
    return sign(picture, "image/png", STATEMENT, signer, draw_urn(), stamps=stamps)


def trust_in(authority: Authority, tsa: TimeStampAuthority) -> Trust:
    return replace(authority.trust, tsa_anchors=tsa.root.trust.anchors)


def test_a_time_stamp_proves_a_time(
    picture: bytes, authority: Authority, tsa: TimeStampAuthority
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    signed = stamp(picture, authority.signer(), TimeStamps(tsa.url, "required"))
    reading = read(signed.data, "image/png", trust_in(authority, tsa))
    assert reading.authentic
    assert reading.timestamp is not None
    assert before <= reading.timestamp <= datetime.now(UTC)
    assert reading.time_lists == trust_in(authority, tsa).tsa_anchors
    assert signed.timestamp_missing is None
    assert tsa.asked == 1
    assert len(signed.store) <= 16 * 1024


def test_off_asks_nobody(picture: bytes, authority: Authority, tsa: TimeStampAuthority) -> None:
    signed = stamp(picture, authority.signer(), TimeStamps(tsa.url, "off"))
    assert tsa.asked == 0
    assert read(signed.data, "image/png", trust_in(authority, tsa)).timestamp is None


FAILURES: dict[str, tuple[bytes | int | None, str]] = {
    "gone": (None, "did not answer"),
    "busy": (503, "HTTP status 503"),
    "garbage": (b"garbage", "can't be used"),
    "empty": (b"", "can't be used"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_required_or_nothing(
    picture: bytes, authority: Authority, tsa: TimeStampAuthority, case: str
) -> None:
    tsa.answer, said = FAILURES[case]
    address = (nobody() if case == "gone" else tsa.url) + "?key=secret"
    with pytest.raises(TimestampError, match=said) as caught:
        stamp(picture, authority.signer(), TimeStamps(address, "required"))
    assert caught.value.code == "signing.timestamp"
    assert "secret" not in str(caught.value)
    assert "COSE" not in str(caught.value)


@pytest.mark.parametrize("case", FAILURES)
def test_best_effort_signs_and_says_why(
    picture: bytes,
    authority: Authority,
    tsa: TimeStampAuthority,
    case: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tsa.answer, said = FAILURES[case]
    address = nobody() if case == "gone" else tsa.url
    signed = stamp(picture, authority.signer(), TimeStamps(address, "best-effort"))
    reading = read(signed.data, "image/png", trust_in(authority, tsa))
    assert reading.authentic
    assert reading.timestamp is None
    assert reading.statement is not None
    assert said in (reading.statement.timestamp_missing or "")
    assert signed.timestamp_missing == reading.statement.timestamp_missing
    assert "Signed without a time stamp" in caplog.text


def test_an_old_answer_is_no_time_stamp(
    picture: bytes, authority: Authority, tsa: TimeStampAuthority
) -> None:
    stamps = TimeStamps(tsa.url, "required")
    answers: list[bytes] = []
    reply = tsa.reply

    def again(query: bytes) -> bytes:
        answers.append(reply(query))
        return answers[0]

    tsa.reply = again  # type: ignore[method-assign]
    try:
        stamp(picture, authority.signer(), stamps)
        with pytest.raises(TimestampError, match="can't be used"):
            stamp(picture, authority.signer(), stamps)
    finally:
        tsa.reply = reply  # type: ignore[method-assign]


def test_best_effort_leaves_a_dead_authority_alone_for_a_while(
    picture: bytes, authority: Authority, tsa: TimeStampAuthority
) -> None:
    now = [0.0]
    stamps = TimeStamps(tsa.url, "best-effort", clock=lambda: now[0])
    tsa.answer = 503
    signer = authority.signer()
    made = [stamp(picture, signer, stamps) for _ in range(3)]
    assert tsa.asked == 1
    assert {signed.timestamp_missing for signed in made} == {"it answered with HTTP status 503"}
    now[0], tsa.answer = PAUSE_SECONDS, None
    assert stamp(picture, signer, stamps).timestamp_missing is None
    assert tsa.asked == 2


def test_a_signers_own_fault_is_not_the_authoritys(
    picture: bytes, authority: Authority, tsa: TimeStampAuthority
) -> None:
    class Wrong:
        def __init__(self, hidden: Signer) -> None:
            self.algorithm, self.certificate_chain = hidden.algorithm, hidden.certificate_chain

        def sign(self, data: bytes) -> bytes:
            return bytes(64)

    for policy in ("required", "best-effort"):
        with pytest.raises(Exception, match=r"sign|verify") as caught:
            stamp(picture, Wrong(authority.signer()), TimeStamps(tsa.url, policy))
        assert not isinstance(caught.value, TimestampError)


@pytest.mark.parametrize(
    ("address", "policy", "said"),
    [
        (None, "required", r"signing\.tsa"),
        ("", "best-effort", r"signing\.tsa"),
        ("ftp://tsa.example/", "required", "https"),
        ("tsa.example", "required", "https"),
        ("https://user:secret@tsa.example/", "required", "without a user"),
        ("https://tsa.example/", "sometimes", "required, best-effort, off"),
    ],
)
def test_settings_are_checked(address: str | None, policy: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        TimeStamps(address, policy)
    assert "secret" not in str(caught.value)


# --- whose time stamps are believed, and what for ---------------------------------------------


@pytest.fixture(scope="module")
def expired(
    picture: bytes, authority: Authority, tsa: TimeStampAuthority
) -> tuple[SignedImage, SignedImage]:
    """Two manifests whose certificate has expired since, one with a time stamp."""
    tsa.answer = None

    def make(life: timedelta) -> tuple[tuple[SignedImage, SignedImage], x509.Certificate]:
        signer = authority.signer(until=life)
        policies = TimeStamps(tsa.url, "required"), TimeStamps()
        made = stamp(picture, signer, policies[0]), stamp(picture, signer, policies[1])
        return made, load_pem_chain(signer.certificate_chain)[0]

    return outlived(make)


def test_an_expired_certificate_speaks_for_what_it_signed_in_time(
    expired: tuple[SignedImage, SignedImage], authority: Authority, tsa: TimeStampAuthority
) -> None:
    reading = read(expired[0].data, "image/png", trust_in(authority, tsa))
    assert reading.authentic
    assert reading.expired_at is not None
    assert reading.failures == ()


def test_without_a_time_stamp_it_does_not(
    expired: tuple[SignedImage, SignedImage], authority: Authority, tsa: TimeStampAuthority
) -> None:
    reading = read(expired[1].data, "image/png", trust_in(authority, tsa))
    assert not reading.authentic
    assert "signingCredential.expired" in reading.credential_problems
    assert reading.credential is Credential.EXPIRED


def test_nor_with_one_by_an_authority_that_is_not_trusted_for_times(
    expired: tuple[SignedImage, SignedImage], authority: Authority, tsa: TimeStampAuthority
) -> None:
    as_signers = authority.pem + tsa.root.pem
    for trust in (authority.trust, Trust.from_pem(as_signers)):
        reading = read(expired[0].data, "image/png", trust)
        assert reading.timestamp is None
        assert not reading.authentic
        assert any(code.endswith(".expired") for code in reading.credential_problems)


def test_nor_when_the_time_stamp_authority_is_revoked(
    expired: tuple[SignedImage, SignedImage], authority: Authority, tsa: TimeStampAuthority
) -> None:
    from provenance.certificates import hash_certificate

    trust = replace(
        trust_in(authority, tsa), revoked=frozenset([hash_certificate(tsa.root.certificate)])
    )
    assert not read(expired[0].data, "image/png", trust).authentic


def test_what_another_source_proves_of_the_time_counts_as_well(
    expired: tuple[SignedImage, SignedImage], authority: Authority
) -> None:
    reading = read(expired[1].data, "image/png", authority.trust)
    assert reading.expired_at is not None
    assert reading.authentic_at(reading.expired_at - SECOND)
    assert not reading.authentic_at(reading.expired_at + SECOND)
    assert not reading.authentic_at(reading.expired_at - timedelta(days=100))
    for trust in (Trust.none(), replace(authority.trust, ekus=("1.2.3.4",))):
        assert not read(expired[1].data, "image/png", trust).authentic_at(
            reading.expired_at - SECOND
        )


def test_a_changed_manifest_stays_broken_whenever_it_was_made(
    expired: tuple[SignedImage, SignedImage], authority: Authority
) -> None:
    data = expired[1].data.replace(b"example-diffusion", b"another-diffusion")
    reading = read(data, "image/png", authority.trust)
    assert reading.broken
    assert reading.expired_at is not None
    assert not reading.authentic_at(reading.expired_at - SECOND)
