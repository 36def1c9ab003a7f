"""A signer whose key is kept elsewhere: a token, a key management service, a program of yours."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from provenance.certificates import algorithms, load_signing_chain
from provenance.errors import SignerKeyError, SignerUnavailableError, SigningError
from provenance.text import clean


class CallbackSigner:
    """Signs by asking a function, and checks what it returns before anybody uses it.

    Parameters
    ----------
    sign
        Signs bytes with the certificate's key, and hashes them as the algorithm says. For ECDSA it
        may return DER, or r and s side by side.
    certificate_chain
        PEM, the key's own certificate first, each issued by the next.
    keeper
        The holder of the key, as errors name it.

    Raises
    ------
    SignerKeyError
        The certificates can't be read, are out of order or out of date, or C2PA knows no algorithm
        for this key.
    """

    def __init__(
        self, sign: Callable[[bytes], bytes], certificate_chain: bytes, *, keeper: str = "callback"
    ) -> None:
        chain = load_signing_chain(certificate_chain)
        self._sign = sign
        self._leaf = chain.leaf
        self._keeper = keeper
        self.algorithm = algorithms.name_algorithm(chain.key)
        self.certificate_chain = chain.pem

    def sign(self, data: bytes) -> bytes:
        """Sign ``data``; for ECDSA r and s side by side.

        Raises
        ------
        SignerUnavailableError
            The keeper did not sign; the message gives its reason.
        SignerKeyError
            It signed with another key than the certificate's.
        """
        try:
            signature = self._sign(data)
        except SigningError:
            raise
        except Exception as error:
            raise SignerUnavailableError(
                f"The signer {self._keeper} did not sign: {_explain(error)}."
            ) from error
        return self._check(data, signature)

    def _check(self, data: bytes, signature: bytes) -> bytes:
        key = self._leaf.public_key()
        for form in (signature, _from_der(key, signature)):
            if form and algorithms.verify(key, data, form):
                return form
        raise SignerKeyError(
            f"The signer {self._keeper} made a signature that its certificate does not verify; "
            "give it the certificate of this very key."
        )

    def __repr__(self) -> str:
        subject = clean(self._leaf.subject.rfc4514_string())
        return f"<CallbackSigner {self.algorithm} {subject} by {self._keeper}>"


def _explain(error: Exception) -> str:
    """Take the first line: services append requests and their headers, which may hold tokens."""
    first = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return clean(first).rstrip(".")


def _from_der(key: PublicKeyTypes, signature: bytes) -> bytes | None:
    """Turn an ECDSA signature in DER, as services return it, into COSE's form."""
    try:
        return algorithms.from_openssl(key, signature)
    except (ValueError, OverflowError, TypeError):
        return None
