"""The script by what the web UI hands to it: a saved file, its job, and what it wrote of it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from provenance.errors import ConfigError, ImageTooSmallError
from provenance.integrations import webui
from provenance.integrations.webui import choose_action, on_saved, read_made
from provenance.project_file import VARIABLE
from provenance.verify import State, Verifier
from tests.cli.conftest import run_here
from tests.integration.studio import Studio

Pixels = NDArray[np.uint8]

PARAMETERS = (
    "a lighthouse\nNegative prompt: people\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, "
    "Size: 256x256, Model hash: 6ce0161689, Model: example-diffusion, Version: v1.10.1"
)


def save(file: Path, pixels: Pixels, **job: Any) -> SimpleNamespace:
    """Save as the web UI does, and return what it hands to scripts."""
    texts = PngInfo()
    texts.add_text("parameters", PARAMETERS)
    Image.fromarray(pixels).save(file, "PNG", pnginfo=texts)
    pnginfo = {"parameters": PARAMETERS}
    return SimpleNamespace(filename=str(file), p=SimpleNamespace(**job), pnginfo=pnginfo)


def test_a_saved_file_is_stamped_in_place_with_its_parameters(
    studio: Studio, verifier: Verifier, pixels: Pixels, tmp_path: Path
) -> None:
    file = tmp_path / "00000-1.png"
    on_saved(studio.stamper, save(file, pixels))
    with Image.open(file) as picture:
        assert picture.info["parameters"] == PARAMETERS
    verdict = verifier.verify(file)
    assert verdict.state is State.ATTRIBUTED
    assert verdict.origin is not None
    assert verdict.origin.model == "example-diffusion"
    assert verdict.origin.model_version == "6ce0161689"
    assert [each.name for each in tmp_path.glob("0*")] == [file.name]


def test_a_file_that_can_not_be_stamped_is_set_aside(
    studio: Studio, pixels: Pixels, tmp_path: Path
) -> None:
    file = tmp_path / "00000-1.png"
    with pytest.raises(ImageTooSmallError):
        on_saved(studio.stamper, save(file, pixels[:40, :40]))
    assert [each.name for each in tmp_path.glob("0*")] == ["00000-1.png.unstamped"]
    assert studio.registry.size == 0


def test_jobs_tell_model_and_action() -> None:
    job = SimpleNamespace(sd_model_name="tuned", sd_model_hash="abc", init_images=[1])
    made = read_made(job, {"parameters": PARAMETERS})
    assert (made.model, made.version, made.action) == ("tuned", "abc", "edited")
    assert choose_action(SimpleNamespace(init_images=[1], image_mask=2)) == "placed"
    assert choose_action(SimpleNamespace(init_images=[1], image_mask=None)) == "edited"
    assert choose_action(None) == "created"
    with pytest.raises(ConfigError, match="does not tell"):
        read_made(None, {})


def test_it_registers_itself(
    tmp_path: Path, pixels: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []
    callbacks = ModuleType("modules.script_callbacks")
    vars(callbacks)["on_image_saved"] = calls.append
    monkeypatch.setitem(sys.modules, "modules", ModuleType("modules"))
    monkeypatch.setitem(sys.modules, "modules.script_callbacks", callbacks)
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="There is no config"):
        webui.register()
    assert run_here("init", tmp_path / "studio", "--producer", "Example AI").status == 0
    monkeypatch.setenv(VARIABLE, str(tmp_path / "studio" / "provenance.toml"))
    webui.register()
    file = tmp_path / "a.png"
    calls[0](save(file, pixels))
    assert run_here("verify", file).status == 0
