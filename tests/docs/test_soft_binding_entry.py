"""The entry for C2PA's list of soft bindings has the form that the list asks for."""

from __future__ import annotations

import json
import re
from datetime import datetime

from docs.generate import tree
from provenance.watermark import ALG

PAGE = (tree.DOCS / "watermark-format.md").read_text(encoding="utf-8")
LABEL = re.compile(r"[A-Za-z]{2,63}(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+")
ASKED = {"identifier", "alg", "type", "entryMetadata"}
OPTIONAL = {"deprecated", "decodedMediaTypes", "encodedMediaTypes", "softBindingResolutionApis"}
DESCRIBED = {"description", "dateEntered", "contact", "informationalUrl"}
LARGEST = 65535


def test_the_entry_fits_the_list() -> None:
    block = PAGE.split("```json\n")[1].split("```")[0]
    entry = json.loads(block)
    assert entry.keys() >= ASKED
    assert entry.keys() <= ASKED | OPTIONAL
    assert 0 <= entry["identifier"] <= LARGEST
    assert entry["type"] in ("watermark", "fingerprint")
    assert LABEL.fullmatch(entry["alg"])
    assert entry["alg"].endswith(ALG.removeprefix("unlisted"))
    assert entry.get("decodedMediaTypes") == ["image"]
    metadata = entry["entryMetadata"]
    assert metadata.keys() >= DESCRIBED
    assert datetime.fromisoformat(metadata["dateEntered"]).tzinfo is not None
    assert all(f"`{field}`" in PAGE for field in ASKED - {"entryMetadata"})
