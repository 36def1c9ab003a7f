"""``pkcs11:token=T;object=K?module-path=M&pin-source=env:NAME``: a key in a token (RFC 7512).

Needs the extra ``hsm``. The PIN comes from ``env:NAME`` or ``file:PATH``; ``pin-value`` is refused,
since URIs are shown and logged. Certificates come from ``signing.chain``, or else from the token:
the one with the key's id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from provenance.certificates import load_der_chain, read_file, to_pem
from provenance.errors import ConfigError, SignerKeyError, SignerUnavailableError
from provenance.signers.callback import CallbackSigner
from provenance.signers.fork_safe import PerProcess
from provenance.signers.optional_imports import load_extra
from provenance.signers.uri import parse_pairs, read_secret

_NAMES = ("token", "serial", "object", "id")
_OPTIONS = ("module-path", "pin-source")
_DIGESTS = {"es256": "sha256", "es384": "sha384", "es512": "sha512", "ps256": "sha256"}

ATTEMPTS = 2
"""A session dies when the token is pulled, or when other code in this process restarts the module.

A second attempt in a new session tells the two apart.
"""

_PIN_TROUBLE = {
    "PinIncorrect": "the PIN is wrong; mind that a token locks itself after a few attempts",
    "PinLocked": "the PIN is locked; unlock the token with its security officer's PIN",
    "UserPinNotInitialized": "the token has no user PIN yet; set one",
}


def open_key(rest: str, chain: Path | None, folder: Path) -> CallbackSigner:
    """Open ``pkcs11:...``: log in, find the key and, unless ``chain`` is given, its certificate.

    Raises
    ------
    ConfigError
        The URI can't be used.
    SignerUnavailableError
        The token is not there, or refuses the PIN.
    SignerKeyError
        The token holds no such key or certificate.
    """
    path, _, query = rest.partition("?")
    if "pin-value" in rest:
        raise ConfigError(
            "The option pin-value would show the PIN; name its place: pin-source=env:NAME."
        )
    names, options = parse_pairs(path, ";", _NAMES), parse_pairs(query, "&", _OPTIONS)
    if "module-path" not in options or not ("object" in names or "id" in names):
        raise ConfigError(
            "The signer pkcs11: needs module-path= of the token's library, "
            "and object= or id= of the key."
        )
    token = _Token(names, options["module-path"], options.get("pin-source"), folder)
    certificates = token.read_certificate() if chain is None else read_file(folder / chain)
    signer = CallbackSigner(
        lambda data: token.sign(data, signer.algorithm), certificates, keeper=f"pkcs11:{path}"
    )
    token.sign(b"", signer.algorithm)  # a wrong name or PIN shows now, not at the first stamp
    return signer


class _Token:
    """One session with a token and the key in it; serves one thread at a time, and one process."""

    def __init__(
        self, names: Mapping[str, str], module: str, pin_source: str | None, folder: Path
    ) -> None:
        self.library = load_extra("pkcs11", "hsm")
        self.names = names
        self.module = module
        self.pin = read_secret(pin_source, folder).decode() if pin_source else None
        self.session: PerProcess[tuple[Any, Any]] = PerProcess(self._open)

    def sign(self, data: bytes, algorithm: str) -> bytes:
        """Sign as COSE does; ECDSA comes out of a token as r and s side by side."""
        mechanism, mgf = self.library.Mechanism, self.library.MGF
        if algorithm == "ed25519":
            message, how = data, {"mechanism": mechanism.EDDSA}
        else:
            message = hashlib.new(_DIGESTS[algorithm], data).digest()
            how = {"mechanism": mechanism.ECDSA}
        if algorithm == "ps256":
            parameters = (mechanism.SHA256, mgf.SHA256, 32)  # COSE: salt as long as the hash
            how = {"mechanism": mechanism.RSA_PKCS_PSS, "mechanism_param": parameters}
        return bytes(self._in_session(lambda _, key: key.sign(message, **how)))

    def read_certificate(self) -> bytes:
        """Return the token's certificate of the key, as PEM."""
        attribute, kind = self.library.Attribute, self.library.ObjectClass.CERTIFICATE

        def find(session: Any, key: Any) -> bytes:
            search = {attribute.CLASS: kind, attribute.ID: key[attribute.ID]}
            return bytes(_find_only(session, search, "certificate")[attribute.VALUE])

        return to_pem(load_der_chain([self._in_session(find)])[0])

    def _find_key(self, session: Any) -> Any:
        attribute, names = self.library.Attribute, self.names
        search: dict[Any, Any] = {attribute.CLASS: self.library.ObjectClass.PRIVATE_KEY}
        if "object" in names:
            search[attribute.LABEL] = names["object"]
        if "id" in names:
            search[attribute.ID] = names["id"].encode("latin-1")
        return _find_only(session, search, "private key")

    def _in_session(self, use: Callable[[Any, Any], Any]) -> Any:
        """Use the session, and if it fails a new one; report the error of the second."""
        failure: Exception | None = None
        with self.session.lock:
            for _ in range(ATTEMPTS):
                try:
                    return use(*self.session.get())
                except (self.library.exceptions.PKCS11Error, RuntimeError) as error:
                    self.session.drop()
                    failure = error
                    if type(error).__name__ in _PIN_TROUBLE:
                        break  # asked twice, a wrong PIN locks the token sooner
        name = type(failure).__name__
        reason = _PIN_TROUBLE.get(name) or str(failure) or name
        raise SignerUnavailableError(f"The token can't be used: {reason}.") from failure

    def _open(self) -> tuple[Any, Any]:
        """Find the token, log in and find the key; restart a module that does not see the token."""
        library = self.library
        module = library.lib(self.module)
        try:
            token = self._find_token(module)
        except library.exceptions.PKCS11Error:
            module.reinitialize()
            token = self._find_token(module)
        try:
            session = token.open(user_pin=self.pin)
        except library.exceptions.UserAlreadyLoggedIn:  # by another signer in this process
            session = token.open()
        return session, self._find_key(session)

    def _find_token(self, module: Any) -> Any:
        serial = self.names.get("serial")
        return module.get_token(
            token_label=self.names.get("token"),
            token_serial=serial.encode() if serial else None,
        )


def _find_only(session: Any, search: dict[Any, Any], what: str) -> Any:
    found = list(session.get_objects(search))
    if len(found) != 1:
        raise SignerKeyError(
            f"The token holds {len(found) or 'no'} {what}{'s' * (len(found) > 1)} of that name; "
            "name exactly one with object= or id=."
        )
    return found[0]
