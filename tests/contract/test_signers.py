"""Every signer keeps the protocol, and what it signs is a manifest that anyone can check."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from PIL import Image

from provenance.errors import SignerKeyError, SignerUnavailableError, SigningError
from provenance.manifest import SignedImage, StampStatement, Trust, new_urn, read, sign
from provenance.signing import Signer, algorithms, certificates, pem, profile

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

KEYS: dict[str, Callable[[], Key]] = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "es384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "es512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ps256": lambda: rsa.generate_private_key(65537, 2048),
}
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
    """A signer whose key never comes here: all that a KMS or a token would show."""

    def __init__(self, hidden: Signer) -> None:
        self._hidden = hidden
        self.algorithm = hidden.algorithm
        self.certificate_chain = hidden.certificate_chain

    def sign(self, data: bytes) -> bytes:
        """Sign."""
        return self._hidden.sign(data)


def issue(
    key: Key,
    authority: Key,
    *,
    purposes: tuple[x509.ObjectIdentifier, ...] = profile.PURPOSES[:2],
    ca: bool = False,
    days: int = 30,
) -> x509.Certificate:
    """Issue a certificate; of the authority itself if both keys are the same."""
    itself = key is authority
    names = [
        x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
        for name in (("Root", "Root") if itself else ("Tests", "Root"))
    ]
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca or itself, None), True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not itself,
                content_commitment=False,
                key_cert_sign=itself,
                crl_sign=itself,
                **usage,
            ),
            True,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False
        )
    )
    if not itself and purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), False)
    return builder.sign(authority, hash_for(authority))


Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512


def hash_for(key: Key) -> Hash | None:
    """The hash that goes with a key: the SDK follows no chain with another for P-521."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None
    size = key.key_size if isinstance(key, ec.EllipticCurvePrivateKey) else 256
    sizes: dict[int, Hash] = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
    return sizes[size]


def key_pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.fixture(params=algorithms.NAMES)
def local(request: pytest.FixtureRequest) -> tuple[Signer, Trust]:
    """A signer in a PEM file, of each algorithm, and trust in its authority."""
    key, authority = KEYS[request.param](), KEYS[request.param]()
    chain = certificates.to_pem(issue(key, authority))
    root = certificates.to_pem(issue(authority, authority))
    return pem.load(key_pem(key), chain), Trust.from_pem(root)


@pytest.fixture(params=["local", "elsewhere"])
def signer(request: pytest.FixtureRequest, local: tuple[Signer, Trust]) -> tuple[Signer, Trust]:
    """A signer of each kind and algorithm, and trust in its authority."""
    if request.param == "local":
        return local
    return Elsewhere(local[0]), local[1]


@pytest.fixture(scope="module")
def picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((48, 48), 50).convert("RGB").save(file, "PNG")
    return file.getvalue()


def stamp(picture: bytes, signer: Signer) -> SignedImage:
    return sign(picture, "image/png", STATEMENT, signer, new_urn())


def test_keeps_the_protocol(signer: tuple[Signer, Trust]) -> None:
    keeper = signer[0]
    assert isinstance(keeper, Signer)
    assert keeper.algorithm in algorithms.NAMES
    leaf = certificates.load_pem_chain(keeper.certificate_chain)[0]
    assert algorithms.name_for(leaf.public_key()) == keeper.algorithm


def test_signs_what_its_certificate_verifies(signer: tuple[Signer, Trust]) -> None:
    keeper = signer[0]
    leaf = certificates.load_pem_chain(keeper.certificate_chain)[0]
    assert certificates.verify_signature(leaf, b"directory", keeper.sign(b"directory"))
    assert not certificates.verify_signature(leaf, b"forgery", keeper.sign(b"directory"))


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
    key, authority = KEYS["es256"](), KEYS["es256"]()
    return pem.load(key_pem(key), certificates.to_pem(issue(key, authority)))


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
        ({"purposes": (x509.ObjectIdentifier("1.3.6.1.5.5.7.3.1"),)}, "key usage is neither"),
        ({"purposes": ()}, "no extendedKeyUsage"),
        ({"ca": True}, "authority's"),
    ],
    ids=["tls", "none", "ca"],
)
def test_unsuitable_certificates_are_explained(
    picture: bytes, settings: dict[str, object], message: str
) -> None:
    key, authority = KEYS["es256"](), KEYS["es256"]()
    leaf = issue(key, authority, **settings)  # type: ignore[arg-type]
    keeper = pem.load(key_pem(key), certificates.to_pem(leaf))
    for one in (keeper, Elsewhere(keeper)):
        with pytest.raises(SignerKeyError, match=message):
            stamp(picture, one)


def test_a_certificate_that_expired_meanwhile_is_explained(picture: bytes) -> None:
    key, authority = KEYS["es256"](), KEYS["es256"]()
    leaf = issue(key, authority, days=-1)
    keeper = pem.PemSigner(key, (leaf,))
    with pytest.raises(SignerKeyError, match="expired on"):
        stamp(picture, keeper)
