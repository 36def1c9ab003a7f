"""Many pictures in one run, by real processes that are interrupted and killed."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from provenance.registry import open_registry
from tests.cli.conftest import Command

Pixels = NDArray[np.uint8]
End = Callable[[subprocess.Popen[bytes]], None]

COUNT = 6
ATTEMPTS = 10  # on a machine so busy that a batch is done before it can be cut off
PATIENCE_S = 300.0  # likewise; only what hangs takes longer
BAD = "sub/2-broken.jpg"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory, photograph: Pixels) -> Path:
    """A folder of small pictures, one of them broken, and a file that is none."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "sub").mkdir()
    for number in range(COUNT):
        left = 40 * number
        cut = photograph[100:260, left : left + 160]
        Image.fromarray(cut).save(folder / ("sub" if number % 2 else ".") / f"{number}.png")
    (folder / BAD).write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (folder / "readme.txt").write_text("no picture")
    return folder


@pytest.fixture
def project(own_studio: Path) -> Path:
    return own_studio


def stamping(project: Path, pictures: Path, output: Path, jobs: int = 2) -> list[str]:
    where = ["stamp", str(pictures), "-o", str(output)]
    config = ["--config", str(project / "provenance.toml")]
    return [*where, "--model", "m", "--jobs", str(jobs), "--json", *config]


def finished(output: Path) -> list[str]:
    return sorted(
        str(path.relative_to(output))
        for path in output.rglob("*.*")
        if path.is_file() and not path.name.startswith(".")
    )


def records(project: Path, model: str = "m") -> list[Any]:
    with open_registry("sqlite:///stamps.db", base=project) as registry:
        return [record for record in registry.records() if record.model == model]


def resumed(command: Command, project: Path, pictures: Path, output: Path) -> list[dict[str, Any]]:
    """Finish a batch, and check that every picture is there once, with one record."""
    done = command(*stamping(project, pictures, output, jobs=1), "--resume")
    assert done.status == 5, done.err  # for the broken one
    lines = [json.loads(line) for line in done.out.splitlines()]
    good = [line for line in lines if line["error"] is None]
    assert len(lines) == COUNT + 2  # the broken one, and what is no picture
    assert len(good) == COUNT
    assert finished(output) == sorted(
        str(Path(line["input"]).relative_to(pictures)) for line in good
    )
    assert [path for path in output.rglob(".*") if path.is_file()] == []
    assert sorted(record.sha256 for record in records(project)) == sorted(
        line["sha256"] for line in good
    )
    return lines


def test_a_folder_with_a_broken_picture(
    command: Command, project: Path, pictures: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    done = command(*stamping(project, pictures, output))
    assert done.status == 5
    lines = [json.loads(line) for line in done.out.splitlines()]
    inputs = [str(Path(line["input"]).relative_to(pictures)) for line in lines]
    chosen = ["0.png", "2.png", "4.png", "sub/1.png", BAD, "sub/3.png", "sub/5.png"]
    assert inputs == [*chosen, "readme.txt"]
    assert lines[-1]["error"]["code"] == "input.not_examined"
    failed = next(line for line in lines if line["how"] is None)
    assert failed["input"].endswith(BAD)
    assert failed["error"]["code"] == "input.corrupt"
    assert all(list(line) == list(failed) for line in lines)
    assert "7 pictures: 6 stamped, 1 failed" in done.err
    assert {line["how"] for line in resumed(command, project, pictures, output)} == {"kept", None}


def interrupt(run: subprocess.Popen[bytes]) -> None:
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does it


def kill_all(run: subprocess.Popen[bytes]) -> None:
    os.killpg(run.pid, signal.SIGKILL)


def kill_parent(run: subprocess.Popen[bytes]) -> None:
    run.kill()


def cut_off(project: Path, pictures: Path, output: Path, end: End, after: int) -> tuple[int, bytes]:
    """Begin to stamp, end it after so many pictures; return its status and what it said."""
    output.mkdir()
    run = subprocess.Popen(
        [sys.executable, "-m", "provenance", *stamping(project, pictures, output)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE_S
    while len(finished(output)) < after or not (after or any(output.iterdir())):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    end(run)
    said = run.communicate(timeout=PATIENCE_S)[1]
    return run.returncode, said


@pytest.mark.parametrize(
    ("end", "after"), [(interrupt, 1), (kill_all, 0), (kill_all, 2), (kill_parent, 1)]
)
def test_a_batch_that_was_cut_off_is_finished_exactly(
    command: Command,
    project: Path,
    pictures: Path,
    tmp_path: Path,
    end: End,
    after: int,
) -> None:
    for attempt in range(ATTEMPTS):
        own, output = tmp_path / f"project-{attempt}", tmp_path / f"out-{attempt}"
        shutil.copytree(project, own)
        status, said = cut_off(own, pictures, output, end, after)
        if len(finished(output)) < COUNT:  # else this process was too late to end it
            break
    if end is interrupt:
        assert status == 130
        assert b"--resume" in said
        assert b"Traceback" not in said
    made = {record.sha256 for record in records(own)}
    assert len(finished(output)) < COUNT
    assert len(made) >= len(finished(output)) if end is not kill_parent else True
    resumed(command, own, pictures, output)


def without_time(line: bytes) -> Any:
    """Return a verdict without the time of the examination."""
    verdict = json.loads(line)
    if verdict["freshness"]:
        del verdict["freshness"]["examined"]
    return verdict


def test_results_of_verify_in_a_file_are_resumed(
    command: Command, pictures: Path, tmp_path: Path
) -> None:
    file = tmp_path / "found.jsonl"
    verify = ("verify", pictures / "0.png", pictures / "2.png", pictures / BAD, "-o", file)
    whole = command(*verify)
    assert (whole.status, whole.out) == (5, "")
    lines = file.read_bytes()
    assert [json.loads(line)["state"] for line in lines.splitlines()] == ["none", "none", None]
    assert command(*verify).error_line.endswith("[output.exists]")

    file.write_bytes(lines[: lines.index(b"\n") + 40])  # cut off in the second line
    assert command(*verify, "--resume").status == 5
    resumed = file.read_bytes()
    assert resumed.splitlines()[0] == lines.splitlines()[0]
    assert list(map(without_time, resumed.splitlines())) == [
        without_time(line) for line in lines.splitlines()
    ]
    nothing_left = command(*verify, "--resume")
    assert (nothing_left.status, nothing_left.err, file.read_bytes()) == (5, "", resumed)

    other = command("verify", pictures / "4.png", "-o", file, "--resume")
    other.failed_with(2, "usage")
    assert file.read_bytes() == resumed
    command("verify", pictures / "4.png", "--resume").failed_with(2, "usage")


def test_a_run_that_can_not_begin_leaves_no_results(
    command: Command, pictures: Path, tmp_path: Path
) -> None:
    file = tmp_path / "found.jsonl"
    config = ("--config", tmp_path / "absent.toml")
    command("verify", pictures / "0.png", "-o", file, *config).failed_with(2, "config")
    assert not file.exists()
    missing = tmp_path / "absent" / "found.jsonl"
    command("verify", pictures / "0.png", "-o", missing).failed_with(3, "output.unwritable")


def test_verify_takes_folders_and_patterns_with_workers(command: Command, pictures: Path) -> None:
    done = command("verify", "--json", pictures / "*.png", pictures / "sub", "--jobs", "2")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert len(lines) == COUNT + 1
    assert done.status == 5
    assert [line["input"] for line in lines] == [
        *(str(pictures / f"{number}.png") for number in range(0, COUNT, 2)),
        *(str(path) for path in sorted((pictures / "sub").iterdir())),
    ]


def test_a_folder_without_pictures_says_so(command: Command, tmp_path: Path) -> None:
    done = command("verify", tmp_path)
    done.failed_with(5, "input.unreadable")
    assert "without any picture" in done.err


def test_two_pictures_for_one_output_are_refused_before_any_work(
    command: Command, studio: Path, pictures: Path, tmp_path: Path
) -> None:
    twice = (pictures / "0.png", pictures / "*.png")
    done = command(
        *("stamp", *twice, "-o", tmp_path / "out", "--model", "m"),
        *("--config", studio / "provenance.toml"),
    )
    done.failed_with(2, "usage")
    assert not (tmp_path / "out").exists()


def test_resume_and_force_contradict_each_other(
    command: Command, pictures: Path, tmp_path: Path
) -> None:
    done = command("stamp", pictures, "-o", tmp_path, "--model", "m", "--resume", "--force")
    done.failed_with(2, "usage")


def test_a_terminal_gets_a_bar_and_a_pipe_none(command: Command, pictures: Path) -> None:
    verify = ["verify", "--json", str(pictures / "0.png"), str(pictures / "2.png")]
    run = [sys.executable, "-m", "provenance", *verify]
    ours, theirs = pty.openpty()
    done = subprocess.run(run, stdout=subprocess.PIPE, stderr=theirs, check=False)
    os.close(theirs)
    shown = b""
    with suppress(OSError), os.fdopen(ours, "rb", buffering=0) as screen:
        while part := screen.read(1000):
            shown += part
    assert b"2/2" in shown
    assert len(done.stdout.splitlines()) == 2
    assert command(*verify).err == ""
