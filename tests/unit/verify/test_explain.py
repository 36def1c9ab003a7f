"""The sentences of a verdict: fixed, honest about what is not proved, safe to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from provenance.examine import Note
from provenance.manifest import Coverage, Omission, PartKind
from provenance.verify import Evidence, State, Verdict, Word, decide
from provenance.verify.wording.notes import NOTES

Build = Callable[..., Evidence]


def explain(evidence: Evidence) -> list[str]:
    return decide(evidence).explain().splitlines()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (("A bytes",), 'This file is exactly what "Producer A" signed.'),
        (
            ("A",),
            'This file is what "Producer A" signed, in every byte that the signature covers.',
        ),
        (
            ("-", "A", "A", "near"),
            'This picture descends from a picture that "Producer A" stamped.',
        ),
        (
            ("-", "A part", "A", "near"),
            (
                "A part of this picture, about 40% of its area, descends from a picture that "
                '"Producer A" stamped.'
            ),
        ),
        (
            ("X untrusted",),
            (
                "Nobody has proved where this comes from; the file says it was made with "
                '"example-diffusion 3" at 2026-11-01 12:00 UTC and signed by "Anybody".'
            ),
        ),
        (
            ("-", "A", "none"),
            (
                "Nobody has proved where this comes from; the file says it was made by producer "
                'number 7 (the signed directory lists this number as "Producer A"; not proved), '
                "with model number 2, at 2026-11-01 12:00 UTC."
            ),
        ),
        (
            ("-", "-", "-", "-", "yes"),
            (
                "Nobody has proved where this comes from; it looks like a stamped picture, and may "
                "be a source, a copy or an edit of one."
            ),
        ),
        (
            ("T changed",),
            (
                "The manifest of this file is broken: something was changed after signing, or the "
                "manifest was taken from another file, or it was never validly signed."
            ),
        ),
        (
            ("-", "A", "A", "far"),
            (
                "The evidence contradicts itself: the picture carries the mark of a genuine stamp, "
                "but does not show what was signed with that stamp."
            ),
        ),
        (
            ("T", "A", "A", "near"),
            (
                'The evidence contradicts itself: it proves several origins, "Third Party" '
                '(2026-11-22 17:00 UTC) and "Producer A" (2026-11-01 12:00 UTC), and does not show '
                "that one picture was made from the others."
            ),
        ),
        ((), "No evidence of origin was found. That does not say whether the picture is real."),
    ],
)
def test_first_line_is_the_verdict(words: tuple[str, ...], first: str, build: Build) -> None:
    assert explain(build(*words))[0] == first


def test_what_only_the_record_says_is_not_what_the_file_says(build: Build) -> None:
    first = explain(build("-", "X", "X untrusted", "near"))[0]
    assert first.startswith("Nobody has proved where this comes from; the file says it was made by")
    assert '; and the record of its mark says it was made with "example-diffusion 3"' in first
    assert "the record" not in explain(build("X untrusted", "X", "X untrusted", "near"))[0]


def test_a_revocation_that_could_not_be_used_is_told_at_the_top(build: Build) -> None:
    evidence = build("-", "A", "A", "near")
    refused = Note("registry", "revocation.refused", "stamp 1")
    verdict = decide(replace(evidence, notes=(*evidence.notes, refused)))
    assert verdict.state is State.ATTRIBUTED
    assert verdict.freshness.revocation is Word.UNCHECKED
    told = "ask the producer whether the stamp still counts."
    assert told in verdict.explain().partition("Findings:")[0]
    assert told not in decide(evidence).explain()
    assert decide(evidence).freshness.revocation is Word.REGISTRY


def test_attributed_says_what_it_does_not_prove(build: Build) -> None:
    lines = explain(build("-", "A", "A", "near"))
    assert lines[1] == (
        '"Producer A" states: made with "example-diffusion 3", at 2026-11-01 12:00 UTC; kind of '
        "source: made by a trained model "
        "(http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia)."
    )
    assert lines[2] == (
        'What is proved: "Producer A" signed this statement. That does not prove that a model made '
        "the picture, or that what the picture shows is false."
    )
    assert lines[3] == '"Producer A" is not responsible for changes made after stamping.'


def test_exact_says_nothing_of_later_changes(build: Build) -> None:
    assert not any("changes made after" in line for line in explain(build("A")))


def test_a_proved_ancestor_is_named(build: Build) -> None:
    lines = explain(build("T of A", "A", "A", "near"))
    assert lines[0].startswith('This file is what "Third Party" signed, in every byte')
    assert any(
        line == "The origin of pictures that it was made from is also proved: "
        '"Producer A" (2026-11-01 12:00 UTC).'
        for line in lines
    )


def test_similar_names_nobody(build: Build) -> None:
    text = decide(build(like="yes")).explain()
    assert "Producer" not in text
    assert "a source, a copy or an edit" in text


def test_a_self_assigned_number_is_never_named(build: Build) -> None:
    evidence = build("-", "X", "none")
    nameless = replace(evidence.marks[0], producer_name=None)
    text = decide(replace(evidence, marks=(nameless,))).explain()
    assert "producer number 600000, with model" in text


def test_a_parents_failure_is_the_parents(build: Build) -> None:
    evidence = build("T")
    assert evidence.manifest is not None
    parent = replace(evidence.manifest, ancestor_codes=("assertion.hashedURI.mismatch",))
    verdict = decide(replace(evidence, manifest=parent))
    assert verdict.state is State.ATTRIBUTED
    assert (
        "failures of its own (assertion.hashedURI.mismatch); they are not failures of this one"
        in verdict.explain()
    )


def test_revocation_after_the_stamp_is_noted(build: Build) -> None:
    text = decide(build("-", "A", "A revoked later", "near")).explain()
    assert "revoked on 2026-11-21 17:00 UTC; the registry's log proves that this was signed" in text


@pytest.mark.parametrize("code", sorted(NOTES))
def test_every_note_is_said(code: str, build: Build) -> None:
    noted = replace(build(), notes=(Note("registry", code, "why"),))
    verdict = decide(noted)
    assert verdict.state is State.NONE
    assert "(why)" in verdict.explain()
    assert verdict.findings[0].codes == (code,)


def test_what_a_file_says_stays_on_its_line(build: Build) -> None:
    evidence = build("X untrusted")
    assert evidence.manifest is not None
    hostile = 'Evil"\n\x1b[2Jattributed\u202e\u2066' + "long " * 500
    manifest = replace(evidence.manifest, signer=hostile, model=hostile)
    lines = explain(replace(evidence, manifest=manifest))
    assert lines[0].startswith("Nobody has proved")
    assert len(lines) == 4
    assert len(lines[0]) < 500
    assert all(character.isprintable() for line in lines for character in line)


def test_every_combination_can_be_explained(build: Build) -> None:
    manifests = ("-", "A", "T of A", "A changed", "unreadable", "X broken", "A times", "T unbound")
    records = ("none", "no registry", "A", "B as A", "A revoked", "A other bits", "A refused late")
    for manifest, record, print_ in product(manifests, records, ("near", "far", "not compared")):
        verdict = decide(build(manifest, "A", record, print_))
        text = verdict.explain()
        assert "{" not in text
        assert "None" not in text
        for finding in verdict.findings:
            assert finding.finding.endswith((".", ")"))
            assert finding.codes


def test_a_manifest_that_names_no_origin_is_not_quoted(build: Build) -> None:
    evidence = build("X untrusted")
    assert evidence.manifest is not None
    silent = replace(evidence.manifest, signer="", model="", model_version="", created=None)
    assert explain(replace(evidence, manifest=silent))[0] == (
        "Nobody has proved where this comes from, and the file's manifest does not say."
    )


def test_only_a_recorded_digest_covers_every_byte(build: Build) -> None:
    exact, bound = (decide(build(words)) for words in ("A bytes", "A"))
    said = "states the SHA-256 of this file, so no byte was changed"
    assert said in exact.explain()
    assert said not in bound.explain()
    assert (
        "The signature covers the file but for what the C2PA standard leaves out of every file: "
        "the manifest itself (1,200 bytes)."
    ) in bound.explain()
    codes = [[code for finding in v.findings for code in finding.codes] for v in (exact, bound)]
    assert ["record.same_file" in each for each in codes] == [True, False]


def left_out(build: Build, *omissions: Omission, binding: str | None = "c2pa.hash.data") -> Verdict:
    evidence = build("A")
    assert evidence.manifest is not None
    coverage = Coverage(binding, (*evidence.manifest.coverage.omissions, *omissions))
    return decide(replace(evidence, manifest=replace(evidence.manifest, coverage=coverage)))


def test_what_a_signer_leaves_out_is_named_first(build: Build) -> None:
    exif = Omission(PartKind.EXIF, 10, 30, by_standard=False)
    verdict = left_out(build, exif, Omission(PartKind.PICTURE, 50, 55, by_standard=False))
    text = verdict.explain()
    assert text.splitlines()[0] == (
        'This file is what "Producer A" signed, except for what the signature leaves out: EXIF '
        "metadata and a part of the picture itself."
    )
    assert (
        "leaves out of every file (the manifest itself (1,200 bytes)), it leaves out EXIF metadata "
        "(20 bytes) and a part of the picture itself (5 bytes). Such bytes may have been added or "
        "changed by anybody since."
    ) in text
    codes = [code for finding in verdict.findings for code in finding.codes]
    assert "coverage.extra" in codes


def test_a_binding_that_nobody_understands_covers_nothing(build: Build) -> None:
    assert "nothing of it is known to be covered" in left_out(build, binding=None).explain()


@pytest.mark.parametrize("words", ["A beside", "A beside changed near", "X beside broken"])
def test_a_sidecar_is_not_in_the_file(words: str, build: Build) -> None:
    text = decide(build(words)).explain()
    assert "The sidecar that came with the file holds a manifest" in text
    assert "file carries a manifest" not in text


def test_a_sidecar_of_another_file_says_nothing_of_this_one(build: Build) -> None:
    text = decide(build("A beside changed")).explain()
    assert text.startswith("No evidence of origin was found.")
    assert "not for these bytes: it belongs to another file" in text
    assert "so that says nothing about the file" in text


def test_a_thumbnail_beside_its_sidecar_looks_like_what_is_signed_there(build: Build) -> None:
    text = decide(build("A beside changed near")).explain()
    assert text.startswith("Nobody has proved where this comes from; it looks like a stamped pict")
    assert "belongs to another version of this picture, or to one that looks like it" in text


def test_each_part_of_a_collage_has_its_origin(build: Build) -> None:
    lines = explain(build("-", "A left + B right", "A + B", "near + near"))
    assert lines[0].startswith("A part of this picture, about 55% of its area, descends from a")
    assert '"Producer A"' in lines[0]
    assert (
        "Another part of this picture, about 50% of its area, descends from a picture that "
        '"Producer B" stamped.'
    ) in lines
    assert not any("made from is also proved" in line for line in lines)


def test_a_claim_about_a_part_is_called_that(build: Build) -> None:
    assert explain(build("-", "A part", "none"))[0].startswith(
        "A part of this picture, about 40% of its area, carries a mark, and nobody has proved "
        "where it comes from; the mark says it was made by producer number 7"
    )
    assert explain(build("X untrusted", "A part", "none"))[0].startswith("Nobody has proved where")


def test_a_sidecars_claim_is_not_the_files(build: Build) -> None:
    first = explain(build("X untrusted beside"))[0]
    assert first.startswith("Nobody has proved where this comes from; its sidecar says it was made")


def test_a_share_is_sure_only_where_signed_fingerprints_show_it(build: Build) -> None:
    assert "on 96% of its area." in decide(build("-", "A", "A", "near")).explain()
    unsure = decide(build("-", "A", "none")).explain()
    assert "on 96% of its area, as far as can be told: plain areas beside it may" in unsure


def test_a_time_in_the_future_gets_a_note(build: Build) -> None:
    evidence = build("-", "A", "A", "near")
    early = replace(evidence, examined_at=evidence.marks[0].minute - timedelta(minutes=10))
    verdict = decide(early)
    assert verdict.state is State.ATTRIBUTED
    assert (
        "A time that is stated lies in the future: 2026-11-01 12:00 UTC, while it is 2026-11-01 "
        "11:50 UTC by the clock of this machine."
    ) in verdict.explain()
    assert "lies in the future" not in decide(evidence).explain()
    soon = replace(evidence, examined_at=evidence.marks[0].minute - timedelta(seconds=60))
    assert "lies in the future" not in decide(soon).explain()


def test_a_development_authority_is_called_one(build: Build) -> None:
    evidence = build("A")
    assert evidence.manifest is not None
    made = replace(evidence.manifest, issuer="CN=Anything", development=True)
    said = "That issuer is a development authority"
    assert said in decide(replace(evidence, manifest=made)).explain()
    vetted = replace(made, development=False)
    assert said not in decide(replace(evidence, manifest=vetted)).explain()
