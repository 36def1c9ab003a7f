"""Labels on the command line: asked for, written, shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from provenance.cli import label_options
from provenance.config import load
from provenance.labels import Badge

Command = Callable[..., Any]


def test_profiles_label_and_inspect_shows_it(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path
) -> None:
    config, file = ("--config", own_studio / "provenance.toml"), tmp_path / "labelled.jpg"
    profiles = ("--profile", "india", "--profile", "eu", "--aigc", "--badge", "made by a machine")
    done = command("stamp", photo, "-o", file, "--model", "m", *profiles, *config)
    assert done.status == 0, done.err
    assert "time-stamped" in done.err
    inspected = json.loads(command("inspect", "--json", file, *config).out)
    labels = inspected["file"]["labels"]
    assert labels["source_type"].endswith("trainedAlgorithmicMedia")
    assert labels["aigc"]["ContentProducer"] == "Example AI"
    signed = {each["label"] for each in inspected["chain"][0]["assertions"] if each["created"]}
    assert "cawg.metadata" in signed  # still there where the file's own metadata are gone
    assert "ContentProducer Example AI" in command("inspect", file, *config).out
    assert command("verify", file, *config).status == 0
    nothing = (
        "stamp",
        photo,
        "-o",
        tmp_path / "b.png",
        "--model",
        "m",
        "--badge-corner",
        "top-left",
    )
    command(*nothing, *config).failed_with(2, "usage")
    refused = command(
        *("stamp", photo, "-o", tmp_path / "b.png", "--model", "m", "--profile", "california"),
        *config,
    )
    refused.failed_with(2, "label")
    assert not (tmp_path / "b.png").exists()


def test_the_config_labels_every_stamp(command: Command, own_studio: Path, photo: Path) -> None:
    file = own_studio / "provenance.toml"
    text = file.read_text().replace("# strip_prompt = true", "aigc = true")
    file.write_text(text)
    out = own_studio / "by-config.png"
    assert command("stamp", photo, "-o", out, "--model", "m", "--config", file).status == 0
    labels = json.loads(command("inspect", "--json", out).out)["file"]["labels"]
    assert labels["aigc"]["Label"] == "1"
    file.write_text(text.replace("[labels]", '[labels]\nprofiles = ["mars"]'))
    done = command("stamp", photo, "-o", own_studio / "c.png", "--model", "m", "--config", file)
    done.failed_with(2, "label")


def test_a_label_is_placed_by_options_and_config(tmp_path: Path) -> None:
    file = tmp_path / "provenance.toml"
    file.write_text('[labels]\nprofiles = ["india"]\nbadge_corner = "top-left"\n')
    config = load(file)
    asked: label_options.Asked = {
        "profile": (),
        "source_type": False,
        "aigc": False,
        "badge": None,
        "badge_corner": None,
        "badge_height": 9,
        "badge_font": None,
        "ai_system": False,
        "badge_icon": None,
        "strip_prompt": False,
    }
    assert label_options.build_labels(config, asked).badge == Badge("AI-generated", "top-left", 9)
    asked["badge"] = "mine"
    assert label_options.build_labels(config, asked).badge == Badge("mine", "top-left", 9)


def test_best_effort_says_that_no_mark_is_there(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path
) -> None:
    config, tiny = ("--config", own_studio / "provenance.toml"), tmp_path / "tiny.png"
    with Image.open(photo) as image:
        image.crop((200, 100, 300, 160)).save(tiny)
    args = ("stamp", tiny, "-o", tmp_path / "out.png", "--model", "m", *config)
    refused = command(*args)
    assert refused.status == 5
    assert "[input.too_small]" in refused.err
    done = command(*args, "--best-effort")
    assert done.status == 0
    assert "WITHOUT a readable mark" in done.out
    assert "No readable mark" in done.err
    with Image.open(tiny) as before, Image.open(tmp_path / "out.png") as after:
        assert np.array_equal(np.asarray(before), np.asarray(after))
    assert command("verify", tmp_path / "out.png", *config).status == 0
