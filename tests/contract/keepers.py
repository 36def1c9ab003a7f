"""Keepers of keys, each a real component started by the tests: file, token, AWS, Google.

``keep`` makes a key of an algorithm, and returns its public key and the signer's URI.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Protocol

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from tests.authority import KEYS, Key, PublicKey, key_pem
from tests.components import need_library, need_program

# What each keeper can do: moto makes no Ed25519 keys, Google none on P-521.
ALGORITHMS = {
    "file": tuple(KEYS),
    "pkcs11": tuple(KEYS),
    "awskms": ("es256", "es384", "es512", "ps256"),
    "gcpkms": ("es256", "es384", "ed25519", "ps256"),
}

PASSWORD = "correct horse"
PIN = "271828"
SOFTHSM = [  # where Debian, Fedora and Homebrew put it
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/pkcs11/libsofthsm2.so"),
    Path("/opt/homebrew/lib/softhsm/libsofthsm2.so"),
]


class Keeper(Protocol):
    """Who keeps keys."""

    secret: str

    def keep(self, algorithm: str) -> tuple[PublicKey, str]:
        """Make a key."""

    def stop(self) -> None:
        """Be gone, as a token pulled out or a service that is down."""


class File:
    """Encrypted PEM files."""

    secret = PASSWORD

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        os.environ["TEST_KEY_PASSWORD"] = PASSWORD

    def keep(self, algorithm: str) -> tuple[PublicKey, str]:
        key = KEYS[algorithm]()
        path = self.folder / f"{algorithm}.pem"
        path.write_bytes(key_pem(key, PASSWORD.encode()))
        return key.public_key(), f"file:{path}?password-source=env:TEST_KEY_PASSWORD"

    def stop(self) -> None:
        """A key that is loaded is there to stay."""


class Token:
    """SoftHSM, with a token of its own."""

    secret = PIN

    def __init__(self, folder: Path) -> None:
        need_program("softhsm2-util")
        self.module = need_library("softhsm2", SOFTHSM)
        self.folder = folder
        self.tokens = folder / "tokens"
        self.tokens.mkdir()
        (folder / "pin").write_text(PIN + "\n")
        conf = folder / "softhsm2.conf"
        conf.write_text(f"directories.tokendir = {self.tokens}\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(conf)
        self.label = folder.name
        self._util("--init-token", "--free", "--so-pin", "314159", label=self.label)
        self.kept = 0

    def keep(self, algorithm: str) -> tuple[PublicKey, str]:
        key = KEYS[algorithm]()
        self.kept += 1
        path = self.folder / "key.pem"
        path.write_bytes(key_pem(key))
        number = f"{self.kept:02x}"
        self._util("--import", str(path), "--token", self.label, "--id", number, label=algorithm)
        path.unlink()
        uri = f"pkcs11:token={self.label};object={algorithm};id=%{number}?module-path={self.module}"
        return key.public_key(), f"{uri}&pin-source=file:{self.folder / 'pin'}"

    def stop(self) -> None:
        shutil.rmtree(self.tokens, ignore_errors=True)

    def keep_certificate(self, certificate: x509.Certificate) -> None:
        """Put the certificate beside the key that was kept last."""
        import pkcs11

        attribute = pkcs11.Attribute
        library = pkcs11.lib(str(self.module))
        library.reinitialize()  # it may know an earlier keeper's folder only
        token = library.get_token(token_label=self.label)
        with token.open(rw=True, user_pin=PIN) as session:
            session.create_object(
                {
                    attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    attribute.TOKEN: True,
                    attribute.ID: bytes([self.kept]),
                    attribute.SUBJECT: certificate.subject.public_bytes(),
                    attribute.VALUE: certificate.public_bytes(serialization.Encoding.DER),
                }
            )

    def _util(self, *arguments: str, label: str) -> None:
        command = ["softhsm2-util", *arguments, "--label", label, "--pin", PIN]
        subprocess.run(command, check=True, capture_output=True)


class Aws:
    """AWS KMS as moto plays it, in a process of its own."""

    secret = "aws-secret-access-key"
    specs: ClassVar = {"es256": "ECC_NIST_P256", "es384": "ECC_NIST_P384", "es512": "ECC_NIST_P521"}

    def __init__(self) -> None:
        script = Path(__file__).with_name("moto_kms.py")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        os.environ |= {
            "AWS_ENDPOINT_URL_KMS": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def keep(self, algorithm: str) -> tuple[PublicKey, str]:
        import boto3

        client = boto3.client("kms")
        spec = self.specs.get(algorithm, "RSA_2048")
        made = client.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        der = client.get_public_key(KeyId=made)["PublicKey"]
        key: Any = serialization.load_der_public_key(der)
        return key, f"awskms:{made}"

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


class Google:
    """Google Cloud KMS's public interface, served over gRPC on loopback by this process."""

    secret = "private_key"  # of application default credentials, which loopback asks nobody for

    def __init__(self) -> None:
        from google.cloud import kms

        self.kms = kms
        self.keys: dict[str, Key] = {}
        self.server = grpc.server(ThreadPoolExecutor(2))
        handler = grpc.unary_unary_rpc_method_handler(
            self.asymmetric_sign,
            request_deserializer=kms.AsymmetricSignRequest.deserialize,
            response_serializer=kms.AsymmetricSignResponse.serialize,
        )
        service = "google.cloud.kms.v1.KeyManagementService"
        self.server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler(service, {"AsymmetricSign": handler})]
        )
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()

    def connect(self) -> Any:
        """The library's own client, pointed here."""
        client = self.kms.KeyManagementServiceClient
        transport = client.get_transport_class("grpc")
        return client(transport=transport(channel=grpc.insecure_channel(f"127.0.0.1:{self.port}")))

    def keep(self, algorithm: str) -> tuple[PublicKey, str]:
        key = KEYS[algorithm]()
        name = f"projects/p/locations/eu/keyRings/r/cryptoKeys/{algorithm}/cryptoKeyVersions/1"
        self.keys[name] = key
        return key.public_key(), f"gcpkms:{name}"

    def asymmetric_sign(self, request: Any, context: grpc.ServicerContext) -> Any:
        key = self.keys.get(request.name)
        if key is None:
            context.abort(grpc.StatusCode.NOT_FOUND, f"CryptoKeyVersion {request.name} not found.")
        return self.kms.AsymmetricSignResponse(signature=self._signature(key, request))

    def _signature(self, key: Any, request: Any) -> bytes:
        if isinstance(key, rsa.RSAPrivateKey):
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
            return key.sign(request.digest.sha256, pss, Prehashed(hashes.SHA256()))
        if isinstance(key, ec.EllipticCurvePrivateKey):
            big = key.curve.key_size == 384
            digest = request.digest.sha384 if big else request.digest.sha256
            return key.sign(
                digest, ec.ECDSA(Prehashed(hashes.SHA384() if big else hashes.SHA256()))
            )
        return bytes(key.sign(request.data))

    def stop(self) -> None:
        self.server.stop(None).wait()


@contextmanager
def keeper_of(kind: str, folder: Path) -> Iterator[Keeper]:
    """Start a keeper; it is gone at the end, with the environment that it needed."""
    before = dict(os.environ)
    made: dict[str, Callable[[], Keeper]] = {
        "file": lambda: File(folder),
        "pkcs11": lambda: Token(folder),
        "awskms": Aws,
        "gcpkms": Google,
    }
    keeper = made[kind]()
    try:
        yield keeper
    finally:
        keeper.stop()
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ |= before
