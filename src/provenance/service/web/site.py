"""What every route works with: the engine, the gate, threads, and room for uploads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from starlette.requests import Request

from provenance.service.access.caller import Caller
from provenance.service.access.gate import Gate
from provenance.service.access.lookups import LookupLog
from provenance.service.access.scopes import Scope
from provenance.service.engine.engine import Engine
from provenance.service.refusals import BusyError
from provenance.service.telemetry import Telemetry
from provenance.service.web.uploads import Upload, read_upload

if TYPE_CHECKING:
    from provenance.config import Config

MIB = 2**20
ACCESS_LOG = "access.jsonl"

P = ParamSpec("P")
T = TypeVar("T")


class Site:
    """One running service.

    Raises
    ------
    ConfigError, OutputNotWritableError
        A part can't be built from the config.
    """

    def __init__(self, config: Config) -> None:
        self.config, self.section = config, config.service
        self.telemetry = Telemetry(self.section)
        self.gate = Gate(self.section)
        self.engine = Engine(config, self.telemetry)
        self.max_bytes = self.section.max_mib * MIB
        self.lookups = LookupLog(self.section.access_log or config.folder / ACCESS_LOG)
        self.draining = False
        self._room = self.section.waiting
        workers = config.isolation.count()
        # Twice as many threads as workers, so that none waits while a thread reads or writes.
        self._threads = ThreadPoolExecutor(2 * workers, thread_name_prefix="work")
        self._lookups = ThreadPoolExecutor(8, thread_name_prefix="look-up")

    def admit(self, request: Request, scope: Scope) -> Caller:
        """Return who asks, if they may; see ``Gate.admit``."""
        host = request.client.host if request.client else None
        request.state.caller = caller = self.gate.admit(
            request.headers.get("authorization"), host, scope
        )
        return caller

    def find_base(self, request: Request) -> str:
        """Return the address of the interface: the configured one, or the one that was asked."""
        return (self.section.address or str(request.base_url)).rstrip("/") + "/v1"

    @asynccontextmanager
    async def upload(self, request: Request) -> AsyncIterator[Upload]:
        """Read an upload where there is room for one, and hold it while the context is open.

        Raises
        ------
        BusyError
            As many are held as may be.
        """
        async with self.room():
            yield await read_upload(request, self.max_bytes)

    @asynccontextmanager
    async def room(self) -> AsyncIterator[None]:
        """Take room for one upload.

        Raises
        ------
        BusyError
            There is none.
        """
        if self._room <= 0:
            raise BusyError("The service has as much to do as it can; try again in a moment.")
        self._room -= 1
        try:
            yield
        finally:
            self._room += 1

    async def work(self, action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what takes long in a thread."""
        call = partial(action, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def look_up(self, action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what waits for a disk or database in a thread that no picture holds."""
        call = partial(action, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._lookups, call)

    def close(self) -> None:
        """End what was started, once nothing is under way."""
        self._threads.shutdown()
        self._lookups.shutdown()
        self.engine.close()
        self.lookups.close()
        self.telemetry.close()
