"""``provenance hash``: hash pictures for exchange, and look them up in lists of hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli import exits, inputs, parallel, render, settings
from provenance.cli.inputs import Input
from provenance.cli.left_out import LeftOut
from provenance.errors import ImageTooFlatError, NotExaminedError, ProvenanceError
from provenance.text import show_name

if TYPE_CHECKING:
    from provenance.batch import Failure
    from provenance.fingerprint import Pdq
    from provenance.hashlists import HashList, Matcher
    from provenance.verify import Listed, Standing, Verifier

SCHEMA = "provenance.hash/1"


@click.command("hash", short_help="Hash pictures, or look them up in hash lists.")
@inputs.add_images
@inputs.add_list_option
@click.option(
    "--no-marks",
    is_flag=True,
    help="Do not read marks: quicker, but misses listed stamps and pictures inside screenshots.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per picture, one per line."
)
@parallel.add_jobs_option
@inputs.add_response_option
@settings.add_config_option
def command(
    image: tuple[str, ...],
    from_file: Iterator[str] | None,
    lists: tuple[Path, ...],
    no_marks: bool,
    as_json: bool,
    jobs: int | None,
    responses: tuple[Path, ...],
    config_file: Path | None,
) -> int:
    """Print the PDQ hash of each picture, in the form that hash exchanges take. Nothing is stored.

    With --list the command says instead which lists a picture is on, even turned or mirrored, and
    for which cases. Hashes match if at most 31 of their 256 bits differ. A match is a lead for a
    person to check. Digests of whole files match where they are equal. Pictures too flat for a
    reliable hash (quality under 50) are never matched by it.

    Where a list holds stamps, a picture is on it by its mark, also as a crop or a screenshot. That
    is the same content only if the registry of the config or a --response proves what was stamped.
    """
    listed, matcher = _load(lists)
    stamps = tuple(each.stamps for each in listed)
    task = _Hashing(matcher is not None, not no_marks, config_file, responses, stamps)
    given = inputs.find_inputs(image, from_file, every=True)
    statuses, left_out = [], LeftOut()
    for source, answer in parallel.run(
        task, given, parallel.count_workers(jobs, given), classify=_classify
    ):
        hashed, error = _refuse_flat(answer)
        hits = _look_up(matcher, hashed) if hashed and matcher else None
        error = None if hits else error  # its file's digest is listed, however flat it is
        if as_json:
            render.print_json(_to_json(source, hashed, hits, error))
        elif hashed and not error:
            render.say(_describe(source, hashed, hits))
        if left_out.take(error):
            continue
        if error is not None:
            render.complain(inputs.describe_error(source, error, len(given) > 1), error.code)
        statuses.append(exits.DONE if error is None else exits.map_error(error))
    left_out.tell()
    return left_out.find_status(statuses)


def _classify(answer: Hashed | Failure) -> str:
    if isinstance(answer, Hashed):
        return "hashed"
    return "not looked at" if isinstance(answer.error, NotExaminedError) else "failed"


@dataclass(frozen=True)
class Hashed:
    """The hashes of one picture; ``variants`` are those to look it up by, its own one first.

    ``stamps`` are what its marks and its manifest name, and what that says of it.
    """

    digests: dict[str, str]
    variants: tuple[Pdq, ...]
    stamps: tuple[Standing, ...] = ()

    @property
    def pdq(self) -> Pdq:
        """The picture's own hash."""
        return self.variants[0]


@dataclass(frozen=True)
class _Hashing:
    """The task that workers get: hash pictures, for lists in all ways and with their marks."""

    for_lists: bool
    marks: bool
    config_file: Path | None
    responses: tuple[Path, ...]
    stamps: tuple[HashList, ...]

    def open(self) -> Callable[[Input], Hashed]:
        """Return the function that hashes one picture."""
        if not self.for_lists or not self.marks:
            return partial(_hash, self.for_lists)
        config = settings.load(self.config_file)
        verifier = settings.build_verifier(
            config, similar=False, responses=self.responses, lists=self.stamps
        )
        return partial(_examine, verifier)


def _hash(for_lists: bool, source: Input) -> Hashed:
    from provenance.fingerprint import pdq, pdq_inside, pdq_variants
    from provenance.hashlists import hash_file
    from provenance.imaging import decode

    source.check_chosen()
    data = source.read()
    rgb = decode(data).rgb
    found = (*pdq_variants(rgb), *pdq_inside(rgb)) if for_lists else (pdq(rgb),)
    return Hashed(hash_file(data), found)


def _examine(verifier: Verifier, source: Input) -> Hashed:
    source.check_chosen()
    examination = verifier.examine(source.read(verifier.limits))
    if examination.obstacle is not None:
        raise examination.obstacle
    stamps = verifier.judge(examination).stamps
    return Hashed(examination.digests, examination.listed_hashes, stamps)


def _look_up(matcher: Matcher, hashed: Hashed) -> tuple[Listed, ...]:
    from provenance.verify import judge_listed

    stamps = (each.stamp_id for each in hashed.stamps)
    found = matcher.match(hashed.variants, hashed.digests, stamps)
    return judge_listed(found, hashed.stamps) or ()


def _load(files: Sequence[Path]) -> tuple[tuple[HashList, ...], Matcher | None]:
    """Load the lists, and what looks pictures up in them; None without any."""
    if not files:
        return (), None
    from provenance.hashlists import Matcher, load

    lists = tuple(map(load, files))
    return lists, Matcher(lists)


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
    listed: tuple[Listed, ...] | None,
    error: ProvenanceError | None,
) -> dict[str, Any]:
    from provenance.verify import write_listed

    digests = hashed.digests if hashed else {}
    return {
        "schema": SCHEMA,
        "input": source.name,
        "sha256": digests.get("sha256"),
        "md5": digests.get("md5"),
        "pdq": hashed.pdq.hex if hashed else None,
        "quality": hashed.pdq.quality if hashed else None,
        "matches": None if listed is None else [write_listed(each) for each in listed],
        "error": {"code": error.code, "message": str(error)} if error else None,
    }


def _describe(source: Input, hashed: Hashed, listed: tuple[Listed, ...] | None) -> str:
    if listed is None:
        return f"pdq {hashed.pdq.hex}"
    counted = [each for each in listed if each.basis.counts]
    moved = [each for each in listed if not each.basis.counts]
    hits = [*map(_describe_hit, counted)] or ["on no list"]
    return f"{show_name(source.name)}: " + "; ".join((*hits, *map(_describe_moved, moved)))


def _describe_hit(hit: Listed) -> str:
    match, how = hit.match, hit.basis.words
    cases = f", case {', '.join(match.cases)}" if match.cases else ""
    asks = ", which asks for no training" if match.use == "no-train" else ""
    where = f"{show_name(match.list)}{cases}{asks}"
    if hit.basis == "alike":
        differ = f"{match.distance} of 256 bits differ"
        return f"looks like one on {where} ({differ}: a lead, for a person to compare)"
    if hit.basis == "mark":
        return f"carries a mark on {where} (which anybody can copy: a lead, not the same content)"
    if hit.basis == "same_file":
        how = f"the same file, by its {match.kind}"
    return f"on {where} ({how})"


def _describe_moved(hit: Listed) -> str:
    name = show_name(hit.match.list)
    return f"not on {name}, but it carries a mark that was moved here from a picture on it"
