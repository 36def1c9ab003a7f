"""The rubric of C2PA's conformance programme, over what the SDK says of a file (crJSON).

Called as ``rubric.py RUBRICS SPEC FILE.json...``; RUBRICS is the folder ``asset-rubrics``.
"""

import contextlib
import importlib.util
import io
import json
import sys
from pathlib import Path

folder, rubric, *files = sys.argv[1:]
path = Path(folder) / "c2pa_conformance_rubric_evaluator.py"
spec = importlib.util.spec_from_file_location("evaluator", path)
evaluator = importlib.util.module_from_spec(spec)
spec.loader.exec_module(evaluator)

for file in files:
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            found = evaluator.evaluate_asset_against_rubric(str(Path(folder) / rubric), file)
        counts = {
            outcome: sum(map(len, found[outcome].values()))
            for outcome in ("true", "false", "warning")
        }
        failed = [
            each.get("trait") or each.get("id") for v in found["false"].values() for each in v
        ]
        total = sum(counts.values())
        state = f"{counts['true']} of {total}"
        print(json.dumps({"file": file, "state": state, "codes": [str(each) for each in failed]}))
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        print(json.dumps({"file": file, "state": "error", "codes": [str(error)[:80]]}))
