"""``provenance directory``: the own entry published, and read back by somebody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Command


@pytest.fixture
def studio(command: Command, tmp_path: Path) -> Path:
    folder = tmp_path / "studio"
    assert command("init", folder, "--producer", "Example AI").status == 0
    return folder / "provenance.toml"


def test_an_export_names_the_models_and_can_be_read(
    command: Command, studio: Path, tmp_path: Path, photo: Path
) -> None:
    stamped = tmp_path / "stamped.png"
    done = command(
        "stamp", photo, "-o", stamped, "--model", "m", "--model-version", "3", "--config", studio
    )
    assert done.status == 0, done.err
    file = tmp_path / "published.json"
    done = command(
        "directory", "export", "-o", file, "--contact", "a@b.example", "--config", studio
    )
    assert done.status == 0, done.err
    assert "1 model" in done.err + done.out
    done = command("directory", "show", file, "--json", "--config", studio)
    entry = json.loads(done.out)
    assert entry["name"] == "Example AI"
    assert entry["contact"] == "a@b.example"
    assert entry["status"] == "valid"
    assert entry["models"] == [{"number": 1, "name": "m", "version": "3"}]
    shown = command("directory", "show", "--config", studio)
    assert "Example AI" in shown.out
    assert "1 entry" in shown.err + shown.out


def test_an_entry_binds_the_keys_in_use_and_keeps_those_that_were(
    command: Command, studio: Path, tmp_path: Path
) -> None:
    from provenance.signers import LogKey

    shown = command("directory", "show", "--json", "--config", studio)
    before = json.loads(shown.out)["keys"]
    assert [(key["use"], key["valid_to"], key["valid"]) for key in before] == [
        ("log", None, True),
        ("response", None, True),
    ]
    (studio.parent / "keys" / "log.pem").write_bytes(LogKey.generate().to_pem())
    file = tmp_path / "published.json"
    assert command("directory", "export", "-o", file, "--config", studio).status == 0
    keys = json.loads(command("directory", "show", file, "--json", "--config", studio).out)["keys"]
    log = [key for key in keys if key["use"] == "log"]
    assert [key["sha256"] == before[0]["sha256"] for key in log] == [True, False]
    assert log[0]["valid_to"] == log[1]["valid_from"]
    assert log[1]["valid_to"] is None
    assert [key for key in keys if key["use"] == "response"] == before[1:]


def test_show_tells_whose_word_an_entry_is_and_how_old(
    command: Command, studio: Path, tmp_path: Path
) -> None:
    from provenance.signers import development

    shown = command("directory", "show", "--config", studio).out
    assert "rests on      the producer's own word; nobody vouches for it" in shown
    assert 'signer        "CN=Development authority,O=Example AI,C=ZZ" (SHA-256 ' in shown
    keys = development.create("Directory Office")
    (tmp_path / "office.pem").write_bytes(keys.signer)
    (tmp_path / "root.pem").write_bytes(keys.authority)
    file = tmp_path / "office.json"
    sign = ("directory", "sign", "--authority", tmp_path / "office.pem", "-o", file)
    own = studio.parent / "directory.json"
    assert command(*sign, own, "--valid-until", "2026-01-01T00:00:00Z").status == 0
    anchors = f'directory_anchors = ["{tmp_path / "root.pem"}"]'
    studio.write_text(studio.read_text().replace("directory_anchors = []", anchors))
    shown = command("directory", "show", file, "--config", studio).out
    assert "rests on      a directory authority's word" in shown
    assert "2026-01-01T00:00:00Z; out of date: ask for the newer one" in shown
    assert 'own word      "CN=Development authority,O=Example AI,C=ZZ" (SHA-256 ' in shown


def test_a_revocation_is_published_and_counts(
    command: Command, studio: Path, tmp_path: Path, photo: Path
) -> None:
    stamped = tmp_path / "stamped.png"
    assert command("stamp", photo, "-o", stamped, "--model", "m", "--config", studio).status == 0
    assert command("verify", stamped, "--no-registry", "--config", studio).status == 0
    own = studio.parent / "directory.json"
    done = command(
        *("directory", "export", "-o", own, "--force", "--config", studio),
        *("--revoked-at", "2024-06-01T00:00:00Z", "--reason", "the key was stolen"),
    )
    assert done.status == 0, done.err
    assert command("verify", stamped, "--no-registry", "--config", studio).status == 1
    (line,) = command("directory", "show", "--json", "--config", studio).out.splitlines()
    assert json.loads(line)["status"] == "revoked"
    assert json.loads(line)["reason"] == "the key was stolen"


def test_files_are_not_overwritten_and_strangers_are_not_believed(
    command: Command, studio: Path, tmp_path: Path
) -> None:
    file = tmp_path / "published.json"
    file.write_text("mine")
    done = command("directory", "export", "-o", file, "--config", studio)
    done.failed_with(2, "output.exists")
    assert file.read_text() == "mine"
    other = tmp_path / "other"
    assert command("init", other, "--producer", "Stranger").status == 0
    own = other / "directory.json"
    assert "Stranger" in command("directory", "show", own, "--config", studio).out
    text = json.loads(own.read_text())
    text["payload"]["producers"][0]["name"] = "Example AI"
    own.write_text(json.dumps(text))
    done = command("directory", "show", own, "--config", studio)
    done.failed_with(2, "directory")
    assert "changed after it was signed" in done.err


def test_without_a_directory_an_entry_is_begun(
    command: Command, studio: Path, tmp_path: Path
) -> None:
    text = studio.read_text().replace('files = ["directory.json"]', "files = []")
    text = text.replace("anchors = []", 'anchors = ["keys/authority.pem"]', 1)
    studio.write_text(text)
    file = tmp_path / "published.json"
    assert command("directory", "export", "-o", file, "--config", studio).status == 0
    entry = json.loads(command("directory", "show", file, "--json", "--config", studio).out)
    assert entry["contact"] == "none given"
    assert set(entry["binding"]) == {"sha256", "subject"}


def test_an_authority_signs_the_entries_of_others_and_assigns_numbers(
    command: Command, studio: Path, tmp_path: Path
) -> None:
    from provenance.signers import development

    keys = development.create("Directory Office")
    (tmp_path / "office.pem").write_bytes(keys.signer)
    (tmp_path / "root.pem").write_bytes(keys.authority)
    own = studio.parent / "directory.json"
    drawn = json.loads(own.read_text())["payload"]["producers"][0]["number"]
    file = tmp_path / "office.json"
    sign = ("directory", "sign", "--authority", tmp_path / "office.pem", "-o", file)
    done = command(*sign, own, "--assign", f"{drawn}=7", "--valid-until", "2030-01-01T00:00:00Z")
    assert done.status == 0, done.err
    assert "7: Example AI" in done.out
    text = studio.read_text()
    studio.write_text(
        text.replace("directory_anchors = []", f'directory_anchors = ["{tmp_path / "root.pem"}"]')
    )
    done = command("directory", "show", file, "--json", "--config", studio)
    assert json.loads(done.out)["number"] == 7
    command(*sign, own, "--assign", "5=6", "--force").failed_with(2, "directory")
    command(*sign, own, "--assign", f"{drawn}=900000", "--force").failed_with(2, "directory")
    assert command(*sign, own, "--assign", "x", "--force").status == 2


def test_an_authority_does_not_sign_one_name_for_two(
    command: Command, studio: Path, tmp_path: Path
) -> None:
    from provenance.signers import development

    (tmp_path / "office.pem").write_bytes(development.create("Directory Office").signer)
    twin = tmp_path / "twin"
    assert command("init", twin, "--producer", "EXAMPLE AI Ltd.").status == 0
    files = (studio.parent / "directory.json", twin / "directory.json")
    sign = ("directory", "sign", "--authority", tmp_path / "office.pem")
    done = command(*sign, "-o", tmp_path / "both.json", *files)
    done.failed_with(2, "directory")
    assert "look like one name" in done.err
