"""Time stamps in manifests: why there is none, and which time an anchored one proves."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from provenance.errors import TimestampError
from provenance.manifest import cose
from provenance.manifest.codes import Validation
from provenance.manifest.report import Report
from provenance.manifest.trust import Trust
from provenance.timestamps import is_anchored
from provenance.web import show_address

# The SDK's codes for a stamp of this signature, and for an authority that it trusts.
_BELIEVED = frozenset(("timeStamp.validated", "timeStamp.trusted"))


def make_timestamp_error(message: str, authority: str) -> TimestampError:
    """Return the error that says why there is no stamp; it shows the address without a query."""
    reason = "its answer can't be used"
    if "http resolver" in message:
        reason = "it did not answer"
    elif status := re.search(r"HTTP error \(status = (\d{3})", message):
        reason = f"it answered with HTTP status {status[1]}"
    return TimestampError(
        f"The time-stamp authority {show_address(authority)} gave no time stamp: {reason}.", reason
    )


def is_validated(report: Report) -> bool:
    """Tell whether a signed file's time stamp is of this signature, and signed itself."""
    return any(each.code == "timeStamp.validated" for each in report.results.active.success)


def find_proved_time(report: Report, validation: Validation, trust: Trust) -> datetime | None:
    """Return the time that an authority of the user's attests for a manifest, None without one.

    The SDK has checked that the stamp is of this signature. The authority is checked here, since
    the SDK accepts any for old claims, and takes signers' anchors for those of authorities.
    """
    stated = report.active.signed_at
    if not _BELIEVED.issubset(validation.codes) or stated is None:
        return None
    try:
        at = datetime.fromisoformat(stated).astimezone(UTC)
        (token,) = cose.read_time_stamps(report.store, report.urn)
    except (ValueError, OverflowError):
        return None
    return at if is_anchored(token, trust.tsa_certificates, at, trust.revoked) else None
