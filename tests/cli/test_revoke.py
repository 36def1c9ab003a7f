"""``provenance registry revoke``: a stamp taken back is shown as such, and no longer attributed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def test_a_revoked_stamp_is_claimed_and_shown(
    command: Command, tmp_path: Path, photo: Path
) -> None:
    config = tmp_path / "studio" / "provenance.toml"
    assert command("init", config.parent, "--producer", "Example AI").status == 0
    stamped = tmp_path / "stamped.png"
    done = command("stamp", photo, "-o", stamped, "--model", "m", "--config", config, "--json")
    stamp_id = json.loads(done.out)["stamp_id"]
    assert command("verify", stamped, "--config", config).status == 0
    revoke = ("registry", "revoke", stamp_id, "--reason", "made by mistake", "--config", config)
    done = command(*revoke)
    assert done.status == 0, done.err
    done = command("verify", stamped, "--json", "--config", config)
    assert done.status == 1
    verdict = json.loads(done.out)
    assert verdict["state"] == "claimed"
    assert verdict["origin"] is None
    assert "made by mistake" in " ".join(each["finding"] for each in verdict["evidence"])
    shown = command("registry", "show", stamp_id, "--config", config)
    assert "made by mistake" in shown.out
    for unknown in ("0" * 24, "x", "A" * 25):
        for verb in (("show",), ("revoke", "--reason", "x")):
            done = command("registry", *verb, unknown, "--config", config)
            assert done.status != 0
            assert "registry.not_found" in done.error_line
