"""A pipeline of diffusers whose pictures are stamped. It needs diffusers, transformers and torch.

Run it: python examples/diffusers_stamps.py NAME, with the name or folder of a pipeline, for which
PROVENANCE_CONFIG names a config file.
"""

import os
import sys

from diffusers import AutoPipelineForText2Image

import provenance as pv
from provenance.integrations.diffusers import StampingPipeline


def main() -> None:
    stamper = pv.load_config(os.environ["PROVENANCE_CONFIG"]).stamper()
    pipeline = StampingPipeline(AutoPipelineForText2Image.from_pretrained(sys.argv[1]), stamper)
    made = pipeline("a lighthouse", num_inference_steps=2, height=256, width=256)
    made.stamped[0].save("lighthouse.png")
    record = made.stamped[0].record
    print(f"lighthouse.png: {record.stamp_id}, made by {record.model}")


if __name__ == "__main__":
    main()
