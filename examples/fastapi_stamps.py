"""A service whose pictures are all stamped, or not sent.

Run it: python examples/fastapi_stamps.py. It asks itself, without a network. It needs fastapi and
httpx. A service of your own has what build_app does, and runs under uvicorn.
"""

import asyncio
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np
from fastapi import FastAPI, Response
from PIL import Image

import provenance as pv
from provenance.integrations.asgi import StampImages
from provenance.signers import development


def build_app(stamper: pv.Stamper) -> FastAPI:
    app = FastAPI()
    app.add_middleware(StampImages, stamper=stamper, model="example-diffusion", fresh=True)

    @app.get("/picture")
    def make_picture(seed: int = 7, side: int = 768) -> Response:
        file = BytesIO()
        spots = np.random.default_rng(seed).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(spots).resize((side, side)).save(file, "PNG")
        return Response(file.getvalue(), media_type="image/png")

    return app


async def ask(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        for address in ("/picture", "/picture?side=20"):
            found = await client.get(address)
            stamped = "provenance-stamp-id" in found.headers
            print(f"{address}: {'stamped' if stamped else found.json()['title']}")


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "signer.pem").write_bytes(development.create("Example AI").signer)
        stamper = pv.Stamper(
            producer=pv.Producer("Example AI", 600_000),
            signer=pv.open_signer("file:signer.pem", folder=folder),
            registry=pv.open_registry("sqlite:///stamps.db", create=True, base=folder),
        )
        asyncio.run(ask(build_app(stamper)))


if __name__ == "__main__":
    main()
