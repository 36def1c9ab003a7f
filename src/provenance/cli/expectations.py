"""What the user expects of verdicts: policies as options of ``verify``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import click

from provenance.errors import VerificationError

if TYPE_CHECKING:
    from provenance.verify import Policy, Verdict

MATCHES = ("exact", "bound")


@dataclass(frozen=True)
class Expectations:
    """What must hold of each verdict; nothing by default."""

    expect_producer: str | None = None
    expect_match: str | None = None
    expect_proved_time: bool = False
    expect_coverage: float | None = None
    expect_odds: float | None = None
    expect_unlisted: bool = False

    @classmethod
    def take(cls, options: dict[str, Any]) -> Expectations:
        """Take them out of a command's options."""
        return cls(**{each.name: options.pop(each.name) for each in fields(cls)})

    @property
    def given(self) -> bool:
        """Whether anything is expected."""
        return self != Expectations()

    def find_unmet(self, verdict: Verdict) -> VerificationError | None:
        """Return why a verdict is not what is expected; None if it is."""
        from provenance.verify import AllOf

        if not self.given:
            return None
        try:
            verdict.require(AllOf(*self._list_policies()))
        except VerificationError as error:
            return error
        return None

    def _list_policies(self) -> Iterator[Policy]:
        from provenance import verify

        if self.expect_producer is not None:
            yield verify.RequireProducer(self.expect_producer)
        if self.expect_match is not None:
            exact = self.expect_match == "exact"
            yield verify.RequireExact() if exact else verify.RequireBound()
        if self.expect_proved_time:
            yield verify.RequireProvedTime()
        if self.expect_coverage is not None:
            yield verify.RequireCoverage(self.expect_coverage)
        if self.expect_odds is not None:
            yield verify.MaxFalsePositive(self.expect_odds)
        if self.expect_unlisted:
            yield verify.RequireUnlisted()


def add_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options; pair with ``Expectations.take``."""
    share = click.FloatRange(0, 1)
    for option in (
        click.option(
            "--expect-unlisted",
            is_flag=True,
            help="The picture must be on none of the hash lists.",
        ),
        click.option(
            "--expect-odds",
            type=share,
            metavar="P",
            help="A mark behind the attribution may be chance with probability P at most.",
        ),
        click.option(
            "--expect-coverage",
            type=share,
            metavar="SHARE",
            help="The proof must be about this share of the picture, 0 to 1.",
        ),
        click.option(
            "--expect-proved-time",
            is_flag=True,
            help="The time must rest on more than the producer's word.",
        ),
        click.option(
            "--expect-match",
            type=click.Choice(MATCHES),
            help="The file must be what was recorded, byte for byte (exact), or what the signature "
            "covers must be unchanged (bound).",
        ),
        click.option(
            "--expect-producer",
            metavar="NAME",
            help="The proved producer must have this name, spelt as in directory or certificate.",
        ),
    ):
        command = option(command)
    return command
