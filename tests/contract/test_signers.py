"""Every signer keeps the protocol, and what it signs is a manifest that anyone can check."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509.oid import ExtendedKeyUsageOID
from PIL import Image

from provenance.certificates import Chain, algorithms, signer_certificate
from provenance.errors import SignerKeyError, SignerUnavailableError, SigningError
from provenance.manifest import SignedImage, StampStatement, Trust, draw_urn, read, sign
from provenance.signers import CallbackSigner, Signer, awskms, gcpkms, open_signer, pem_file
from tests.authority import CLAIMS, KEYS, Authority, hash_for, key_pem
from tests.contract.keepers import ALGORITHMS, Google, Keeper, Token, keeper_of

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


class Elsewhere:
    """A signer of the user's own making, and a bare one: no more than the protocol."""

    def __init__(self, hidden: Signer) -> None:
        self._hidden = hidden
        self.algorithm = hidden.algorithm
        self.certificate_chain = hidden.certificate_chain

    def sign(self, data: bytes) -> bytes:
        """Sign."""
        return self._hidden.sign(data)


KINDS = ("file", "pkcs11", "awskms", "gcpkms")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


class Keepers(dict[str, Keeper]):
    """Everybody who keeps keys, each started once: when a test first asks for it."""

    def __init__(self, start: Callable[[str], Keeper]) -> None:
        super().__init__()
        self.start = start

    def __missing__(self, kind: str) -> Keeper:
        self[kind] = self.start(kind)
        return self[kind]


@pytest.fixture(scope="module")
def keepers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Keeper]]:
    with ExitStack() as stack:
        yield Keepers(
            lambda kind: stack.enter_context(keeper_of(kind, tmp_path_factory.mktemp(kind)))
        )


def open_at(keeper: Keeper, algorithm: str, authority: Authority, folder: Path) -> Signer:
    """Have the keeper make a key, get a certificate for it, and open the signer."""
    key, uri = keeper.keep(algorithm)
    chain = folder / "chain.pem"
    chain.write_bytes(authority.chain(authority.issue(key)))
    if isinstance(keeper, Google):
        return gcpkms.open_key(uri.removeprefix("gcpkms:"), chain, folder, keeper.connect)
    return open_signer(uri, chain)


def callback(algorithm: str, authority: Authority) -> Signer:
    """A signer of the user's own that returns what `cryptography` returns: DER for ECDSA."""
    key: Any = KEYS[algorithm]()
    how: tuple[Any, ...] = (padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    if algorithm != "ps256":
        how = (ec.ECDSA(digest),) if (digest := hash_for(key)) else ()
    chain = authority.chain(authority.issue(key.public_key()))
    return CallbackSigner(lambda data: key.sign(data, *how), chain)


CASES = [
    *((kind, name) for kind in KINDS for name in algorithms.NAMES if name in ALGORITHMS[kind]),
    *(("callback", name) for name in algorithms.NAMES),
    ("bare", "es256"),
]


@pytest.fixture(params=CASES, ids="-".join)
def signer(
    request: pytest.FixtureRequest,
    keepers: Mapping[str, Keeper],
    authority: Authority,
    tmp_path: Path,
) -> tuple[Signer, Trust]:
    """A signer of each kind and algorithm, and trust in its authority."""
    kind, algorithm = request.param
    if kind == "bare":
        return Elsewhere(authority.signer()), authority.trust
    if kind == "callback":
        return callback(algorithm, authority), authority.trust
    return open_at(keepers[kind], algorithm, authority, tmp_path), authority.trust


@pytest.fixture(scope="module")
def picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((48, 48), 50).convert("RGB").save(file, "PNG")
    return file.getvalue()


def stamp(picture: bytes, signer: Signer) -> SignedImage:
    return sign(picture, "image/png", STATEMENT, signer, draw_urn())


def test_keeps_the_protocol(signer: tuple[Signer, Trust]) -> None:
    keeper = signer[0]
    assert isinstance(keeper, Signer)
    assert keeper.algorithm in algorithms.NAMES
    leaf = signer_certificate.load_pem_chain(keeper.certificate_chain)[0]
    assert algorithms.name_algorithm(leaf.public_key()) == keeper.algorithm


def test_signs_what_its_certificate_verifies(signer: tuple[Signer, Trust]) -> None:
    keeper = signer[0]
    leaf = signer_certificate.load_pem_chain(keeper.certificate_chain)[0]
    assert signer_certificate.verify_signature(leaf, b"directory", keeper.sign(b"directory"))
    assert not signer_certificate.verify_signature(leaf, b"forgery", keeper.sign(b"directory"))


def test_signs_authentic_manifests(signer: tuple[Signer, Trust], picture: bytes) -> None:
    keeper, trust = signer
    signed = stamp(picture, keeper)
    reading = read(signed.data, "image/png", trust)
    assert reading.authentic
    assert reading.statement == STATEMENT
    assert reading.signer is not None
    assert reading.signer.anchored
    assert reading.signer.pem == keeper.certificate_chain
    assert len(signed.store) <= 16 * 1024


# --- signers that fail ------------------------------------------------------------------------


class Failing(Elsewhere):
    """A token that was pulled out."""

    def __init__(self, hidden: Signer, error: Exception) -> None:
        super().__init__(hidden)
        self.error = error

    def sign(self, data: bytes) -> bytes:
        """Fail."""
        raise self.error


def good_signer() -> Signer:
    return Authority().signer()


def test_a_signers_own_error_comes_through(picture: bytes) -> None:
    error = SignerUnavailableError("The token is locked.")
    with pytest.raises(SignerUnavailableError) as caught:
        stamp(picture, Failing(good_signer(), error))
    assert caught.value is error


def test_any_other_error_means_unavailable(picture: bytes) -> None:
    with pytest.raises(SignerUnavailableError, match="token gone") as caught:
        stamp(picture, Failing(good_signer(), RuntimeError("token gone")))
    assert isinstance(caught.value.__cause__, RuntimeError)


@pytest.mark.parametrize("wrong", [b"", b"x" * 64, b"\0" * 1000], ids=["none", "noise", "long"])
def test_a_wrong_signature_never_becomes_a_file(picture: bytes, wrong: bytes) -> None:
    class Wrong(Elsewhere):
        def sign(self, data: bytes) -> bytes:
            """Sign badly."""
            return wrong

    with pytest.raises(SigningError):
        stamp(picture, Wrong(good_signer()))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"purposes": (ExtendedKeyUsageOID.SERVER_AUTH,)}, "key usage is neither"),
        ({"purposes": ()}, "no extendedKeyUsage"),
        ({"ca": True, "purposes": CLAIMS}, "digital signatures"),
    ],
    ids=["tls", "none", "ca"],
)
def test_unsuitable_certificates_are_explained(
    picture: bytes, authority: Authority, settings: dict[str, Any], message: str
) -> None:
    key = KEYS["es256"]()
    chain = authority.chain(authority.issue(key.public_key(), **settings))
    keeper = pem_file.load(key_pem(key), chain)
    for one in (keeper, Elsewhere(keeper)):
        with pytest.raises(SignerKeyError, match=message):
            stamp(picture, one)


def test_a_certificate_that_expired_meanwhile_is_explained(
    picture: bytes, authority: Authority
) -> None:
    key = KEYS["es256"]()
    leaf = authority.issue(key.public_key(), until=timedelta(days=-1))
    with pytest.raises(SignerKeyError, match="expired on"):
        stamp(picture, pem_file.PemSigner(key, Chain((leaf,))))


# --- keepers that are gone, keys that are another's, secrets that stay secret -----------------


@pytest.mark.parametrize("kind", ["pkcs11", "awskms", "gcpkms"])
def test_a_keeper_that_goes_says_so_and_leaves_no_file(
    kind: str, authority: Authority, tmp_path: Path, picture: bytes
) -> None:
    with keeper_of(kind, tmp_path) as keeper:
        signer = open_at(keeper, "es256", authority, tmp_path)
        assert stamp(picture, signer).data
        keeper.stop()
        with pytest.raises(SignerUnavailableError) as caught:
            stamp(picture, signer)
        assert keeper.secret not in f"{caught.value} {caught.value.__cause__!r} {signer!r}"
        assert "COSE" not in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_another_keys_certificate_is_refused(
    kind: str, keepers: Mapping[str, Keeper], authority: Authority, tmp_path: Path, picture: bytes
) -> None:
    class Stranger(Authority):
        def issue(self, *_: Any, **__: Any) -> x509.Certificate:
            return authority.issue(KEYS["es256"]().public_key())

    stranger = object.__new__(Stranger)
    stranger.parent = None
    with pytest.raises(SignerKeyError, match=r"this very key|does not belong"):
        stamp(picture, open_at(keepers[kind], "es256", stranger, tmp_path))


def test_a_wrong_pin_is_said_and_not_shown(authority: Authority, tmp_path: Path) -> None:
    with keeper_of("pkcs11", tmp_path) as keeper:
        key, uri = keeper.keep("es256")
        (tmp_path / "wrong").write_text("161803")
        chain = tmp_path / "chain.pem"
        chain.write_bytes(authority.chain(authority.issue(key)))
        wrong = uri.partition("&")[0] + "&pin-source=file:wrong"
        with pytest.raises(SignerUnavailableError, match="PIN is wrong") as caught:
            open_signer(wrong, chain, folder=tmp_path)
        assert "161803" not in f"{caught.value} {caught.value.__cause__!r}"
        assert open_signer(uri, chain).sign(b"not locked")


def test_a_tokens_own_certificate_is_taken_and_a_forked_child_signs(
    authority: Authority, tmp_path: Path
) -> None:
    with keeper_of("pkcs11", tmp_path) as keeper:
        assert isinstance(keeper, Token)
        key, uri = keeper.keep("es256")
        leaf = authority.issue(key)
        keeper.keep_certificate(leaf)
        signer = open_signer(uri)
        assert signer.certificate_chain == signer_certificate.to_pem(leaf)
        with ThreadPoolExecutor(4) as threads:
            made = list(threads.map(signer.sign, [b"data"] * 12))
        assert all(
            signer_certificate.verify_signature(leaf, b"data", signature) for signature in made
        )
        assert in_child(lambda: signer_certificate.verify_signature(leaf, b"x", signer.sign(b"x")))
        assert signer.sign(b"and the parent still does")


def in_child(check: Callable[[], bool]) -> bool:
    """Run a check in a forked process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12: threads and fork
        child = os.fork()
    if child == 0:
        os._exit(0 if check() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(
    ("algorithm", "size", "sent"),
    [("es256", 5000, "DIGEST"), ("es256", 4096, "RAW"), ("ed25519", 4000, "RAW")],
)
def test_what_aws_is_asked(
    authority: Authority, tmp_path: Path, algorithm: str, size: int, sent: str
) -> None:
    # moto knows neither Ed25519 nor digests; botocore's own stub checks the request.
    key: Any = KEYS[algorithm]()
    data = bytes(size)
    made = algorithms.sign(key, data)
    message = hashlib.sha256(data).digest() if sent == "DIGEST" else data
    asked = {
        "KeyId": "alias/k",
        "SigningAlgorithm": "ED25519_SHA_512" if algorithm == "ed25519" else "ECDSA_SHA_256",
        "MessageType": sent,
        "Message": message,
    }
    chain = tmp_path / "chain.pem"
    chain.write_bytes(authority.chain(authority.issue(key.public_key())))
    client = boto3.client("kms", region_name="eu-west-1")
    with Stubber(client) as stub:
        stub.add_response("sign", {"Signature": made}, asked)
        assert awskms.open_key("alias/k", chain, tmp_path, lambda: client).sign(data) == made


@pytest.mark.parametrize("kind", KINDS)
def test_secrets_stay_out_of_logs_and_descriptions(
    kind: str,
    keepers: Mapping[str, Keeper],
    authority: Authority,
    tmp_path: Path,
    picture: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG", "provenance")
    caplog.set_level("DEBUG", "c2pa")
    signer = open_at(keepers[kind], "es256", authority, tmp_path)
    signed = stamp(picture, signer)
    shown = f"{signer!r} {signer} {caplog.text} {signed!r}"
    assert keepers[kind].secret not in shown + signed.data.decode("latin-1")
    assert "PRIVATE KEY" not in shown
