"""Measure how the code is built: python -m bench.structure [BUILD ...], a column for each.

A build is a checkout with the package in src/; without any, this one. Times are of fresh processes,
the builds by turns, so that a busy machine is as hard on each of them.
"""

from __future__ import annotations

import ast
import resource
import statistics
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image

from bench.golden.build import Build
from bench.painted import PAINTED

PACKAGE = "provenance"
LONG = 40
"""Lines that a function may have without its docstring."""
REPEATS = 15
"""Starts of a process, of whose processor seconds the median is given."""
STARTS = {
    f"import {PACKAGE}": ("-c", f"import {PACKAGE}"),
    f"{PACKAGE} --help": ("-m", PACKAGE, "--help"),
}
MODULES_RUN = Path(__file__).with_name("modules_run.py")

Figures = dict[str, str]
Imports = Mapping[str, set[str]]


def measure(builds: list[Path]) -> list[Figures]:
    times = [start_times(build) for build in builds]
    for _ in range(REPEATS - 1):
        for build, measured in zip(builds, times, strict=True):
            for what, seconds in start_times(build).items():
                measured[what] += seconds
    return [
        sources(build)
        | run_by_commands(build)
        | {f"{what}, s": f"{statistics.median(seconds):.3f}" for what, seconds in measured.items()}
        for build, measured in zip(builds, times, strict=True)
    ]


# --- what stands in the sources -------------------------------------------------------------------


def sources(build: Path) -> Figures:
    files = modules(build)
    lines = [len(file.read_text().splitlines()) for file in files.values()]
    trees = {name: ast.parse(file.read_text()) for name, file in files.items()}
    sizes = [size for tree in trees.values() for size in function_lines(tree)]
    # The package itself names everything, and loads it when it is asked for.
    inner = {name: imported(tree, trees) for name, tree in trees.items() if name != PACKAGE}
    folders: dict[str, set[str]] = {}
    for name, names in inner.items():
        folder = _folder(name)
        folders.setdefault(folder, set()).update({*map(_folder, names - {PACKAGE})} - {folder})
    return {
        "modules": f"{len(files)}",
        "lines": f"{sum(lines)}",
        "lines of a module, median and most": f"{statistics.median(lines):g}, {max(lines)}",
        "modules in import circles": f"{len(in_circles(inner))}",
        "folders in import circles": f"{len(in_circles(folders))}",
        "upward imports that the contract ignores": f"{ignored(build)}",
        f"functions over {LONG} lines": f"{sum(size > LONG for size in sizes)} of {len(sizes)}",
    }


def modules(build: Path) -> dict[str, Path]:
    """The files of the package by module name."""
    found = {}
    for file in sorted((build / "src" / PACKAGE).rglob("*.py")):
        name = ".".join(file.relative_to(build / "src").with_suffix("").parts)
        found[name.removesuffix(".__init__")] = file
    return found


def function_lines(tree: ast.Module) -> Iterator[int]:
    """Lines of each function from its ``def`` on, docstring not counted."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield _lines(node) - (_lines(node.body[0]) if ast.get_docstring(node) else 0)


def imported(tree: ast.Module, known: Mapping[str, object]) -> set[str]:
    """Modules of the package that one imports, anywhere in it and be it for types only."""
    found = set()
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            found |= {name if name in known else name.rpartition(".")[0]} & known.keys()
    return found


def in_circles(imports: Imports) -> set[str]:
    """Which of them import themselves, over however many others."""
    return {name for name in imports if name in _reached(imports, name)}


def ignored(build: Path) -> int:
    """Exceptions from the layers, but for the package itself."""
    settings = tomllib.loads((build / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (each for each in contracts if each["type"] == "layers")
    return sum(not each.startswith(f"{PACKAGE} ->") for each in layers["ignore_imports"])


def _reached(imports: Imports, name: str) -> set[str]:
    reached: set[str] = set()
    left = [name]
    while left:
        new = imports.get(left.pop(), set()) - reached
        reached |= new
        left += new
    return reached


def _folder(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


# --- what runs ------------------------------------------------------------------------------------


def run_by_commands(build: Path) -> Figures:
    """In how many modules a function runs, for one stamp and for one verify."""
    with tempfile.TemporaryDirectory() as folder, Build(build, Path(folder)) as program:
        Image.fromarray(PAINTED["landscape"]()).save(Path(folder) / "picture.png")
        program.must("init", ".", "--producer", "Example AI")
        counts = program.script(MODULES_RUN).splitlines()
    return {
        f"modules and functions that one {what} runs": count.replace(" ", ", ")
        for what, count in zip(("stamp", "verify"), counts, strict=True)
    }


def start_times(build: Path) -> dict[str, list[float]]:
    """Processor seconds, user and system, of one process each."""
    found = {}
    for what, words in STARTS.items():
        before = _spent()
        Build(build, build).python(*words)
        found[what] = [_spent() - before]
    return found


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    here = Path(__file__).resolve().parents[1]
    builds = [Path(word).resolve() for word in sys.argv[1:]] or [here]
    measured = measure(builds)
    print(f"| | {' | '.join(build.name for build in builds)} |")
    print(f"|---|{'---|' * len(builds)}")
    for what in measured[0]:
        print(f"| {what} | {' | '.join(figures[what] for figures in measured)} |")


if __name__ == "__main__":
    main()
