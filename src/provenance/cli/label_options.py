"""Options of ``provenance stamp`` that choose the labels of a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click

from provenance.cli import render

if TYPE_CHECKING:
    from provenance.config import Config
    from provenance.labels import Labels

# Written out here, so that --help need not load what labels are made with; a test compares them.
PROFILES = ("california", "eu", "china", "india", "korea")
CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")


class Asked(TypedDict):
    """The options' values."""

    profile: tuple[str, ...]
    source_type: bool
    ai_system: bool
    aigc: bool
    badge: str | None
    badge_corner: str | None
    badge_height: int | None
    badge_font: Path | None
    badge_icon: Path | None
    strip_prompt: bool


def add_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the label options, which add to ``[labels]`` of the config."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--profile",
        type=click.Choice(PROFILES),
        multiple=True,
        help="Labels that a jurisdiction asks for; repeatable.",
    ),
    click.option("--source-type", is_flag=True, help="Write IPTC's digital source type into XMP."),
    click.option("--ai-system", is_flag=True, help="Write IPTC's names of the AI system into XMP."),
    click.option("--aigc", is_flag=True, help="Write China's AIGC label into XMP."),
    click.option("--badge", metavar="TEXT", help="Put a visible label on the picture."),
    click.option(
        "--badge-corner",
        type=click.Choice(CORNERS),
        help="Corner of the visible label (default: bottom-right).",
    ),
    click.option(
        "--badge-height",
        type=click.IntRange(1, 50),
        help="Height of the visible label's letters, in percent of the picture's short side "
        "(default: 5).",
    ),
    click.option(
        "--badge-font",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="TrueType or OpenType font of the label, if no installed font has its letters.",
    ),
    click.option(
        "--badge-icon",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="PNG to put on in place of letters, such as the EU's icon.",
    ),
    click.option(
        "--strip-prompt",
        is_flag=True,
        help="Leave out prompts, and all other text and comments except credits.",
    ),
)


def build_labels(config: Config, asked: Asked) -> Labels:
    """Return what options and config ask for together; the options' visible label wins."""
    from provenance.labels import ICON_NAME, Badge, Labels

    text = asked["badge"] or (ICON_NAME if asked["badge_icon"] else None)
    badge = None if text is None else Badge(text)
    own = Labels(asked["source_type"], asked["aigc"], badge, asked["strip_prompt"])
    own |= Labels(ai_system=asked["ai_system"])
    found = _place_badge(config.load_labels(own, asked["profile"]), asked)
    if found.time_stamp_advised and config.signing and config.signing.tsa_policy == "off":
        render.note(
            "note: the EU code of practice asks for time-stamped signatures; set tsa and "
            "tsa_policy in [signing]."
        )
    return found


def _place_badge(labels: Labels, asked: Asked) -> Labels:
    """Place the visible label as the options say, even if the config asked for it."""
    said = {"corner": asked["badge_corner"], "height": asked["badge_height"]}
    changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    files = {"font": asked["badge_font"], "icon": asked["badge_icon"]}
    changes |= {name: file for name, file in files.items() if file is not None}
    if not changes:
        return labels
    if labels.badge is None:
        raise click.UsageError("There is no visible label to place: add --badge TEXT.")
    return replace(labels, badge=replace(labels.badge, **changes))
