"""Each way in which a certificate can be wrong, and what a user is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from PIL import Image

from provenance.certificates import hash_certificate
from provenance.manifest import Trust, draw_urn
from provenance.verify import State, Verdict, Verifier
from tests.authority import KEYS, Authority, Key
from tests.forging import signed_by
from tests.integration.studio import plain_manifest

NAME = "Example Artificial Intelligence Ltd"
DAY = timedelta(days=1)
ROOT = Authority()
OTHER = Authority("Another root")
MIDDLE = Authority("In between", ROOT)


def issue(key: Key, by: Authority = ROOT, **settings: object) -> x509.Certificate:
    return by.issue(key.public_key(), NAME, **settings)  # type: ignore[arg-type]


WRONG: dict[str, tuple[Callable[[Key], x509.Certificate], str, str]] = {
    "expired": (
        lambda key: issue(key, until=-DAY),
        "signingCredential.expired",
        "its certificate has expired, and nothing proves that the signature is older",
    ),
    "not yet valid": (
        lambda key: issue(key, since=DAY),
        "signingCredential.expired",
        "its certificate is not valid yet",
    ),
    "wrong purpose": (
        lambda key: issue(key, purposes=(ExtendedKeyUsageOID.SERVER_AUTH,)),
        "signingCredential.invalid",
        "its certificate may not be used to sign manifests",
    ),
    "no purpose": (
        lambda key: issue(key, purposes=()),
        "signingCredential.invalid",
        "its certificate may not be used to sign manifests",
    ),
    "missing intermediate": (
        lambda key: issue(key, MIDDLE),
        "signingCredential.untrusted",
        "its certificate does not lead to an authority on the trust list",
    ),
    "self-signed": (
        lambda key: Authority(NAME, key=key).issue(key.public_key(), NAME),
        "signingCredential.untrusted",
        "its certificate does not lead to an authority on the trust list",
    ),
    "unknown root": (
        lambda key: issue(key, OTHER),
        "signingCredential.untrusted",
        "its certificate does not lead to an authority on the trust list",
    ),
    "expired and unknown": (
        lambda key: issue(key, OTHER, until=-DAY),
        "signingCredential.untrusted",
        "its certificate does not lead to an authority on the trust list",
    ),
}


@pytest.fixture(scope="module")
def picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((24, 24), 50).convert("RGB").save(file, "PNG")
    return file.getvalue()


def verdict_on(picture: bytes, certificate: Callable[[Key], x509.Certificate]) -> Verdict:
    key = KEYS["es256"]()
    data = signed_by(plain_manifest(draw_urn()), picture, key, certificate(key))
    return Verifier(trust=ROOT.trust).verify(data)


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_certificate_proves_nothing_and_the_reason_is_said(
    picture: bytes, case: str
) -> None:
    certificate, code, said = WRONG[case]
    verdict = verdict_on(picture, certificate)
    assert (verdict.state, verdict.origin) == (State.CLAIMED, None)
    (finding,) = (each for each in verdict.findings if each.layer == "manifest")
    assert code in finding.codes
    assert f'in the name of "{NAME}", but {said}.' in finding.finding
    assert "Nobody has proved" in verdict.explain().splitlines()[0]


def test_the_forger_of_these_tests_makes_good_files_too(picture: bytes) -> None:
    verdict = verdict_on(picture, issue)
    assert verdict.state is State.ATTRIBUTED
    assert verdict.origin is not None
    assert verdict.origin.producer == NAME


@pytest.mark.parametrize("of", ["the signer", "its authority"])
@pytest.mark.parametrize("until", [DAY, -DAY], ids=["in date", "expired"])
def test_a_revoked_certificate_proves_nothing(picture: bytes, of: str, until: timedelta) -> None:
    key = KEYS["es256"]()
    leaf = issue(key, until=until)
    data = signed_by(plain_manifest(draw_urn()), picture, key, leaf)
    digest = hash_certificate(leaf if of == "the signer" else ROOT.certificate)
    trust: Trust = replace(ROOT.trust, revoked=frozenset([digest]))
    verdict = Verifier(trust=trust).verify(data)
    assert (verdict.state, verdict.origin) == (State.CLAIMED, None)
    assert "is on the user's list of revoked certificates" in verdict.explain()
    assert any("provenance.signingCredential.revoked" in each.codes for each in verdict.findings)
