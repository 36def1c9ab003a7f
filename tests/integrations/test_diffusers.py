"""The contract with pipelines, by stand-ins of their shape; tests/heavy has real ones."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance.errors import ConfigError, ImageTooSmallError, UnsupportedFormatError
from provenance.integrations.diffusers import (
    StampingPipeline,
    choose_action,
    find_name,
    find_revision,
)
from provenance.verify import State, Verifier
from tests.integration.studio import Studio

Pixels = NDArray[np.uint8]

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Tensor:
    """Stands for a tensor of PyTorch: channels first, and another one of its kind on request."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values = values
        self.ndim, self.shape, self.dtype = values.ndim, values.shape, values.dtype

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def numpy(self) -> NDArray[Any]:
        return self.values

    def new_tensor(self, values: NDArray[Any]) -> Tensor:
        return Tensor(values.astype(self.dtype))

    def __iter__(self) -> Any:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)


class FluxPipeline:
    """Stands for any pipeline that makes pictures of words, and optionally of a picture."""

    name_or_path = "somebody/example-diffusion"
    scheduler = "a scheduler"

    def __init__(self, images: Any) -> None:
        path = f"/home/somebody/models--a--b/snapshots/{COMMIT}/unet"
        self.components = {"unet": SimpleNamespace(config=SimpleNamespace(_name_or_path=path))}
        self._images = images

    def __call__(
        self,
        prompt: str,
        image: Any = None,
        mask_image: Any = None,
        output_type: str = "pil",
        return_dict: bool = True,
    ) -> Any:
        return SimpleNamespace(images=self._images, nsfw_content_detected=[False])

    def to(self, device: str) -> FluxPipeline:
        return self

    def describe(self) -> str:
        return "flux"


def wrap(studio: Studio, images: Any, **options: Any) -> StampingPipeline:
    return StampingPipeline(FluxPipeline(images), studio.stamper, workers=1, **options)


def test_a_picture_of_words_is_stamped_as_created(
    studio: Studio, verifier: Verifier, pixels: Pixels
) -> None:
    made = wrap(studio, [Image.fromarray(pixels)])("a lighthouse")
    (stamped,) = made.stamped
    verdict = verifier.verify(stamped.data)
    assert verdict.state is State.ATTRIBUTED
    assert verdict.origin is not None
    assert verdict.origin.model == "somebody/example-diffusion"
    assert verdict.origin.model_version == COMMIT
    assert str(verdict.origin.source_type).endswith("/trainedAlgorithmicMedia")
    assert made.output.nsfw_content_detected == [False]
    saved = io.BytesIO()
    made.images[0].save(saved, "PNG")
    (mark,) = verifier.verify(saved.getvalue()).evidence.marks  # all that is left
    assert mark.stamp_id == stamped.record.stamp_id


@pytest.mark.parametrize("kind", ["np", "pt"])
def test_the_type_that_was_asked_for_comes_back_marked(
    studio: Studio, verifier: Verifier, pixels: Pixels, kind: str
) -> None:
    floats = (pixels[None] / np.float32(255)).astype(np.float32)
    images: Any = floats if kind == "np" else Tensor(np.moveaxis(floats, -1, -3))
    made = wrap(studio, images)("words", output_type=kind)
    assert type(made.images) is type(images)
    values = made.images if kind == "np" else np.moveaxis(made.images.values, -3, -1)
    assert values.dtype == np.float32
    assert values.shape == floats.shape
    back = np.rint(values[0] * 255).astype(np.uint8)
    decoded = np.asarray(Image.open(io.BytesIO(made.stamped[0].data)))
    assert np.array_equal(back, decoded)


def test_an_edit_names_its_parent(studio: Studio, verifier: Verifier, pixels: Pixels) -> None:
    parent = studio.stamper.stamp(pixels, model="m", fresh=True)
    other = Image.fromarray(np.ascontiguousarray(pixels[:, ::-1]))
    made = wrap(studio, [other])("words", other, parent=parent.data)
    assert made.stamped[0].record.parent == parent.record.stamp_id
    history = verifier.verify(made.stamped[0].data).to_json_dict()["history"]
    actions = [action["action"] for entry in history for action in entry["actions"]]
    assert "c2pa.edited" in actions
    assert "c2pa.created" in actions


@pytest.mark.parametrize(
    ("pipeline", "given", "action"),
    [
        ("StableDiffusionPipeline", {"prompt": "x"}, "created"),
        ("StableDiffusionImg2ImgPipeline", {"image": 1, "strength": 0.8}, "edited"),
        ("FluxKontextPipeline", {"image": 1}, "edited"),
        ("Flux2Pipeline", {"image": None}, "created"),
        ("OmniGenPipeline", {"input_images": [1]}, "edited"),
        ("StableDiffusionInpaintPipeline", {"image": 1, "mask_image": 2}, "placed"),
        ("StableDiffusionControlNetPipeline", {"image": 1}, "created"),
        ("StableDiffusionXLAdapterPipeline", {"image": 1}, "created"),
        ("StableDiffusionControlNetImg2ImgPipeline", {"image": 1, "control_image": 2}, "edited"),
        ("FluxControlPipeline", {"control_image": 2}, "created"),
        ("StableDiffusionControlNetInpaintPipeline", {"image": 1, "mask_image": 2}, "placed"),
        ("StableDiffusionPipeline", {"ip_adapter_image": 1}, "created"),
    ],
)
def test_what_a_model_does_is_told_by_its_arguments(
    pipeline: str, given: dict[str, Any], action: str
) -> None:
    assert choose_action(pipeline, given) == action


def test_who_knows_better_says_so(studio: Studio, verifier: Verifier, pixels: Pixels) -> None:
    """A refiner is given what another model made, and the two made the whole picture."""
    picture = Image.fromarray(pixels)
    made = wrap(studio, [picture], model="other", model_version="2")("w", picture, action="created")
    origin = verifier.verify(made.stamped[0].data).origin
    assert origin is not None
    assert (origin.model, origin.model_version) == ("other", "2")
    assert str(origin.source_type).endswith("/trainedAlgorithmicMedia")


def test_latents_are_not_pictures_yet(studio: Studio) -> None:
    latents = np.zeros((1, 4, 8, 8))
    made = wrap(studio, latents)("words", output_type="latent")
    assert made.stamped == ()
    assert made.images is latents
    assert studio.registry.size == 0


def test_all_or_nothing_comes_back(studio: Studio, pixels: Pixels) -> None:
    pictures = [Image.fromarray(pixels), Image.fromarray(pixels[:40, :40])]
    with pytest.raises(ImageTooSmallError):
        wrap(studio, pictures)("words")
    with pytest.raises(UnsupportedFormatError, match="FluxPipeline returned something else"):
        wrap(studio, [pictures])("words")
    with pytest.raises(UnsupportedFormatError):
        wrap(studio, None)("words")
    with pytest.raises(ConfigError, match="return_dict"):
        wrap(studio, pictures)("words", return_dict=False)


def test_the_rest_of_the_pipeline_is_there(studio: Studio) -> None:
    wrapped = wrap(studio, [])
    assert wrapped.scheduler == "a scheduler"
    assert wrapped.to("cpu") is wrapped  # and not the bare one
    assert wrapped.describe() == "flux"
    with pytest.raises(AttributeError):
        _ = wrapped.nothing


def test_names_and_versions() -> None:
    assert find_name(SimpleNamespace(name_or_path="/home/me/models/tuned")) == "tuned"
    assert find_name(SimpleNamespace(name_or_path="./tuned")) == "tuned"
    assert find_name(SimpleNamespace(name_or_path="org/name")) == "org/name"
    with pytest.raises(ConfigError, match="has no name"):
        find_name(SimpleNamespace(name_or_path=None))
    assert find_revision(FluxPipeline(None)) == COMMIT
    two = FluxPipeline(None)
    two.components["vae"] = SimpleNamespace(
        config=SimpleNamespace(_name_or_path=f"/x/snapshots/{COMMIT[::-1]}/vae")
    )
    assert find_revision(two) == ""
    assert find_revision(SimpleNamespace()) == ""
