"""A plug-in of pytest: a test fails when an unstamped picture leaves the program that it tests.

It is installed with the package and does nothing before it is asked to:

    pytest --stamped-pictures       # every picture in an answer of HTTP is looked at
    stamped_pictures = true         # the same, in the settings

Looked at is what ``httpx``, ``httpx2`` and ``requests`` receive during a test, and so what the test
clients of FastAPI and Starlette do. The fixture ``leaving`` checks all else: files in its folder,
and bytes. The marker ``unstamped_pictures`` exempts a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.integrations.stamped_check import StampedCheck

OPTION, CONFIG = "stamped_pictures", "stamped_config"
MARKER = "unstamped_pictures"

CLIENTS = (
    ("httpx", "Client"),
    ("httpx", "AsyncClient"),
    ("httpx2", "Client"),
    ("httpx2", "AsyncClient"),
    ("requests", "Session"),
)
"""Classes with a method ``send`` that returns an answer."""


class Leaving:
    """What leaves a program in a test: checked at once, or when the test has ended.

    Attributes
    ----------
    folder
        Each picture in and below it must be stamped when the test ends.
    """

    def __init__(self, folder: Path, check: StampedCheck) -> None:
        self.folder = folder
        self._check = check

    def check(self, picture: bytes | Path, name: str = "a picture") -> None:
        """Fail unless the picture, a path or a file's bytes, is stamped."""
        data = picture.read_bytes() if isinstance(picture, Path) else picture
        _fail(self._check.find_fault(data), picture.name if isinstance(picture, Path) else name)

    def check_folder(self) -> None:
        """Fail unless each picture in the folder is stamped."""
        for file in sorted(self.folder.rglob("*")):
            if file.is_file() and self._check.is_picture(file.read_bytes()):
                self.check(file)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch and the settings."""
    group = parser.getgroup("provenance", "stamped pictures")
    group.addoption(
        "--stamped-pictures",
        action="store_true",
        default=False,
        help="Fail a test when it receives an unstamped picture by HTTP.",
    )
    parser.addini(OPTION, "As --stamped-pictures.", type="bool", default=False)
    parser.addini(CONFIG, "Config file whose verifier has to attribute each picture.", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Say what the marker means, and begin to look where that is asked for."""
    config.addinivalue_line("markers", f"{MARKER}: pictures of this test need no stamp")
    if config.getoption(OPTION) or config.getini(OPTION):
        config.pluginmanager.register(_Watch(config), "provenance-watch")


@pytest.fixture
def leaving(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[Leaving]:
    """What leaves the program, see ``Leaving``."""
    folder = tmp_path / "leaving"
    folder.mkdir()
    found = Leaving(folder, _open_check(pytestconfig))
    yield found
    found.check_folder()


class _Watch:
    """Looks at each answer that a client receives during a test."""

    def __init__(self, config: pytest.Config) -> None:
        self._check = _open_check(config)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        if item.get_closest_marker(MARKER) is not None:
            return (yield)
        faults: list[tuple[str, str]] = []
        with _listen(lambda answer: faults.extend(self._look(answer))):
            result = yield
        for fault, name in faults:
            _fail(fault, name)
        return result

    def _look(self, answer: Any) -> Iterator[tuple[str, str]]:
        stated = str(answer.headers.get("content-type", "")).startswith("image/")
        data = _read(answer, stated=stated)
        if data and (stated or self._check.is_picture(data)):
            fault = self._check.find_fault(data)
            if fault:
                method = getattr(answer.request, "method", "GET")
                yield fault, f"the answer to {method} {answer.request.url}"


def _open_check(config: pytest.Config) -> StampedCheck:
    from provenance.integrations.stamped_check import StampedCheck

    named = config.getini(CONFIG)
    try:
        return StampedCheck.open(config.rootpath / named if named else None)
    except ProvenanceError as error:
        raise pytest.UsageError(f"{CONFIG} can't be used. {error}") from error


def _fail(fault: str | None, name: str) -> None:
    if fault:
        pytest.fail(f"An unstamped picture left, {name}: {fault}", pytrace=False)


def _read(answer: Any, *, stated: bool) -> bytes:
    """Return the body that was read; of a stream only that of a picture is, as others may last."""
    try:
        return bytes(answer.content)
    except Exception:  # noqa: BLE001 - each client has its own error for a body that is not read yet
        reads = getattr(answer, "read", None)
        return bytes(reads()) if stated and reads is not None else b""


@contextmanager
def _listen(hear: Callable[[Any], None]) -> Iterator[None]:
    """Call ``hear`` with each answer that a client receives."""
    with pytest.MonkeyPatch.context() as patch, ExitStack():
        for module, name in CLIENTS:
            if find_spec(module) is None:
                continue
            client = getattr(import_module(module), name)
            wrap = _wrap_async if name.startswith("Async") else _wrap
            patch.setattr(client, "send", wrap(client.send, hear))
        yield


def _wrap(send: Callable[..., Any], hear: Callable[[Any], None]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        answer = send(*arguments, **options)
        hear(answer)
        return answer

    return call


def _wrap_async(send: Callable[..., Any], hear: Callable[[Any], None]) -> Callable[..., Any]:
    async def call(*arguments: Any, **options: Any) -> Any:
        answer = await send(*arguments, **options)
        if str(answer.headers.get("content-type", "")).startswith("image/"):
            await answer.aread()
        hear(answer)
        return answer

    return call
