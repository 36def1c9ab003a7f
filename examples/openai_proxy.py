"""A proxy before an API of images in the style of OpenAI: what it passes on is stamped.

export PROVENANCE_CONFIG=studio/provenance.toml UPSTREAM=https://api.example.com
MODEL=example-diffusion uvicorn openai_proxy:app

It needs fastapi, httpx and uvicorn. A client sends its key for the upstream as before. MODEL is
what every stamp states, so the upstream must answer with that model alone.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from functools import cache

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

import provenance as pv
from provenance.integrations.model_stamper import ModelStamper
from provenance.integrations.openai_images import ACTIONS, Restamper, describe

UPSTREAM = os.environ.get("UPSTREAM", "http://127.0.0.1:9")
PASSED = ("authorization", "content-type", "openai-organization", "openai-project")
MAX_REQUEST = 64 * 2**20
app = FastAPI()
client = httpx.Client(base_url=UPSTREAM, timeout=300, follow_redirects=False)


@cache
def restamper(action: str) -> Restamper:
    stamper = pv.load_config(os.environ["PROVENANCE_CONFIG"]).stamper()
    return Restamper(ModelStamper(stamper, os.environ["MODEL"]).doing(action))


@app.post("/v1/images/{task}")
async def make(task: str, request: Request) -> Response:
    size = request.headers.get("content-length", "")
    if task not in ACTIONS or not size.isdecimal() or int(size) > MAX_REQUEST:
        return JSONResponse({"error": {"message": "This is not offered, or is too long."}}, 400)
    headers = {name: request.headers[name] for name in PASSED if name in request.headers}
    asked = client.build_request(
        "POST", f"/v1/images/{task}", content=await request.body(), headers=headers
    )
    return await run_in_threadpool(answer, restamper(ACTIONS[task]), asked)


def answer(stamping: Restamper, asked: httpx.Request) -> Response:
    try:
        found = client.send(asked, stream=True)
        kind = found.headers.get("content-type", "")
        if found.is_success and kind.startswith("text/event-stream"):
            return StreamingResponse(follow(stamping, found), media_type="text/event-stream")
        found.read()
        if kind.startswith("application/json"):
            said = found.json()
            return JSONResponse(
                stamping.stamp_answer(said) if found.is_success else said, found.status_code
            )
    except pv.ProvenanceError as error:
        return JSONResponse({"error": describe(error)}, 500)
    except (httpx.HTTPError, ValueError):
        pass
    return JSONResponse({"error": {"message": "The upstream did not answer as it should."}}, 502)


def follow(stamping: Restamper, found: httpx.Response) -> Iterator[str]:
    with closing(found):
        yield from stamping.stamp_events(found.iter_lines())
