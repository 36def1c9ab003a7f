"""How often an unmarked picture is claimed: the measurements behind docs/false-positives.md."""
