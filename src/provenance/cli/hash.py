"""``provenance hash``: hash pictures for exchange, and look them up in lists of hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import exits, inputs, parallel, render
from provenance.cli.inputs import Source
from provenance.errors import ImageTooFlatError, ProvenanceError

if TYPE_CHECKING:
    from provenance.batch import Failure
    from provenance.fingerprint import Pdq
    from provenance.hashlists import Match, Matcher

SCHEMA = "provenance.hash/1"


@click.command("hash", short_help="Hash pictures, and look them up in hash lists.")
@inputs.images
@click.option(
    "--list",
    "lists",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Hash list to look them up in: ThreatExchange lines or StopNCII records. Repeatable.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per picture, a line each."
)
@parallel.jobs_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    lists: tuple[Path, ...],
    as_json: bool,
    jobs: int | None,
) -> int:
    """Print the PDQ hash of each picture, as hash exchanges take it; nothing else is kept.

    With --list say instead which lists a picture is on, turned or mirrored too, and for which
    cases. A match is a lead for a person to check: at most 31 of 256 bits differ. Pictures too
    plain to be hashed reliably (quality under 50) are never matched.
    """
    matcher = _matcher(lists)
    given = inputs.sources(image, from_file)
    statuses = []
    for source, answer in parallel.run(_Hashing(), given, parallel.workers(jobs, given)):
        hashed, error = _judged(answer)
        matches = matcher.matches(hashed.variants) if hashed and matcher else None
        if as_json:
            render.json_line(_object(source, hashed, matches, error))
        elif hashed and not error:
            render.say(_line(source, hashed, matches))
        if error is not None:
            render.complain(inputs.about(source, error, len(given) > 1), error.code)
        statuses.append(exits.DONE if error is None else exits.status_of(error))
    return exits.worst(statuses)


@dataclass(frozen=True)
class Hashed:
    """The hashes of one picture; the variants are PDQ's eight orientations, as it is first."""

    sha256: str
    md5: str
    variants: tuple[Pdq, ...]

    @property
    def pdq(self) -> Pdq:
        """The picture's own hash."""
        return self.variants[0]


@dataclass(frozen=True)
class _Hashing:
    """What the workers are told to do."""

    def open(self) -> Callable[[Source], Hashed]:
        """Return what hashes one picture."""
        return _hashed


def _hashed(source: Source) -> Hashed:
    from provenance import fingerprint
    from provenance.imaging import decode

    data = source.read()
    return Hashed(
        hashlib.sha256(data).hexdigest(),
        hashlib.md5(data, usedforsecurity=False).hexdigest(),
        fingerprint.pdq_dihedral(decode(data).rgb),
    )


def _matcher(lists: Sequence[Path]) -> Matcher | None:
    if not lists:
        return None
    from provenance.hashlists import Matcher, load

    return Matcher([load(path) for path in lists])


def _judged(answer: Hashed | Failure) -> tuple[Hashed | None, ProvenanceError | None]:
    """Refuse what is too plain: its hash would match half of all plain pictures."""
    if not isinstance(answer, Hashed):
        return None, answer.error
    if answer.pdq.reliable:
        return answer, None
    return answer, ImageTooFlatError(
        f"the picture is too plain for a reliable hash: quality {answer.pdq.quality} of 100, and "
        "50 is the least"
    )


def _object(
    source: Source,
    hashed: Hashed | None,
    matches: tuple[Match, ...] | None,
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
            {"list": each.list, "distance": each.distance, "cases": list(each.cases)}
            for each in matches
        ],
        "error": {"code": error.code, "message": str(error)} if error else None,
    }


def _line(source: Source, hashed: Hashed, matches: tuple[Match, ...] | None) -> str:
    if matches is None:
        return f"pdq {hashed.pdq.hex}"
    if not matches:
        return f"{source.name}: on no list"
    return f"{source.name}: " + "; ".join(map(_told, matches))


def _told(match: Match) -> str:
    cases = f", case {', '.join(match.cases)}" if match.cases else ""
    return f"on {match.list}{cases} ({match.distance} of 256 bits differ)"
