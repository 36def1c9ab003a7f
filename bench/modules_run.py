"""Count what of the package one stamp and one verify run: modules_run.py, in a project's folder.

A script of its own, started with a build's sources on the path. Prints a line for each: the number
of modules in which a function ran, and the number of functions. What imports run does not count.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType

import provenance

SOURCES = str(Path(provenance.__file__).parent)


def count(work: Callable[[], object]) -> tuple[int, int]:
    ran: set[CodeType] = set()

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            ran.add(frame.f_code)

    work()  # so that what is loaded on first use is there
    sys.setprofile(look)
    work()
    sys.setprofile(None)
    functions = [
        code
        for code in ran
        if code.co_filename.startswith(SOURCES) and not code.co_name.startswith("<")
    ]
    return len({code.co_filename for code in functions}), len(functions)


def main() -> None:
    config = provenance.load_config("provenance.toml")
    stamper, verifier = config.stamper(), config.verifier()
    print(
        *count(lambda: stamper.stamp("picture.png", model="m").save("stamped.png", overwrite=True))
    )
    print(*count(lambda: verifier.verify("stamped.png")))


if __name__ == "__main__":
    main()
