"""Text for people: strangers' text made safe to show, and how names, times and odds are written."""

from provenance.text.cleaning import (
    JOINERS,
    MAX_LINE,
    MAX_NAME,
    clean,
    clean_lines,
    is_joiner,
    is_showable,
    show_name,
    suggest,
)
from provenance.text.forms import (
    DATE,
    MAX_QUOTED,
    MINUTE,
    SECOND,
    format_age,
    format_number,
    format_odds,
    format_percent,
    format_time,
    join_names,
    quote,
)

__all__ = [
    "DATE",
    "JOINERS",
    "MAX_LINE",
    "MAX_NAME",
    "MAX_QUOTED",
    "MINUTE",
    "SECOND",
    "clean",
    "clean_lines",
    "format_age",
    "format_number",
    "format_odds",
    "format_percent",
    "format_time",
    "is_joiner",
    "is_showable",
    "join_names",
    "quote",
    "show_name",
    "suggest",
]
