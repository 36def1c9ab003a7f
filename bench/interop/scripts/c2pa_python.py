"""An older version of C2PA's SDK; its ways to name anchors have changed over the years."""

import json
import mimetypes
import sys
from pathlib import Path

import c2pa

PURPOSES = ("1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.8", "1.3.6.1.4.1.62558.2.1")
anchors, *files = sys.argv[1:]
settings = {
    "trust": {"trust_anchors": Path(anchors).read_text(), "trust_config": "\n".join(PURPOSES)},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
}
context = {}
if hasattr(c2pa, "Context"):
    context = {"context": c2pa.Context(c2pa.Settings.from_dict(settings))}
elif hasattr(c2pa, "load_settings"):
    c2pa.load_settings(json.dumps(settings))

for file in files:
    mime = mimetypes.guess_type(file)[0] or f"image/{Path(file).suffix[1:]}"
    try:
        with Path(file).open("rb") as stream, c2pa.Reader(mime, stream, **context) as reader:
            report = json.loads(reader.json())
        results = report.get("validation_results") or {}
        failed = (results.get("activeManifest") or {}).get("failure", [])
        codes = [each["code"] for each in failed or report.get("validation_status") or []]
        state = report.get("validation_state") or ("invalid" if codes else "valid")
        found = {"state": state.lower(), "codes": list(dict.fromkeys(codes))}
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        found = {"state": "error", "codes": [str(error)[:80]]}
    print(json.dumps({"file": file, **found}))
