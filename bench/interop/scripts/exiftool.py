"""ExifTool, which reads the boxes of a store and validates nothing."""

import json
import subprocess
import sys
from pathlib import Path

VENDORED = "node_modules/exiftool-vendored.pl/bin/exiftool"
program = Path(sys.argv[0]).parent / VENDORED

for file in sys.argv[2:]:
    command = ["perl", program, "-json", "-G1", "-a", "-JUMBF:all", file]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        (tags,) = json.loads(run.stdout)
    except ValueError:
        tags = {}
    found = any(str(value).startswith("urn:c2pa:") for value in tags.values())
    found |= any(key.endswith("JUMDLabel") for key in tags)
    state = "reads the store" if found else "no manifest"
    print(json.dumps({"file": file, "state": state, "codes": []}))
