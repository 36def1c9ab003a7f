"""What a manifest store brings along about the revocation of its signer: OCSP responses.

They lie next to the signature, or in an assertion of this or a later manifest. Each is signed by
the issuer of the certificate, so it does not matter who put it there. Nobody is asked.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime

from provenance.certificates import SignerCertificate, is_issued_by, load_der_chain
from provenance.errors import SignerKeyError
from provenance.manifest import cose, jumbf
from provenance.manifest.report import Report, as_mapping
from provenance.manifest.trust import Trust
from provenance.revocation import Status, judge

MAX_ITEMS = 100_000
"""CBOR items of an assertion. Some programs write each byte of a response as a number."""

_ASSERTION = "c2pa.certificate-status"


def judge_revocation(
    report: Report, signer: SignerCertificate | None, trust: Trust, at: datetime
) -> Status | None:
    """Say what the issuer says of the signer at a time, None where nothing of it is there."""
    answers = tuple(_list_answers(report))
    if signer is None or not answers:
        return None
    try:
        leaf, *above = load_der_chain(cose.read_certificate_chain(report.store, report.urn))
    except (ValueError, SignerKeyError):
        return None
    for issuer in (*above, *trust.certificates, *trust.scoped_certificates):
        if is_issued_by(leaf, issuer, None):
            return judge(answers, leaf, issuer, at)
    return Status.UNKNOWN


def _list_answers(report: Report) -> Iterator[bytes]:
    with contextlib.suppress(ValueError):
        yield from cose.read_revocation_values(report.store, report.urn)
    for urn, manifest in report.manifests.items():
        labels = (each.label for each in manifest.assertions)
        for label in filter(lambda label: label.startswith(_ASSERTION), labels):
            with contextlib.suppress(ValueError):
                yield from _read_assertion(report.store, urn, label)


def _read_assertion(store: bytes, urn: str, label: str) -> Iterator[bytes]:
    assertions = jumbf.find_superbox(jumbf.find_manifest(store, urn), "c2pa.assertions")
    box = jumbf.find_box(jumbf.find_superbox(assertions, label), b"cbor")
    listed = as_mapping(cose.decode_cbor(box, MAX_ITEMS)).get("ocspVals")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, bytes):
            yield each
        elif isinstance(each, list) and all(type(byte) is int and 0 <= byte < 256 for byte in each):
            yield bytes(each)
