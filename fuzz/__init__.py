"""Hostile input: whatever bytes come in, a verdict or one InputError comes out, in bounded time."""

from pathlib import Path

KEPT = Path("fuzz-out")
"""Where files that broke a promise are left."""
