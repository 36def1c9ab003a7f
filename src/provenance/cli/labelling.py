"""The options of ``provenance stamp`` that say which labels a picture gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click

from provenance.cli import render

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.labels import Labels

# Written out here, so that --help need not load what labels are made with; a test compares them.
PROFILES = ("california", "eu", "china", "india")
CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")


class Asked(TypedDict):
    """The options' values."""

    profile: tuple[str, ...]
    source_type: bool
    aigc: bool
    badge: str | None
    badge_corner: str
    badge_height: int
    badge_font: Path | None
    strip_prompt: bool


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options; what they ask for is added to ``[labels]`` of the config."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--profile",
        type=click.Choice(PROFILES),
        multiple=True,
        help="The labels that a jurisdiction asks for; may be given more than once.",
    ),
    click.option("--source-type", is_flag=True, help="Write IPTC's digital source type into XMP."),
    click.option("--aigc", is_flag=True, help="Write China's AIGC label into XMP."),
    click.option("--badge", metavar="TEXT", help="Put a visible label on the picture."),
    click.option(
        "--badge-corner", type=click.Choice(CORNERS), default="bottom-right", help="Where."
    ),
    click.option(
        "--badge-height",
        type=click.IntRange(1, 50),
        default=5,
        help="Height of its letters in percent of the picture's short side; default 5.",
    ),
    click.option(
        "--badge-font",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="TrueType or OpenType font, for letters that no font here has.",
    ),
    click.option(
        "--strip-prompt",
        is_flag=True,
        help="Leave out prompts and all other text and comments but credits.",
    ),
)


def labels(config: Config, asked: Asked) -> Labels:
    """Return what options and config ask for together; the options' visible label goes first."""
    from provenance.labels import Badge, Labels, profile

    badge = None
    if asked["badge"] is not None:
        badge = Badge(
            asked["badge"], asked["badge_corner"], asked["badge_height"], asked["badge_font"]
        )
    own = Labels(asked["source_type"], asked["aigc"], badge, asked["strip_prompt"])
    found = profile(asked["profile"], own | config.load_labels())
    if found.time_stamp_advised and config.signing and config.signing.tsa_policy == "off":
        render.note(
            "note: the EU code of practice asks for time-stamped signatures; set tsa and "
            "tsa_policy in [signing]"
        )
    return found
