"""``request`` and ``respond``: from a claim to proof by files alone, and back when revoked."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from tests.cli.conftest import Command


@pytest.fixture
def provider(command: Command, tmp_path_factory: pytest.TempPathFactory, photo: Path) -> Path:
    """A producer that stamped one picture for an account."""
    folder = tmp_path_factory.mktemp("provider") / "a"
    assert command("init", folder, "--producer", "Ada Images").status == 0
    config = folder / "provenance.toml"
    stamp = ("stamp", photo, "-o", folder / "stamped.png", "--model", "m")
    assert command(*stamp, "--account", "jane@example.org", "--config", config).status == 0
    return config


@pytest.fixture
def copy(provider: Path) -> Path:
    file = provider.parent / "copy.jpg"
    with Image.open(provider.parent / "stamped.png") as image:
        image.convert("RGB").save(file, quality=80)
    return file


@pytest.fixture
def police(command: Command, provider: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody with A's directory file and a key for reports."""
    folder = tmp_path_factory.mktemp("police")
    assert command("init", folder / "keys", "--producer", "Police").status == 0
    config = folder / "provenance.toml"
    config.write_text(
        f'[directory]\nfiles = ["{provider.parent / "directory.json"}"]\n'
        '[trace]\nexaminer_key = "keys/keys/examiner.pem"\n'
    )
    return config


def stamp_of(request: Path) -> str:
    return str(json.loads(request.read_text())["payload"]["stamp_id"])


def test_the_story_by_files_alone(
    command: Command, provider: Path, police: Path, copy: Path, tmp_path: Path
) -> None:
    ours, theirs = ("--config", police), ("--config", provider)
    case = tmp_path / "case"
    done = command("trace", copy, "--case", "2026-17", "-o", case, *ours)
    assert done.status == 1
    assert "request-1.json" in done.out
    request, response = case / "request-1.json", tmp_path / "response.json"
    assert "request-1.json" in (case / "letter-1.txt").read_text()
    assert command("trace", "--check", case, *ours).status == 0

    done = command("respond", request, "-o", response, *theirs)
    assert (done.status, "found" in done.out) == (0, True), done.err
    done = command("verify", copy, "--response", response, "--json", *ours)
    assert done.status == 0, done.err
    found = json.loads(done.out)
    assert found["origin"]["producer"] == "Ada Images"
    assert found["freshness"]["revocation"] == "response"

    proved = tmp_path / "proved"
    done = command("trace", copy, "--case", "2026-17", "-o", proved, "--response", response, *ours)
    assert done.status == 0
    report = json.loads((proved / "report.json").read_text())
    assert len(report["method"]["consulted"]["responses"]) == 1
    assert [each["reader"] for each in report["exhibits"][0]["readers"]] == [
        "Investigator",
        "Court",
        "Person shown",
    ]
    done = command("inspect", copy, "--response", response, "--json", *ours)
    (reply,) = json.loads(done.out)["responses"]
    assert (reply["outcome"], reply["fault"]) == ("found", None)

    stamp = stamp_of(request)
    assert command("registry", "revoke", stamp, "--reason", "a mistake", *theirs).status == 0
    newer = tmp_path / "newer.json"
    done = command("respond", stamp, "-o", newer, *theirs)
    assert "found, revoked" in done.out
    done = command("verify", copy, "--response", response, "--response", newer, *ours)
    assert done.status == 1
    assert "revoked it" in done.out


def test_accounts_are_told_to_those_whom_the_config_names(
    command: Command, provider: Path, police: Path, copy: Path, tmp_path: Path
) -> None:
    ours, theirs = ("--config", police), ("--config", provider)
    request, response = tmp_path / "request.json", tmp_path / "response.json"
    asks = ("request", copy, "-o", request, "--account", "--case", "12/26")
    done = command(*asks, "--purpose", "find the sender", "--unsigned", *ours)
    done.failed_with(2, "request")
    assert not request.exists()
    command(*asks, *ours).failed_with(2, "request")
    done = command(*asks, "--purpose", "find the sender", "--legal-basis", "§ 100j StPO", *ours)
    assert done.status == 0, done.err
    assert "not proved" in done.err or "Confirm whom you write to" in done.err

    done = command("respond", request, "-o", response, *theirs)
    assert "account not told: " in done.out
    anchor = police.parent / "keys" / "keys" / "authority.pem"
    text = provider.read_text()
    provider.write_text(text.replace("requesters = []", f'requesters = ["{anchor}"]'))
    done = command("respond", request, "-o", response, "--force", *theirs)
    assert "account told, and logged" in done.out
    if os.name == "posix":
        assert response.stat().st_mode & 0o077 == 0  # nobody else on the machine may read it
    accesses = command("registry", "accesses", "--json", *theirs).out.splitlines()
    assert [json.loads(each)["case"] for each in accesses] == ["12/26"]
    pseudonym = command("registry", "pseudonym", "jane@example.org", *theirs).out.strip()
    assert json.loads(response.read_text())["disclosed"]["pseudonym"] == pseudonym

    case = tmp_path / "case"
    trace = ("trace", copy, "--case", "12/26", "-o", case, "--response", response)
    done = command(*trace, "--purpose", "find the sender", *ours)
    assert done.status == 0, done.err
    account = json.loads((case / "report.json").read_text())["exhibits"][0]["account"]
    assert (account["pseudonym"], account["access"]) == (pseudonym, None)
    assert pseudonym in (case / "report.html").read_text()
    told = json.loads(response.read_text())
    told["disclosed"]["pseudonym"] = "f" * 32
    doctored = tmp_path / "doctored.json"
    doctored.write_text(json.dumps(told))
    trace = ("trace", copy, "--case", "12/26", "-o", tmp_path / "2", "--response", doctored)
    assert command(*trace, "--purpose", "find the sender", *ours).status == 0
    assert (
        json.loads((tmp_path / "2" / "report.json").read_text())["exhibits"][0]["account"] is None
    )

    order = ("respond", stamp_of(request), "-o", response, "--force", "--account")
    assert command(*order, "--case", "44/26", *theirs).status == 2
    done = command(*order, "--case", "44/26", "--purpose", "court order on paper", *theirs)
    assert "account told, and logged" in done.out
    assert command("respond", request, *order[2:], *theirs).status == 2


def test_every_answer_is_written_with_status_0(
    command: Command, provider: Path, tmp_path: Path
) -> None:
    theirs = ("--config", provider)
    done = command("respond", "1" + "0" * 23, "-o", tmp_path / "none.json", *theirs)
    assert (done.status, "no such stamp" in done.out) == (0, True)
    assert "your answer counts only where" in done.err
    done = command(
        "respond", "1" + "0" * 23, "-o", tmp_path / "no.json", "--refuse", "not us", *theirs
    )
    assert (done.status, "refused" in done.out) == (0, True)
    command("respond", "1" + "0" * 23, "-o", tmp_path / "no.json", *theirs).failed_with(
        2, "output.exists"
    )


def test_what_can_not_be_asked_or_answered_is_said(
    command: Command, provider: Path, police: Path, photo: Path, tmp_path: Path
) -> None:
    ours, theirs, file = ("--config", police), ("--config", provider), tmp_path / "file.json"
    command("request", photo, "-o", file, *ours).failed_with(2, "request")
    command("request", tmp_path, "-o", file, *ours).failed_with(2, "request")
    command("respond", tmp_path / "absent", "-o", file, *theirs).failed_with(2, "request")
    command("respond", photo, "-o", file, *theirs).failed_with(2, "request")
    command("respond", "1" + "0" * 23, "-o", file, *ours).failed_with(2, "config")
    command("verify", photo, "--response", photo, *ours).failed_with(2, "response")
    command("verify", photo, "--response", tmp_path / "absent", *ours).failed_with(2, "response")
    assert not file.exists()
