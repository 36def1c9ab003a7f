"""Nodes for ComfyUI: stamp and save pictures, and verify a file.

A folder in ``custom_nodes`` with one line makes them known:

    from provenance.integrations.comfyui import NODE_CLASS_MAPPINGS, NODE_DISPLAY_NAME_MAPPINGS

The config file is that of ``PROVENANCE_CONFIG``, or ``provenance.toml`` where ComfyUI was started;
a workflow, which may come from a stranger, can't name one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from PIL import Image

from provenance.config import Config, load
from provenance.errors import ConfigError
from provenance.imaging import Pixels
from provenance.integrations.model_stamper import ModelStamper
from provenance.integrations.pixels import restore
from provenance.manifest import ModelAction
from provenance.project_file import VARIABLE, find_project
from provenance.stamp import Stamper
from provenance.verify import Verifier

KEEP, DROP = "keep", "drop"
"""What becomes of prompt and workflow, which say how a picture was made."""

LOADERS = ("ckpt_name", "unet_name")
"""Inputs by which nodes name the file of a model."""

_FROM_WORKFLOW = "What made the pictures; empty: the file name of the workflow's only model."

Definition = dict[str, dict[str, Any]]


class StampAndSave:
    """Marks, signs and records pictures, and saves the signed files."""

    CATEGORY: ClassVar = "provenance"
    DESCRIPTION: ClassVar = "Stamp pictures and save the signed files in the output folder."
    FUNCTION: ClassVar = "save"
    OUTPUT_NODE: ClassVar = True
    RETURN_TYPES: ClassVar = ("IMAGE", "STRING")
    RETURN_NAMES: ClassVar = ("marked", "stamp_ids")

    @classmethod
    def INPUT_TYPES(cls) -> Definition:  # noqa: N802 (ComfyUI asks for this name)
        """Say what the node takes."""
        return {
            "required": {
                "images": ("IMAGE",),
                "filename_prefix": ("STRING", {"default": "stamped"}),
                "model": ("STRING", {"default": "", "tooltip": _FROM_WORKFLOW}),
                "model_version": ("STRING", {"default": ""}),
                "action": (list(map(str, ModelAction)), {"default": "created"}),
                "prompt_and_workflow": ([KEEP, DROP], {"default": KEEP}),
            },
            "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"},
        }

    def save(
        self,
        images: Any,
        filename_prefix: str,
        model: str,
        model_version: str,
        action: str,
        prompt_and_workflow: str,
        prompt: Mapping[str, Any] | None = None,
        extra_pnginfo: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Stamp and save each picture; the first that can't be stamped ends it.

        Raises
        ------
        ConfigError
            There is no config, or the workflow does not tell the model.
        ProvenanceError
            A picture can't be stamped or saved.
        """
        name = model.strip() or find_model(prompt or {})
        maker = ModelStamper(open_stamper(), name, model_version, fresh=True).doing(action)
        texts = {} if prompt_and_workflow == DROP else _write_texts(prompt, extra_pnginfo)
        pictures = [_as_picture(each, texts) for each in _to_bytes(images)]
        folder, stem, counter, inner = _choose_names(filename_prefix, *pictures[0].size)
        stamped, saved = [], []
        for number, picture in enumerate(pictures):
            file = f"{stem.replace('%batch_num%', str(number))}_{counter + number:05}_.png"
            stamped.append(maker.stamp(picture, to=Path(folder, file)))
            saved.append({"filename": file, "subfolder": inner, "type": "output"})
        ids = "\n".join(each.record.stamp_id for each in stamped)
        marked = restore(images, stamped, channels_first=False)
        return {"ui": {"images": saved}, "result": (marked, ids)}


class Verify:
    """Says where a file in the input folder comes from."""

    CATEGORY: ClassVar = "provenance"
    DESCRIPTION: ClassVar = "Verify a file: its manifest, its mark, and the registry."
    FUNCTION: ClassVar = "verify"
    OUTPUT_NODE: ClassVar = True
    RETURN_TYPES: ClassVar = ("STRING", "STRING")
    RETURN_NAMES: ClassVar = ("state", "text")

    @classmethod
    def INPUT_TYPES(cls) -> Definition:  # noqa: N802
        """Say what the node takes: a file, because pixels alone have lost the manifest."""
        folder = Path(_paths().get_input_directory())
        names = sorted(each.name for each in folder.iterdir() if each.is_file())
        return {"required": {"image": (names, {"image_upload": True})}}

    @classmethod
    def IS_CHANGED(cls, image: str) -> float:  # noqa: N802
        """Tell whether the file is another one by now."""
        return Path(_paths().get_annotated_filepath(image)).stat().st_mtime

    @classmethod
    def VALIDATE_INPUTS(cls, image: str) -> bool | str:  # noqa: N802
        """Refuse a file that is not there."""
        found = _paths().exists_annotated_filepath(image)
        return True if found else f"There is no file {image} in the input folder."

    def verify(self, image: str) -> dict[str, Any]:
        """Examine the file and tell state and reasons.

        Raises
        ------
        ProvenanceError
            The file can't be used.
        """
        verdict = open_verifier().verify(_paths().get_annotated_filepath(image))
        text = verdict.explain()
        return {"ui": {"text": [text]}, "result": (verdict.state.value, text)}


NODE_CLASS_MAPPINGS = {"ProvenanceStampAndSave": StampAndSave, "ProvenanceVerify": Verify}
NODE_DISPLAY_NAME_MAPPINGS = {
    "ProvenanceStampAndSave": "Stamp and save (provenance)",
    "ProvenanceVerify": "Verify (provenance)",
}


def find_model(prompt: Mapping[str, Any]) -> str:
    """Return the name of the only model that a workflow loads, without folder and suffix.

    Raises
    ------
    ConfigError
        It loads none, or several.
    """
    nodes = [node.get("inputs", {}) for node in prompt.values() if isinstance(node, dict)]
    found = {
        Path(inputs[name].replace("\\", "/")).stem
        for inputs in nodes
        for name in LOADERS
        if isinstance(inputs.get(name), str)
    }
    if len(found) != 1:
        raise ConfigError(
            f"The workflow loads {len(found)} models: say in the node which one made the pictures."
        )
    return found.pop()


@cache
def open_stamper() -> Stamper:
    """Build the stamper of the config, once.

    Raises
    ------
    ConfigError
        There is no config, or it does not serve for stamping.
    """
    return _require_config().stamper()


@cache
def open_verifier() -> Verifier:
    """Build the verifier of the config, once; without one it has no anchors and no registry."""
    config = _find_config()
    return Verifier() if config is None else config.verifier()


def _find_config() -> Config | None:
    file = find_project()
    return None if file is None else load(file)


def _require_config() -> Config:
    config = _find_config()
    if config is None:
        raise ConfigError(
            f"There is no config: make one with 'provenance init DIR --producer NAME', and name "
            f"it in {VARIABLE} before ComfyUI is started."
        )
    return config


def _paths() -> Any:
    """Return ComfyUI's module of folders, which is there when it runs."""
    return import_module("folder_paths")


def _choose_names(prefix: str, width: int, height: int) -> tuple[str, str, int, str]:
    """Return folder, stem, number of the next file, and the folder below that for outputs."""
    paths = _paths()
    folder, stem, counter, inner, _ = paths.get_save_image_path(
        prefix, paths.get_output_directory(), width, height
    )
    return folder, stem, counter, inner


def _as_picture(pixels: Pixels, texts: Mapping[str, str]) -> Image.Image:
    picture = Image.fromarray(pixels)
    picture.info.update(texts)
    return picture


def _write_texts(
    prompt: Mapping[str, Any] | None, extra: Mapping[str, Any] | None
) -> dict[str, str]:
    """Return what ComfyUI writes into a PNG, from which it reads a workflow again."""
    said = {"prompt": prompt, **(extra or {})}
    return {name: json.dumps(value) for name, value in said.items() if value is not None}


def _to_bytes(images: Any) -> Pixels:
    """Take a batch (N, H, W, C) of floats as ComfyUI saves it: values beyond 0 to 1 are cut off."""
    pixels = np.asarray(images.cpu().numpy() if hasattr(images, "cpu") else images)
    steps: Pixels = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    return steps
