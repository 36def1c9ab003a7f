"""Other people's signed files: each gets the verdict that docs/content-credentials.md states."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import c2pa
import pytest

from provenance.errors import InputError
from provenance.manifest import codes
from provenance.manifest.trust import DEFAULT_EKUS
from provenance.verify import Verdict, Verifier

PAGE = Path(__file__).resolve().parents[2] / "docs" / "content-credentials.md"
ROW = re.compile(r"^\| ([^|]+\.[^|]+) \| (\w+) \| ([^|]+) \|$", re.MULTILINE)
TABLE = {name: (state, codes) for name, state, codes in ROW.findall(PAGE.read_text())}

SETTINGS = {
    "core": {"decode_identity_assertions": False, "allowed_network_hosts": []},
    "trust": {"trust_config": "\n".join(DEFAULT_EKUS)},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
}


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    """Trusts nobody."""
    return Verifier(similar=False)


@pytest.mark.corpus
def test_the_table_lists_every_file(corpus: Path) -> None:
    folder = corpus / "c2pa"
    files = {path for path in folder.rglob("*") if path.is_file() and path.suffix != ".tsv"}
    assert {path.relative_to(folder).as_posix() for path in files} == set(TABLE)


@pytest.mark.corpus
@pytest.mark.parametrize("name", TABLE)
def test_the_verdict_is_the_one_stated(corpus: Path, verifier: Verifier, name: str) -> None:
    path = corpus / "c2pa" / name
    state, said = TABLE[name]
    if state == "refused":
        with pytest.raises(InputError) as caught:
            verifier.verify(path)
        assert f"`{caught.value.code}`" == said
        return
    verdict = verifier.verify(path)
    assert (verdict.state, _said(verdict)) == (state, said)
    assert verdict.origin is None
    assert ("Nothing here confirms" in verdict.explain()) == ("cawg." in said)
    _agrees_with_the_sdk(verdict, path.read_bytes())


def _said(verdict: Verdict) -> str:
    manifest = verdict.evidence.manifest
    said = [f"`{code}`" for code in manifest.codes] if manifest else []
    said += [f"parent: `{code}`" for code in manifest.ancestor_codes] if manifest else []
    said += [f"`{note.code}`" for note in verdict.evidence.notes]
    return ", ".join(said) or "-"


def _agrees_with_the_sdk(verdict: Verdict, data: bytes) -> None:
    """Compare with what the SDK itself finds under the same settings, codes and consequence."""
    manifest = verdict.evidence.manifest
    found = _sdk_failures(data)
    if manifest is None or found is None:
        assert verdict.state in ("none", "tampered")
        return
    of_the_sdk = {code for code in manifest.codes if not codes.is_identity_problem(code)}
    assert {*of_the_sdk, *manifest.ancestor_codes} == found - codes.BINDING_MISMATCH
    assert (verdict.state == "tampered") == bool(codes.BROKEN & of_the_sdk)


def _sdk_failures(data: bytes) -> set[str] | None:
    context = c2pa.Context(c2pa.Settings.from_dict(SETTINGS))
    mime = "application/c2pa" if data[4:8] == b"jumb" else "image/jpeg"
    try:
        with c2pa.Reader(mime, io.BytesIO(data), context=context) as reader:
            results = json.loads(reader.json())["validation_results"]
    except c2pa.C2paError:
        return None
    deltas = [delta["validationDeltas"] for delta in results.get("ingredientDeltas", [])]
    return {
        item["code"] for part in (results["activeManifest"], *deltas) for item in part["failure"]
    }
