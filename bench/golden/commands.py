"""Run commands of the program in one process: words in, results out, one JSON line each.

A script of its own, started with the build's sources on the path; see ``build.Build``. Starting a
process for each command would take longer than most commands.
"""

from __future__ import annotations

import io
import json
import os
import runpy
import sys
import time
from contextlib import redirect_stderr, redirect_stdout


def answer(words: list[str]) -> dict[str, object]:
    """Run ``python -m provenance`` with these words."""
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["provenance", *words]
    status: object = None
    begun = time.process_time()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            runpy.run_module("provenance", run_name="__main__")
        except SystemExit as error:
            status = error.code
    seconds = time.process_time() - begun
    return {
        "status": status or 0,
        "out": out.getvalue(),
        "err": err.getvalue(),
        "seconds": round(seconds, 4),
    }


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
