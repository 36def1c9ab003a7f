"""``provenance hash``: hash pictures for exchange, and look them up in lists of hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import exits, inputs, parallel, render
from provenance.cli.inputs import Input
from provenance.errors import ImageTooFlatError, ProvenanceError
from provenance.text import show_name

if TYPE_CHECKING:
    from provenance.batch import Failure
    from provenance.fingerprint import Pdq
    from provenance.hashlists import ListMatch, Matcher

SCHEMA = "provenance.hash/1"


@click.command("hash", short_help="Hash pictures, or look them up in hash lists.")
@inputs.add_images
@click.option(
    "--list",
    "lists",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Hash list to look the pictures up in: ThreatExchange lines or CSV, StopNCII records, or "
    "lines of MD5, SHA-1 and SHA-256; repeatable.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per picture, one per line."
)
@parallel.add_jobs_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    lists: tuple[Path, ...],
    as_json: bool,
    jobs: int | None,
) -> int:
    """Print the PDQ hash of each picture, in the form that hash exchanges take. Nothing is stored.

    With --list the command says instead which lists a picture is on, even turned or mirrored, and
    for which cases. Hashes match if at most 31 of their 256 bits differ. A match is a lead for a
    person to check. Digests of whole files match where they are equal. Pictures too flat for a
    reliable hash (quality under 50) are never matched by it.
    """
    matcher = _build_matcher(lists)
    given = inputs.find_inputs(image, from_file)
    statuses = []
    for source, answer in parallel.run(
        _Hashing(), given, parallel.count_workers(jobs, given), classify=_classify
    ):
        hashed, error = _refuse_flat(answer)
        matches = matcher.match(hashed.variants, hashed.digests) if hashed and matcher else None
        error = None if matches else error  # its file's digest is listed, however flat it is
        if as_json:
            render.print_json(_to_json(source, hashed, matches, error))
        elif hashed and not error:
            render.say(_describe(source, hashed, matches))
        if error is not None:
            render.complain(inputs.describe_error(source, error, len(given) > 1), error.code)
        statuses.append(exits.DONE if error is None else exits.map_error(error))
    return exits.take_worst(statuses)


def _classify(answer: Hashed | Failure) -> str:
    return "hashed" if isinstance(answer, Hashed) else "failed"


@dataclass(frozen=True)
class Hashed:
    """The hashes of one picture; ``variants`` are those to look it up by, its own one first."""

    sha256: str
    sha1: str
    md5: str
    variants: tuple[Pdq, ...]

    @property
    def digests(self) -> dict[str, str]:
        """The digests of the file, by kind as lists name it."""
        md5 = {"md5": self.md5, "video_md5": self.md5}
        return {"sha256": self.sha256, "sha1": self.sha1, **md5}

    @property
    def pdq(self) -> Pdq:
        """The picture's own hash."""
        return self.variants[0]


@dataclass(frozen=True)
class _Hashing:
    """The task that workers get: hash pictures."""

    def open(self) -> Callable[[Input], Hashed]:
        """Return the function that hashes one picture."""
        return _hash


def _hash(source: Input) -> Hashed:
    from provenance import fingerprint
    from provenance.imaging import decode

    data = source.read()
    rgb = decode(data).rgb
    inner = fingerprint.trim_bars(rgb)
    trimmed = () if inner is None else fingerprint.pdq_variants(inner)
    return Hashed(
        hashlib.sha256(data).hexdigest(),
        hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        hashlib.md5(data, usedforsecurity=False).hexdigest(),
        (*fingerprint.pdq_variants(rgb), *trimmed),
    )


def _build_matcher(lists: Sequence[Path]) -> Matcher | None:
    if not lists:
        return None
    from provenance.hashlists import Matcher, load

    return Matcher([load(path) for path in lists])


def _refuse_flat(answer: Hashed | Failure) -> tuple[Hashed | None, ProvenanceError | None]:
    """Refuse pictures that are too flat: their hash would match half of all flat pictures."""
    if not isinstance(answer, Hashed):
        return None, answer.error
    if answer.pdq.reliable:
        return answer, None
    return answer, ImageTooFlatError(
        f"The picture is too flat for a reliable hash: its quality is {answer.pdq.quality} of 100, "
        "and at least 50 is needed."
    )


def _to_json(
    source: Input,
    hashed: Hashed | None,
    matches: tuple[ListMatch, ...] | None,
    error: ProvenanceError | None,
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "input": source.name,
        "sha256": hashed.sha256 if hashed else None,
        "md5": hashed.md5 if hashed else None,
        "pdq": hashed.pdq.hex if hashed else None,
        "quality": hashed.pdq.quality if hashed else None,
        "matches": None
        if matches is None
        else [
            {
                "list": each.list,
                "kind": each.kind,
                "distance": each.distance,
                "cases": list(each.cases),
            }
            for each in matches
        ],
        "error": {"code": error.code, "message": str(error)} if error else None,
    }


def _describe(source: Input, hashed: Hashed, matches: tuple[ListMatch, ...] | None) -> str:
    if matches is None:
        return f"pdq {hashed.pdq.hex}"
    if not matches:
        return f"{show_name(source.name)}: on no list"
    return f"{show_name(source.name)}: " + "; ".join(map(_describe_match, matches))


def _describe_match(match: ListMatch) -> str:
    cases = f", case {', '.join(match.cases)}" if match.cases else ""
    if match.kind != "pdq":
        return f"on {match.list}{cases} (the same file, by its {match.kind})"
    return f"on {match.list}{cases} ({match.distance} of 256 bits differ)"
