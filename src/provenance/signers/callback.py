"""A signer whose key is kept elsewhere: a token, a key management service, a program of yours."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from provenance.certificates import algorithms, usable
from provenance.errors import SignerKeyError, SignerUnavailableError, SigningError
from provenance.text import clean


class CallbackSigner:
    """Signs by asking a function, and checks what it returns before anybody uses it.

    Parameters
    ----------
    sign
        Signs bytes with the certificate's key, hashing them as the algorithm says. For ECDSA it may
        return DER, or r and s side by side.
    certificate_chain
        PEM, the key's own certificate first, each issued by the next.
    keeper
        Who holds the key, as errors name it.

    Raises
    ------
    SignerKeyError
        The certificates can't be read, are out of order or out of date, or C2PA knows no algorithm
        for this key.
    """

    def __init__(
        self, sign: Callable[[bytes], bytes], certificate_chain: bytes, *, keeper: str = "callback"
    ) -> None:
        chain = usable(certificate_chain)
        self._sign = sign
        self._leaf = chain.leaf
        self._keeper = keeper
        self.algorithm = algorithms.name_for(chain.key)
        self.certificate_chain = chain.pem

    def sign(self, data: bytes) -> bytes:
        """Sign `data`; for ECDSA r and s side by side.

        Raises `SignerUnavailableError` with the keeper's own reason when it does not sign, and
        `SignerKeyError` when it signs with another key than the certificate's.
        """
        try:
            signature = self._sign(data)
        except SigningError:
            raise
        except Exception as error:
            raise SignerUnavailableError(
                f"The signer {self._keeper} did not sign: {_reason(error)}."
            ) from error
        return self._checked(data, signature)

    def _checked(self, data: bytes, signature: bytes) -> bytes:
        key = self._leaf.public_key()
        for form in (signature, _side_by_side(key, signature)):
            if form and algorithms.verify(key, data, form):
                return form
        raise SignerKeyError(
            f"The signer {self._keeper} made a signature that its certificate does not verify; "
            "give it the certificate of this very key."
        )

    def __repr__(self) -> str:
        subject = clean(self._leaf.subject.rfc4514_string())
        return f"<CallbackSigner {self.algorithm} {subject} by {self._keeper}>"


def _reason(error: Exception) -> str:
    """Take the first line: services append requests with their headers, tokens among them."""
    first = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return clean(first).rstrip(".")


def _side_by_side(key: object, der: bytes) -> bytes | None:
    """Turn an ECDSA signature in DER, as services return it, into COSE's form."""
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return None
    size = (key.curve.key_size + 7) // 8
    try:
        return b"".join(part.to_bytes(size, "big") for part in decode_dss_signature(der))
    except (ValueError, OverflowError, TypeError):
        return None
