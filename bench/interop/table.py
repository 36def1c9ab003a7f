"""The page docs/interop.md: who says what of whose files."""

from __future__ import annotations

import platform
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version

from bench.interop.readers import KNOWN_FAULTS, Answer
from provenance import about

Answers = Mapping[str, Mapping[str, Answer]]

HEAD = """# Interoperability

What other readers say of our stamps, and what they and this program say of others' files. Written
by `make interop` on {day}, {build},
with c2pa-python {sdk} and Python {python}. c2pa-ts knows no trust lists and reads JPEG, PNG, AVIF
and HEIC; its best word is "valid". c2pa-python 0.12.1 has no way to name anchors. ExifTool checks
nothing, and where several manifests state something it prints
[what the oldest one states](../findings/exiftool-oldest-manifest.sh). The rubrics are those of
C2PA's conformance programme: how many of their rules hold.

## Our stamps

Each format was stamped as created and as edited (the parent's manifest is carried on): plain, with
a time stamp, and with the issuer's word on revocation. The anchors are those of the stamps.

"""
THEIRS = """
## Files of others

C2PA's public test files, fixtures of its SDK, samples of vendors, and cases made for this project
(`case-`). Nobody is trusted, so `signingCredential.untrusted` is left out, and c2pa-python 0.28 and
0.12 call a file of an unknown signer invalid. Files on which nobody finds fault are not listed:
{count} of them, cases apart. Of this program the table shows the verdict. Where an earlier build
has a column, it is the last one before these files were looked at.

"""
NO_MANIFEST = ("ManifestNotFound: no JUMBF", "JumbfNotFound")  # how the SDK says so
SAME_FOR_ALL = "all six"


def write_table(ours: Answers, theirs: Answers) -> str:
    """Write the page."""
    head = HEAD.format(
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        build=f"build {about.find_running_build()}",
        sdk=version("c2pa-python"),
        python=platform.python_version(),
    )
    faults = "".join(f"\nFault of {who}: {why}\n" for (who, _), why in KNOWN_FAULTS.items())
    return head + "\n".join(_list_ours(ours)) + "\n" + faults + "".join(_list_theirs(theirs))


def _list_ours(ours: Answers) -> Iterator[str]:
    yield "| reader | created, edited | with time stamp | with revocation information |"
    yield "|---|---|---|---|"
    for reader, answers in ours.items():
        cells = (_sum_up(answers, extra) for extra in ("plain", "stamped", "stapled"))
        yield f"| {reader} | {' | '.join(cells)} |"


def _sum_up(answers: Mapping[str, Answer], extra: str) -> str:
    """Say which formats got which answer; both of a format count as one where they agree."""
    said: dict[str, list[str]] = defaultdict(list)
    for name, answer in answers.items():
        story, _, rest = name.partition("-")
        if rest.startswith(f"{extra}."):
            codes = f" ({', '.join(answer.codes)})" if answer.codes else ""
            said[answer.state + codes].append(f"{rest.rpartition('.')[2]} {story}")
    return "; ".join(f"{state}: {_name_formats(names)}" for state, names in said.items())


def _name_formats(names: Iterable[str]) -> str:
    stories: dict[str, set[str]] = defaultdict(set)
    for each in names:
        suffix, story = each.split()
        stories[suffix].add(story)
    if len(stories) == 6 and all(len(each) == 2 for each in stories.values()):
        return SAME_FOR_ALL
    return ", ".join(
        suffix if len(found) == 2 else f"{suffix} {min(found)}" for suffix, found in stories.items()
    )


def _list_theirs(theirs: Answers) -> Iterator[str]:
    names = sorted({name for answers in theirs.values() for name in answers})
    if not names:
        return
    rows = {name: [_show(answers.get(name)) for answers in theirs.values()] for name in names}
    quiet = {
        "valid",
        "trusted",
        "no manifest",
        "not supported",
        "reads the store",
        "claimed",
        "none",
    }
    listed = {
        name: row
        for name, row in rows.items()
        if name.startswith("case-") or not quiet.issuperset(row)
    }
    yield THEIRS.format(count=len(rows) - len(listed))
    yield f"| file | {' | '.join(theirs)} |\n|---{'|---' * len(theirs)}|\n"
    for name, row in listed.items():
        yield f"| {name} | {' | '.join(row)} |\n"


def _show(answer: Answer | None) -> str:
    if answer is None:
        return "no answer"
    if any(each in code for code in answer.codes for each in NO_MANIFEST):
        return "no manifest"
    codes = [code for code in answer.codes if not code.endswith("signingCredential.untrusted")]
    if answer.state == "invalid" and answer.codes and not codes:
        return "valid"  # but for the unknown signer
    return answer.state + (f" (`{'`, `'.join(codes)}`)" if codes else "")
