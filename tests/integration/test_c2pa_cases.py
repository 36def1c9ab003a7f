"""Small files of each kind that others' signers make, kept outside: what each must give."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.manifest import Trust
from provenance.verify import Verifier

ATTRIBUTED, CLAIMED, TAMPERED, NONE = "attributed", "claimed", "tampered", "none"
MODEL = ("generated", "lab-net")

# File: state, and what the summary of its history says: signal, model.
CASES = {
    "set1/00_control.jpg": (ATTRIBUTED, [MODEL]),
    "set1/01_exif_excluded_changed.jpg": (ATTRIBUTED, [MODEL]),
    "set1/03_created_no_dst.jpg": (ATTRIBUTED, []),
    "set1/05_no_hard_binding.jpg": (CLAIMED, [MODEL]),
    "set1/08_parent_generated_active_composite.jpg": (
        ATTRIBUTED,
        [MODEL, ("possibly edited with AI", None)],
    ),
    "set1/08_parent_generated_active_opened.jpg": (ATTRIBUTED, [MODEL]),
    "set1/09_cert_without_O.jpg": (ATTRIBUTED, [MODEL]),
    "set1/15_store_before_EOI.jpg": (NONE, []),
    "set1/19_ingredient_dst.jpg": (ATTRIBUTED, [("generated", None)]),
    "set1/23_free_box.jpg": (ATTRIBUTED, [MODEL]),
    "set1/25_c2md.jpg": (ATTRIBUTED, [MODEL]),
    "set1/28_software_agent_index.jpg": (ATTRIBUTED, [("generated", "gen-net")]),
    "set1/29_gathered_actions.jpg": (ATTRIBUTED, [MODEL]),
    "set1/29_only_gathered_created.jpg": (ATTRIBUTED, [("captured", "hearsay")]),
    "set2/agent_string.jpg": (ATTRIBUTED, [("generated", "DALL\N{MIDDLE DOT}E")]),
    "set2/c_jpg.jpg": (ATTRIBUTED, [MODEL]),
    "set2/e_edit.jpg": (ATTRIBUTED, [("generated", "lab-model")]),
    "set2/jumbf_other_after.jpg": (ATTRIBUTED, [MODEL]),
    "set2/jumbf_other_before.jpg": (ATTRIBUTED, [MODEL]),
    "set2/r_redact_stamp.jpg": (ATTRIBUTED, [("generated", "lab-model")]),
    "set2/r_redact_training-mining.jpg": (ATTRIBUTED, [("generated", "lab-model")]),
    "set2/u2_update_pixels_changed.jpg": (TAMPERED, [MODEL]),
    "set2/u2_update_same_signer.jpg": (ATTRIBUTED, [MODEL]),
    "set2/u_update.jpg": (ATTRIBUTED, [("generated", "lab-model")]),
    "set2/u_update.png": (ATTRIBUTED, [("generated", "lab-model")]),
    "set2/x_remote_and_embedded.jpg": (ATTRIBUTED, [MODEL]),
    "set2/x_remote_only.jpg": (NONE, []),
    "set2/xmp_selfjumbf.jpg": (NONE, []),
    "set2/z_jpg.jpg": (ATTRIBUTED, [MODEL]),
    "set2/zc_child_plain.jpg": (ATTRIBUTED, [MODEL, ("edited with AI", None)]),
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", CASES)
def test_each_is_judged_right(cases: Path, name: str) -> None:
    file = cases / "c2pa" / name
    verifier = Verifier(trust=Trust.load([file.parent / "root.pem"]), similar=False)
    found = verifier.verify(file).to_json_dict()
    summary = [(item["signal"], item["model"]) for item in found["summary"]]
    assert (found["state"], summary) == CASES[name]


CODES = {
    "set1/01_exif_excluded_changed.jpg": "coverage.extra",
    "set1/03_created_no_dst.jpg": "manifest.rules",
    "set1/05_no_hard_binding.jpg": "claim.hardBindings.missing",
    "set2/u2_update_pixels_changed.jpg": "assertion.dataHash.mismatch",
    "set2/x_remote_only.jpg": "manifest.remote",
    "set2/xmp_selfjumbf.jpg": "manifest.pointer",
}
"""What each of these is said to have."""


@pytest.mark.corpus
@pytest.mark.parametrize("name", CODES)
def test_what_is_amiss_is_named(cases: Path, name: str) -> None:
    file = cases / "c2pa" / name
    found = Verifier(trust=Trust.load([file.parent / "root.pem"]), similar=False).verify(file)
    assert CODES[name] in {code for each in found.findings for code in each.codes}
