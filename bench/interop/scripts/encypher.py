"""Encypher's reader, which is strict about the specification; offline and without telemetry."""

import json
import sys
from pathlib import Path

import encypher_c2pa

anchors, *files = sys.argv[1:]
pem = Path(anchors).read_text()
for file in files:
    try:
        report = encypher_c2pa.verify(
            Path(file), trust_pem=pem, no_default_trust=True, telemetry=False, online=False
        )
        results = report.get("validation_results") or {}
        codes = [each["code"] for each in results.get("failure", [])]
        state = str(report.get("validation_state")).lower() if report["present"] else "no manifest"
        found = {"state": state, "codes": list(dict.fromkeys(codes))}
        found["revocation"] = (report.get("trust") or {}).get("revocation", {}).get("status")
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        found = {"state": "error", "codes": [str(error)[:80]]}
    print(json.dumps({"file": file, **found}))
