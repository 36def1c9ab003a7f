"""The nodes by the documented interface of ComfyUI; its folders are stood in for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance.errors import ConfigError
from provenance.integrations import comfyui
from provenance.integrations.comfyui import NODE_CLASS_MAPPINGS, StampAndSave, Verify, find_model
from provenance.project_file import VARIABLE
from tests.cli.conftest import run_here

Pixels = NDArray[np.uint8]

PROMPT = {
    "1": {"class_type": "Checkpoint", "inputs": {"ckpt_name": "sd\\example.safetensors"}},
    "2": {"class_type": "KSampler", "inputs": {"model": ["1", 0], "seed": 7}},
}
WORKFLOW = {"workflow": {"nodes": [], "version": 0.4}}


@pytest.fixture
def comfy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """ComfyUI's folders and a project; the documented functions of ``folder_paths``."""
    assert run_here("init", tmp_path / "studio", "--producer", "Example AI").status == 0
    monkeypatch.setenv(VARIABLE, str(tmp_path / "studio" / "provenance.toml"))
    for name in ("input", "output"):
        (tmp_path / name).mkdir()
    paths = ModuleType("folder_paths")

    def get_save_image_path(prefix: str, folder: str, *size: int) -> tuple[Any, ...]:
        inner = str(Path(prefix).parent)
        full = Path(folder) / inner
        full.mkdir(parents=True, exist_ok=True)
        name = Path(prefix).name
        count = len(list(full.glob(f"{name}_*"))) + 1
        return str(full), name, count, "" if inner == "." else inner, prefix

    vars(paths).update(
        get_output_directory=lambda: str(tmp_path / "output"),
        get_input_directory=lambda: str(tmp_path / "input"),
        get_annotated_filepath=lambda name: str(tmp_path / "input" / name),
        exists_annotated_filepath=lambda name: (tmp_path / "input" / name).exists(),
        get_save_image_path=get_save_image_path,
    )
    monkeypatch.setitem(sys.modules, "folder_paths", paths)
    yield tmp_path
    comfyui.open_stamper.cache_clear()
    comfyui.open_verifier.cache_clear()


def save(pixels: Pixels, **inputs: Any) -> dict[str, Any]:
    """Call the node as ComfyUI does: with each input by its name."""
    names = StampAndSave.INPUT_TYPES()
    given = {name: each[1]["default"] for name, each in names["required"].items() if len(each) > 1}
    hidden = {"prompt": PROMPT, "extra_pnginfo": WORKFLOW}
    images = pixels[None] / np.float32(255)
    function = getattr(StampAndSave(), StampAndSave.FUNCTION)
    found: dict[str, Any] = function(images=images, **{**given, **hidden, **inputs})
    return found


def test_every_node_has_what_comfyui_asks_for(comfy: Path) -> None:
    assert set(NODE_CLASS_MAPPINGS) == set(comfyui.NODE_DISPLAY_NAME_MAPPINGS)
    nodes: tuple[Any, ...] = tuple(NODE_CLASS_MAPPINGS.values())
    for node in nodes:
        assert callable(getattr(node, node.FUNCTION))
        assert node.CATEGORY == "provenance"
        assert len(node.RETURN_TYPES) == len(node.RETURN_NAMES)
        assert node.INPUT_TYPES()["required"]


@pytest.mark.parametrize("choice", ["keep", "drop"])
def test_pictures_are_stamped_and_saved(comfy: Path, pixels: Pixels, choice: str) -> None:
    found = save(pixels, filename_prefix="day/one", prompt_and_workflow=choice)
    entry = {"filename": "one_00001_.png", "subfolder": "day", "type": "output"}
    assert found["ui"]["images"] == [entry]
    file = comfy / "output" / "day" / "one_00001_.png"
    with Image.open(file) as picture:
        texts, saved = picture.info, np.asarray(picture)
    if choice == "keep":
        assert json.loads(texts["prompt"]) == PROMPT
        assert json.loads(texts["workflow"]) == WORKFLOW["workflow"]
    else:
        assert {"prompt", "workflow"}.isdisjoint(texts)
    marked, ids = found["result"]
    assert marked.shape == (1, *pixels.shape)
    assert np.array_equal(np.rint(marked[0] * 255).astype(np.uint8), saved)
    (comfy / "input" / "upload.png").write_bytes(file.read_bytes())
    verdict = Verify().verify("upload.png")
    state, text = verdict["result"]
    assert state == "attributed"
    assert "example" in text
    assert verdict["ui"]["text"] == [text]
    assert len(ids) == 24


def test_the_verifier_lists_and_refuses_files(comfy: Path) -> None:
    (comfy / "input" / "a.png").write_bytes(b"")
    assert Verify.INPUT_TYPES()["required"]["image"][0] == ["a.png"]
    assert Verify.VALIDATE_INPUTS("a.png") is True
    assert "There is no file b.png" in str(Verify.VALIDATE_INPUTS("b.png"))
    assert Verify.IS_CHANGED("a.png") == (comfy / "input" / "a.png").stat().st_mtime


def test_the_model_is_that_of_the_workflow_or_the_one_that_is_named(
    comfy: Path, pixels: Pixels
) -> None:
    assert find_model(PROMPT) == "example"
    two = {**PROMPT, "3": {"inputs": {"unet_name": "other.safetensors"}}}
    with pytest.raises(ConfigError, match="loads 2 models"):
        save(pixels, prompt=two)
    with pytest.raises(ConfigError, match="loads 0 models"):
        save(pixels, prompt=None)
    assert list((comfy / "output").iterdir()) == []
    assert save(pixels, prompt=two, model="mine", model_version="2")["ui"]["images"]


def test_without_a_config_nothing_is_stamped(
    comfy: Path, pixels: Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.chdir(comfy)
    with pytest.raises(ConfigError, match="There is no config"):
        save(pixels)
    assert list((comfy / "output").iterdir()) == []
