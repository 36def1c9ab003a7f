"""Real pipelines of diffusers, tiny and with random weights: what they return is stamped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import provenance as pv
from provenance.integrations.diffusers import StampingPipeline
from tests.cli.conftest import run_here

pytestmark = pytest.mark.heavy

Pixels = NDArray[np.uint8]

SIDE, STEPS = 256, 2
DEPTH = 4
"""Blocks of the coder, each but one halving the picture: with fewer, what it makes untrained is as
harsh as noise, and holds no mark."""
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WORDS = ("<|startoftext|>", "<|endoftext|>", "a</w>", "b</w>")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The parts of a latent diffusion model, small and untrained."""
    import json

    import torch
    from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(7)
    folder = tmp_path_factory.mktemp("words")
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"))
    tokenizer.model_max_length = 8
    text = CLIPTextConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=8,
        projection_dim=16,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    blocks: dict[str, Any] = {"block_out_channels": (8, 16), "norm_num_groups": 4}
    deep: dict[str, Any] = {"block_out_channels": (8,) * DEPTH, "norm_num_groups": 4}
    return {
        "vae": AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * DEPTH,
            up_block_types=("UpDecoderBlock2D",) * DEPTH,
            latent_channels=4,
            **deep,
        ),
        "unet": UNet2DConditionModel(
            sample_size=SIDE // 2 ** (DEPTH - 1),
            in_channels=4,
            out_channels=4,
            layers_per_block=1,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=16,
            attention_head_dim=2,
            **blocks,
        ),
        "scheduler": DDIMScheduler(steps_offset=1, clip_sample=False),
        "text_encoder": CLIPTextModel(text),
        "tokenizer": tokenizer,
        "safety_checker": None,
        "feature_extractor": None,
        "requires_safety_checker": False,
    }


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studio") / "studio"
    assert run_here("init", folder, "--producer", "Example AI").status == 0
    return folder / "provenance.toml"


def check(config: Path, made: Any, ending: str) -> pv.Verdict:
    (stamped,) = made.stamped
    verdict = pv.load_config(config).verifier().verify(stamped.data)
    assert verdict.state is pv.State.ATTRIBUTED
    assert verdict.origin is not None
    assert str(verdict.origin.source_type).endswith(ending)
    return verdict


def actions(verdict: pv.Verdict) -> set[str]:
    history = verdict.to_json_dict()["history"]
    return {action["action"] for entry in history for action in entry["actions"]}


def test_text_to_image(parts: dict[str, Any], config: Path) -> None:
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline(**parts)
    pipeline.set_progress_bar_config(disable=True)
    stamper = pv.load_config(config).stamper()
    wrapped = StampingPipeline(pipeline, stamper, model="tiny", model_version="1").to("cpu")
    assert isinstance(wrapped, StampingPipeline)
    size: dict[str, Any] = {"height": SIDE, "width": SIDE, "num_inference_steps": STEPS}
    made = wrapped("a b", **size)
    verdict = check(config, made, "/trainedAlgorithmicMedia")
    assert "c2pa.created" in actions(verdict)
    assert isinstance(made.images[0], Image.Image)
    assert made.images[0].size == (SIDE, SIDE)
    for kind in ("np", "pt"):
        made = wrapped("a b", output_type=kind, **size)
        plain = made.output.images
        assert type(made.images) is type(plain)
        assert made.images.dtype == plain.dtype
        assert made.images.shape == plain.shape
        assert 0 < abs(made.images - plain).max() < 0.2
        check(config, made, "/trainedAlgorithmicMedia")
    latent = wrapped("a b", output_type="latent", **size)
    assert latent.stamped == ()
    assert latent.images.shape[1] == 4


def test_two_at_once(parts: dict[str, Any], config: Path) -> None:
    from diffusers import StableDiffusionPipeline

    wrapped = StampingPipeline(
        StableDiffusionPipeline(**parts), pv.load_config(config).stamper(), model="tiny"
    )
    wrapped.set_progress_bar_config(disable=True)
    made = wrapped(["a", "b"], height=SIDE, width=SIDE, num_inference_steps=STEPS, output_type="pt")
    assert len({each.record.stamp_id for each in made.stamped}) == 2


def test_image_to_image(parts: dict[str, Any], config: Path) -> None:
    import torch
    from diffusers import StableDiffusionImg2ImgPipeline

    stamper = pv.load_config(config).stamper()
    spots = np.random.default_rng(3).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    source = Image.fromarray(spots).resize((SIDE, SIDE))
    parent = stamper.stamp(source, model="camera")
    pipeline = StableDiffusionImg2ImgPipeline(**parts)
    pipeline.set_progress_bar_config(disable=True)
    made = StampingPipeline(pipeline, stamper, model="tiny")(
        "a",
        source,
        strength=0.9,
        num_inference_steps=STEPS,
        generator=torch.manual_seed(3),
        parent=parent.data,
    )
    verdict = check(config, made, "/compositeWithTrainedAlgorithmicMedia")
    assert "c2pa.edited" in actions(verdict)
    assert made.stamped[0].record.parent == parent.record.stamp_id


def test_inpainting(parts: dict[str, Any], config: Path, photograph: Pixels) -> None:
    from diffusers import StableDiffusionInpaintPipeline

    pipeline = StableDiffusionInpaintPipeline(**parts)
    pipeline.set_progress_bar_config(disable=True)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[64:192, 64:192] = 255
    made = StampingPipeline(pipeline, pv.load_config(config).stamper(), model="tiny")(
        "a",
        Image.fromarray(np.ascontiguousarray(photograph[:SIDE, :SIDE])),
        Image.fromarray(mask),
        height=SIDE,
        width=SIDE,
        num_inference_steps=STEPS,
    )
    verdict = check(config, made, "/compositeWithTrainedAlgorithmicMedia")
    assert "c2pa.placed" in actions(verdict)


def test_name_and_commit_come_from_where_it_was_loaded(
    parts: dict[str, Any], config: Path, tmp_path: Path
) -> None:
    from diffusers import StableDiffusionPipeline

    saved = tmp_path / "models--somebody--tiny" / "snapshots" / COMMIT
    StableDiffusionPipeline(**parts).save_pretrained(saved)
    loaded = StableDiffusionPipeline.from_pretrained(saved, safety_checker=None)
    loaded.set_progress_bar_config(disable=True)
    made = StampingPipeline(loaded, pv.load_config(config).stamper())(
        "a", height=SIDE, width=SIDE, num_inference_steps=STEPS
    )
    record = made.stamped[0].record
    assert (record.model, record.model_version) == (COMMIT, COMMIT)
