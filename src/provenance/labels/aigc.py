"""China's metadata label of generated content: one JSON object in XMP (GB 45438-2025, annex E).

Keys are written in the standard's order. The producer of the picture fills the first group. A
provider that passes on a picture labelled by another one fills the second group and leaves the
first as it is, since labels may not be removed.
"""

from __future__ import annotations

import json

from provenance.xmp import Property

AIGC = Property("http://www.tc260.org.cn/ns/AIGC/1.0/", "TC260", "AIGC")

GENERATED = "1"
"""The value of "Label" for content that certainly was generated."""

KEYS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)

MAX_TEXT = 1024
"""Characters of a value; codes of providers have 18 and identifiers about 40."""


def make_label(earlier: str | None, provider: str, identifier: str) -> str:
    """Return the label's JSON.

    Parameters
    ----------
    earlier
        The label that the picture carries already; None if it has none.
    provider
        Name or code of the provider that labels now.
    identifier
        This provider's identifier of the picture.
    """
    values = dict.fromkeys(KEYS, "")
    before = parse(earlier)
    if before and before["ContentProducer"] not in ("", provider):
        values |= before | {"ContentPropagator": provider, "PropagateID": identifier}
    else:
        values |= {"Label": GENERATED, "ContentProducer": provider, "ProduceID": identifier}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def parse(text: str | None) -> dict[str, str] | None:
    """Read a label that anybody may have written; None if the text is not a label."""
    try:
        found = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or "Label" not in found:
        return None
    return {key: str(found.get(key, ""))[:MAX_TEXT] for key in KEYS}
