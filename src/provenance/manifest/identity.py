"""What a manifest says about people: CAWG identity assertions, checked without asking anybody.

The signer of a manifest may name a person or organisation, vouched for by a third party. When that
fails, or can't be checked here, nothing follows for the signer. Identities are read separately,
because the SDK takes a malformed one for a defect of the whole manifest.
"""

from __future__ import annotations

from collections.abc import Collection

from provenance.errors import ManifestError
from provenance.manifest import codes, jumbf, sdk
from provenance.manifest.report import Report, parse_report
from provenance.manifest.trust import Trust

_LABEL = b"cawg.identity"  # how the labels of identity assertions begin; a number may follow


def find_problems(report: Report, trust: Trust, known: Collection[str]) -> tuple[str, ...]:
    """Return the failure codes of the identities in the active manifest of a store.

    ``known`` are the failures that the manifest has without them.
    """
    if not _names_somebody(report.store, report.urn):
        return ()
    try:
        seen, raw = sdk.read(report.store, sdk.STORE_MIME, trust, identities=True)
        again = parse_report(seen, raw)
    except ManifestError:
        return (codes.IDENTITY_UNREADABLE,)
    found = codes.sort_codes(again.results, report.urn, again.manifests)
    failed = tuple(code for code in found.failures if codes.is_identity_problem(code))
    # A malformed one is dropped by the SDK, and with it what it was needed for.
    lost = not codes.BROKEN.isdisjoint(set(found.failures) - set(known))
    return failed or ((codes.IDENTITY_UNREADABLE,) if lost else ())


def _names_somebody(raw: bytes, urn: str) -> bool:
    if _LABEL not in raw:
        return False
    try:
        manifest = jumbf.find_superbox(jumbf.find_box(raw, b"jumb"), urn)
        labels = jumbf.list_labels(jumbf.find_superbox(manifest, "c2pa.assertions"))
        return any(label.startswith(_LABEL) for label in labels)
    except ValueError:
        return True
