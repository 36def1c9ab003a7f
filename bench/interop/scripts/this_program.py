"""What this program finds in files, with nobody trusted; also run by earlier builds of it."""

from __future__ import annotations

import json
import sys

from provenance.errors import ProvenanceError
from provenance.verify import Verifier


def main() -> None:
    """Print an object for each file."""
    verifier = Verifier()
    for file in sys.argv[1:]:
        try:
            found = verifier.verify(file)
            state = str(found.state)
            codes = [
                code for each in found.findings if each.layer == "manifest" for code in each.codes
            ]
        except ProvenanceError as error:
            state, codes = error.code, []
        kept = dict.fromkeys(c for c in codes if c[0] != "m" and not c.endswith(".untrusted"))
        print(json.dumps({"file": file, "state": state, "codes": list(kept)}), flush=True)


main()
