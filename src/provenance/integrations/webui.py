"""A script for AUTOMATIC1111's web UI and Forge: every picture that they save is stamped.

An extension's ``scripts`` folder with one line registers it:

    from provenance.integrations import webui; webui.register()

What the web UI wrote into the file (``parameters``) is kept. A file that can't be stamped gets
another name, so that no program takes it for one that was. The config file is that of
``PROVENANCE_CONFIG``, or ``provenance.toml`` where the web UI was started.
"""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from provenance.config import load
from provenance.errors import ConfigError, ProvenanceError
from provenance.files import read_bytes
from provenance.integrations.model_stamper import ModelStamper
from provenance.manifest import ModelAction
from provenance.project_file import VARIABLE, find_project
from provenance.stamp import Stamper

logger = logging.getLogger(__name__)

UNSTAMPED = ".unstamped"
"""What the name of a file ends in that could not be stamped."""

_MODEL = re.compile(r"(?:^|, )Model: ([^,\n]+)")
_HASH = re.compile(r"(?:^|, )Model hash: (\w+)")


@dataclass(frozen=True)
class Made:
    """What the web UI tells of a picture: model, hash of its file, and what was done."""

    model: str
    version: str
    action: ModelAction


def register() -> None:
    """Have the web UI call ``on_saved`` for each picture that it saves.

    Raises
    ------
    ConfigError
        There is no config, or it does not serve for stamping.
    """
    stamper = open_stamper()
    callbacks = import_module("modules.script_callbacks")
    callbacks.on_image_saved(lambda saved: on_saved(stamper, saved))


def open_stamper() -> Stamper:
    """Build the stamper of the config.

    Raises
    ------
    ConfigError
        There is no config, or it does not serve for stamping.
    """
    file = find_project()
    if file is None:
        raise ConfigError(
            "There is no config: make one with 'provenance init DIR --producer NAME', and name it "
            f"in {VARIABLE} before the web UI is started."
        )
    return load(file).stamper()


def on_saved(stamper: Stamper, saved: Any) -> None:
    """Stamp a file that was saved: ``saved`` has ``filename``, ``p`` and ``pnginfo``.

    Raises
    ------
    ProvenanceError
        It can't be stamped, and has another name now.
    """
    file = Path(saved.filename)
    try:
        made = read_made(getattr(saved, "p", None), getattr(saved, "pnginfo", None) or {})
        maker = ModelStamper(stamper, made.model, made.version, fresh=True).doing(made.action)
        maker.stamp(read_bytes(file, stamper.limits.max_bytes), to=file, overwrite=True)
    except ProvenanceError:
        if file.exists():
            aside = file.with_name(file.name + UNSTAMPED)
            os.replace(file, aside)  # noqa: PTH105 (over an older one)
            logger.exception("%s could not be stamped; it is now %s.", file.name, aside.name)
        raise


def read_made(processing: Any, pnginfo: dict[str, Any]) -> Made:
    """Read what made a picture from the web UI's job and from the ``parameters`` that it wrote.

    Raises
    ------
    ConfigError
        Neither names a model.
    """
    parameters = str(pnginfo.get("parameters", ""))
    model = str(getattr(processing, "sd_model_name", "") or _find(_MODEL, parameters))
    version = str(getattr(processing, "sd_model_hash", "") or _find(_HASH, parameters))
    if not model:
        raise ConfigError("The web UI does not tell which model made the picture.")
    return Made(model, version, choose_action(processing))


def choose_action(processing: Any) -> ModelAction:
    """Tell what was done by what the job was given: a mask, pictures, or neither."""
    if getattr(processing, "image_mask", None) is not None:
        return ModelAction.PLACED
    if getattr(processing, "init_images", None):
        return ModelAction.EDITED
    return ModelAction.CREATED


def _find(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1].strip() if match else ""
