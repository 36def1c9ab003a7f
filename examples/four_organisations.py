"""Two producers, a platform, the police: from a claim to proof by files alone, and back.

Run it: python examples/four_organisations.py. It works in a temporary folder.
"""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

import provenance as pv
from provenance.cli.project import create
from provenance.response import write_request, write_response


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        ada = pv.load_config(create(folder / "ada", "Ada Images"))
        babel = pv.load_config(create(folder / "babel", "Babel Pictures"))
        spots = np.random.default_rng(7).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        stamped = ada.stamper().stamp(Image.fromarray(spots).resize((768, 768)), model="m").data
        cropped = Image.open(BytesIO(stamped)).crop((60, 40, 700, 720))
        cropped.save(folder / "found.jpg", quality=80)

        directory = pv.Directory.load(folder / who / "directory.json" for who in ("ada", "babel"))

        def examine(who: str, *responses: Path) -> pv.Verdict:
            answers = map(pv.load_response, responses)
            verifier = pv.Verifier(directory=directory, responses=answers)
            verdict = verifier.verify(folder / "found.jpg")
            print(f"{who}: {verdict.state}, {verdict.origin and verdict.origin.producer}")
            return verdict

        # The police ask by stamp id; the request holds no picture. Anybody may try to answer.
        claim = examine("the platform, with a mark alone")
        asked = pv.Request(claim.evidence.marks[0].stamp_id, datetime.now(UTC), case="17")
        (folder / "request.json").write_bytes(write_request(asked))
        first = answer(ada, folder, "response.json")
        examine("the police, with Ada's response", first)
        examine("the police, with Babel's alone", answer(babel, folder, "false.json"))

        # Ada revokes the stamp; the older answer helps no more.
        ada.open_registry().revoke(asked.stamp_id, "made by mistake")
        examine("the police, after that", first, answer(ada, folder, "newer.json"))


def answer(producer: pv.Config, folder: Path, file: str) -> Path:
    request = pv.read_request((folder / "request.json").read_bytes())
    found = producer.responder().answer(request)
    (folder / file).write_bytes(write_response(found, producer.open_responder()))
    return folder / file


if __name__ == "__main__":
    main()
