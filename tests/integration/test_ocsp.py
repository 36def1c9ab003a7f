"""The issuer's word on a signer's certificate: asked for by policy, stapled, read and judged."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from PIL import Image

from provenance.errors import ConfigError, RevocationError
from provenance.manifest import (
    ANY_TYPE,
    Credential,
    ManifestReading,
    SignedImage,
    StampStatement,
    cose,
    draw_urn,
    extract,
    read,
    sign,
)
from provenance.manifest.sidecar import put_in
from provenance.revocation import Stapling, Status, judge
from provenance.revocation.client import _write_request
from provenance.signers import Signer
from provenance.timestamps import TimeStamps
from provenance.verify import Verifier
from tests.authority import Authority
from tests.revocation import Responder
from tests.timestamping import time_stamp_authority

HOUR = timedelta(hours=1)
FORMATS = ["PNG", "JPEG", "WEBP", "AVIF", "TIFF"]
STATEMENT = StampStatement(
    *(1, "Tests", "m", "", datetime(2026, 11, 22, tzinfo=UTC), bytes(12)),
    *(None, "0f" * 32, 90, "A9" * 200),
)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module", params=[True, False], ids=["delegated", "by the issuer"])
def responder(
    authority: Authority,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Responder]:
    found = Responder(tmp_path_factory.mktemp("ocsp"), authority, delegated=request.param)
    yield found
    found.stop()


@pytest.fixture(autouse=True)
def good(responder: Responder) -> None:
    responder.answer, responder.asked = None, 0


@cache
def picture(name: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.effect_noise((48, 48), 50).convert("RGB").save(file, name)
    return file.getvalue()


def stamp(
    signer: Signer, ocsp: Stapling, name: str = "PNG", stamps: TimeStamps | None = None
) -> SignedImage:
    mime = f"image/{name.lower()}"
    stamps = stamps or TimeStamps()
    return sign(picture(name), mime, STATEMENT, signer, draw_urn(), stamps=stamps, ocsp=ocsp)


def required(authority: Authority) -> Stapling:
    return Stapling("required", (authority.certificate,))


def look(signed: bytes, authority: Authority) -> ManifestReading:
    return read(signed, ANY_TYPE, authority.trust)


@pytest.mark.parametrize("name", FORMATS)
def test_a_staple_is_read_and_believed(
    name: str, responder: Responder, authority: Authority
) -> None:
    signed = stamp(responder.signer(), required(authority), name)
    found = look(signed.data, authority)
    assert (found.hard_binding, found.authentic) == ("match", True)
    assert found.revocation is Status.GOOD
    if responder.delegated:  # the SDK believes no other
        assert "signingCredential.ocsp.notRevoked" in found.codes
    assert extract(signed.data) == signed.store == found.store
    assert len(cose.read_revocation_values(signed.store, signed.urn)) == 1
    said = Verifier(trust=authority.trust).verify(signed.data).explain()
    assert "By its issuer's signed answer" in " ".join(said.split())


def test_nobody_is_asked_unless_the_signer_wants_it(
    responder: Responder, authority: Authority
) -> None:
    signer = responder.signer()
    plain = look(stamp(signer, Stapling()).data, authority)
    assert responder.asked == 0
    assert (plain.authentic, plain.revocation) == (True, None)
    policy = required(authority)
    stapled = [look(stamp(signer, policy).data, authority) for _ in range(3)]
    assert responder.asked == 1  # for half of the time that the answer is good for
    assert all(each.revocation is Status.GOOD for each in stapled)
    assert responder.asked == 1  # reading asks nobody


def test_a_revoked_signer_signs_nothing(responder: Responder, authority: Authority) -> None:
    signer = responder.signer()
    responder.revoke(signer, datetime.now(UTC) - HOUR)
    for policy in ("required", "best-effort"):
        with pytest.raises(RevocationError, match="is revoked"):
            stamp(signer, Stapling(policy, (authority.certificate,)))


@pytest.mark.parametrize("answer", [b"", b"\x30\x03\x0a\x01\x06", b"x" * 100_000])
def test_an_answer_that_is_none(
    answer: bytes, responder: Responder, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    responder.answer = answer
    signer = responder.signer()
    with pytest.raises(RevocationError, match=r"can.t be called good|over 32768 bytes"):
        stamp(signer, required(authority))
    assert responder.asked == 1
    relaxed = Stapling("best-effort", (authority.certificate,))
    for _ in range(2):
        assert look(stamp(signer, relaxed).data, authority).revocation is None
    assert responder.asked == 2  # one that failed is not asked again at once
    assert "without proof" in caplog.text


def test_what_is_missing_is_named(responder: Responder, authority: Authority) -> None:
    with pytest.raises(RevocationError, match="not at hand"):
        stamp(responder.signer(), Stapling("required"))
    with pytest.raises(RevocationError, match="does not say where"):
        stamp(responder.signer(names_responder=False), required(authority))
    with pytest.raises(ConfigError, match=r"signing\.ocsp"):
        Stapling("sometimes")


def test_a_revocation_that_comes_along_is_believed(
    responder: Responder, authority: Authority
) -> None:
    signer = responder.signer()
    good = stamp(signer, required(authority))
    responder.revoke(signer, datetime.now(UTC) - HOUR)
    (leaf, *_) = x509.load_pem_x509_certificates(signer.certificate_chain)
    answer = responder.reply(_write_request(leaf, authority.certificate))
    whole = put_in(picture("PNG"), cose.staple(good.store, good.urn, answer))
    found = look(whole, authority)
    assert found.hard_binding == "match"
    assert found.revocation is Status.REVOKED
    assert found.credential is Credential.REVOKED
    assert not found.authentic


def test_what_was_signed_before_the_revocation_holds(
    responder: Responder, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (leaf, *_) = x509.load_pem_x509_certificates((signer := responder.signer()).certificate_chain)
    query = _write_request(leaf, authority.certificate)
    responder.revoke(signer, datetime.now(UTC))
    answer = responder.reply(query)
    now = datetime.now(UTC)
    assert judge([answer], leaf, authority.certificate, now - HOUR) is Status.UNKNOWN
    assert judge([answer], leaf, authority.certificate, now + HOUR) is Status.REVOKED
    with time_stamp_authority(tmp_path_factory.mktemp("tsa")) as tsa:
        stamps = TimeStamps(tsa.url, "required")
        signed = stamp(responder.signer(), required(authority), stamps=stamps)
    assert look(signed.data, authority).revocation is Status.GOOD


def test_words_of_others_do_not_count(
    responder: Responder, authority: Authority, tmp_path: Path
) -> None:
    signer = responder.signer()
    (leaf, *_) = x509.load_pem_x509_certificates(signer.certificate_chain)
    query = _write_request(leaf, authority.certificate)
    other = Responder(tmp_path, Authority("Other"))
    try:
        other._set(leaf, "R", f"{datetime.now(UTC) - HOUR:%y%m%d%H%M%SZ},keyCompromise")
        (tmp_path / "ca.pem").write_bytes(authority.pem)
        forged = other.reply(query)
    finally:
        other.stop()
    now = datetime.now(UTC)
    assert judge([forged], leaf, authority.certificate, now) is Status.UNKNOWN
    real = responder.reply(query)
    assert judge([forged, real], leaf, authority.certificate, now) is Status.GOOD
    elsewhere = responder.signer()
    (another, *_) = x509.load_pem_x509_certificates(elsewhere.certificate_chain)
    assert judge([real], another, authority.certificate, now) is Status.UNKNOWN
    assert judge([real], leaf, authority.certificate, now + 3 * HOUR) is Status.UNKNOWN
    assert judge([real[:-20]], leaf, authority.certificate, now) is Status.UNKNOWN


def test_a_store_without_room_is_refused(responder: Responder, authority: Authority) -> None:
    signed = stamp(responder.signer(), Stapling())
    with pytest.raises(ValueError, match="padding"):
        cose.staple(signed.store, signed.urn, bytes(5_000))
