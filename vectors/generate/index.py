"""Write vectors/index.json: every vector file with its kind, origin, generator, licence and digest.

Usage: python vectors/generate/index.py

Nothing of provenance is imported. A file's own ``origin`` (older files: ``source``) and its
``generator`` are repeated.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
LICENCE = "Apache-2.0"
NOT_VECTORS = {"index.json", "schema.json"}
GENERATORS = {
    "log": "log.py",
    "fingerprint": "fingerprint.py",
    "pictures": "pictures.py",
}
"""By folder, of files that don't say it themselves; all others are written by ``watermark.py``."""


def entry(path: Path) -> dict[str, object]:
    """Describe one file; its kind is its path without suffix, as in the schema's ``$defs``."""
    name = path.relative_to(FOLDER)
    document = json.loads(path.read_text("utf-8"))
    known = f"vectors/generate/{GENERATORS.get(name.parts[0], 'watermark.py')}"
    return {
        "file": name.as_posix(),
        "kind": name.with_suffix("").as_posix(),
        "origin": document.get("origin") or document["source"],
        "generator": document.get("generator", known),
        "licence": LICENCE,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


def main() -> None:
    files = sorted(path for path in FOLDER.rglob("*.json") if path.name not in NOT_VECTORS)
    document = {"vectors": [entry(path) for path in files]}
    (FOLDER / "index.json").write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
