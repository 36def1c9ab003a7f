"""Libraries that only some signers need."""

from __future__ import annotations

from functools import partial

from provenance import distribution

load_extra = partial(distribution.load_extra, "This signer needs")
