"""``provenance trace``: a case folder, and checking one."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from provenance import __version__
from provenance.about import find_running_build
from tests.timestamping import time_stamp_authority

if TYPE_CHECKING:
    from tests.cli.conftest import Command

ALL = {
    "SHA256SUMS",
    "SHA256SUMS.sig",
    "custody.jsonl",
    "examiner.pem",
    "letter-1.txt",
    "request-1.json",
    "report.html",
    "report.json",
    "report.pdf",
}


def config(folder: Path) -> tuple[str, Path]:
    return "--config", folder / "provenance.toml"


def report(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return found


@pytest.fixture(scope="module")
def traced(studio: Path, stamped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case folder of the stamped picture; nobody changes it."""
    from tests.cli.conftest import run_here

    folder = tmp_path_factory.mktemp("cases") / "new" / "17"
    done = run_here("trace", stamped, "--case", "2026-17", "-o", folder, *config(studio))
    assert done.status == 0, done.err
    assert done.err == ""
    return folder


def test_a_case_folder_holds_digests_and_a_verdict(traced: Path, stamped: Path) -> None:
    assert {path.name for path in traced.iterdir()} == ALL
    assert stat.S_IMODE(traced.stat().st_mode) == 0o700
    data, found = stamped.read_bytes(), report(traced)
    assert found["case"] == "2026-17"
    assert found["method"]["tool"]["name"] == "provenance"
    build = f"{__version__} ({find_running_build()})"
    assert found["method"]["software"]["provenance"] == build
    assert f"provenance {build}; watermark" in (traced / "report.html").read_text()
    assert found["examined"].endswith("Z")
    assert found["exhibits"][0]["input"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert found["exhibits"][0]["input"]["md5"] == hashlib.md5(data).hexdigest()
    assert found["exhibits"][0]["input"]["bytes"] == len(data)
    assert found["exhibits"][0]["verdict"]["state"] == "attributed"
    assert found["exhibits"][0]["producers"][0]["name"] == "Example AI"
    assert (
        traced / "report.json"
    ).stat().st_size < 32_000  # text alone, with the method, and no picture


def test_no_file_of_it_names_the_picture(traced: Path, stamped: Path) -> None:
    for path in traced.iterdir():
        assert stamped.stem.encode() + b".png" not in path.read_bytes(), path.name
    found = report(traced)
    assert found["method"]["command"] == (
        "provenance trace IMAGE --case 2026-17 -o DIR --config CONFIG"
    )


def test_names_are_held_if_wanted(
    command: Command, studio: Path, stamped: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "named"
    wanted = ("trace", stamped, "--case", "1", "-o", folder, "--with-names", *config(studio))
    assert command(*wanted).status == 0
    assert report(folder)["exhibits"][0]["input"]["name"] == str(stamped)
    assert str(stamped) in report(folder)["method"]["command"]


def test_the_letter_names_stamp_time_and_what_to_keep(traced: Path) -> None:
    letter = (traced / "letter-1.txt").read_text()
    origin = report(traced)["exhibits"][0]["verdict"]["origin"]
    made = origin["created"].replace("T", " ").replace("Z", " UTC")
    for part in (origin["stamp_id"], made, "preserve", "Example AI", "2026-17"):
        assert part in letter
    assert max(map(len, letter.splitlines())) <= 100


def test_the_directorys_contact_is_where_the_letter_goes(
    command: Command, photo: Path, tmp_path: Path
) -> None:
    contact = "trust-and-safety@example.org"
    made = command("init", tmp_path / "p", "--producer", "Example AI", "--contact", contact)
    assert made.status == 0
    stamp = ("stamp", photo, "-o", tmp_path / "s.png", "--model", "m", *config(tmp_path / "p"))
    assert command(*stamp).status == 0
    trace = ("trace", tmp_path / "s.png", "--case", "1", "-o", tmp_path / "r")
    assert command(*trace, *config(tmp_path / "p")).status == 0
    assert report(tmp_path / "r")["exhibits"][0]["producers"][0]["contact"] == contact
    for name in ("report.html", "letter-1.txt"):
        assert contact in (tmp_path / "r" / name).read_text()


def test_an_unchanged_folder_passes(command: Command, studio: Path, traced: Path) -> None:
    done = command("trace", "--check", traced, *config(studio))
    assert (done.status, done.err) == (0, "")
    signer = studio / "keys" / "examiner.pem"
    assert command("trace", "--check", traced, "--examiner", signer).status == 0


def test_a_changed_folder_fails_and_the_file_is_named(
    command: Command, studio: Path, traced: Path, tmp_path: Path
) -> None:
    import shutil

    copy = Path(shutil.copytree(traced, tmp_path / "copy"))
    (copy / "report.html").write_bytes((copy / "report.html").read_bytes() + b" ")
    (copy / "extra.txt").write_text("")
    done = command("trace", "--check", copy, *config(studio))
    done.failed_with(4, "case.changed")
    assert done.out.splitlines() == ["report.html was changed.", "extra.txt was added."]


def test_another_examiner_fails(command: Command, traced: Path, tmp_path: Path) -> None:
    assert command("init", tmp_path / "other", "--producer", "Other").status == 0
    done = command("trace", "--check", traced, *config(tmp_path / "other"))
    done.failed_with(4, "case.changed")
    assert "SHA256SUMS.sig is by another key" in done.out


def test_trace_never_writes_into_a_folder_that_exists(
    command: Command, studio: Path, stamped: Path, tmp_path: Path
) -> None:
    done = command("trace", stamped, "--case", "1", "-o", tmp_path, *config(studio))
    done.failed_with(2, "output.exists")
    assert not (tmp_path / "report.json").exists()


def test_candidates_are_named_that_verify_does_not_name(
    command: Command, studio: Path, stamped: Path, photo: Path, tmp_path: Path
) -> None:
    assert stamped.exists()
    verified = command("verify", photo, *config(studio))
    assert verified.status == 1
    assert "Example AI" not in verified.out
    command("trace", photo, "--case", "1", "-o", tmp_path / "r", *config(studio))
    found = report(tmp_path / "r")
    assert found["exhibits"][0]["verdict"]["state"] == "similar"
    assert found["exhibits"][0]["candidates"][0]["producer"] == "Example AI"
    assert found["letters"] == []


def test_without_a_config_nobody_signs(command: Command, photo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unsigned"
    done = command("trace", photo, "--case", "1", "-o", folder)
    assert done.status == 1
    assert "not signed" in done.err
    assert report(folder)["examiner"] is None
    assert not (folder / "SHA256SUMS.sig").exists()
    assert "unsigned" in (folder / "report.html").read_text()


def test_without_the_extra_a_line_says_how_to_get_the_pdf(
    command: Command,
    studio: Path,
    photo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)  # as Python marks what can't be imported
    done = command("trace", photo, "--case", "1", "-o", tmp_path / "r", *config(studio))
    assert done.status == 1
    assert done.err == "report.pdf needs typst: pip install 'typst>=0.14'\n"
    assert not (tmp_path / "r" / "report.pdf").exists()
    assert command("trace", "--check", tmp_path / "r", *config(studio)).status == 0


def test_standard_input(command: Command, studio: Path, stamped: Path, tmp_path: Path) -> None:
    wanted = ("trace", "-", "--case", "1", "-o", tmp_path / "r", *config(studio))
    assert command(*wanted, stdin=stamped.read_bytes()).status == 0
    steps = [step["step"] for step in report(tmp_path / "r")["custody"]]
    assert "unchanged" not in steps, "a pipe can't be read twice"


def test_a_manifest_that_came_beside_the_picture(
    command: Command, studio: Path, stamped: Path, tmp_path: Path
) -> None:
    saved, folder = tmp_path / "jane-doe.c2pa", tmp_path / "r"
    assert command("inspect", stamped, "--save-manifest", saved, *config(studio)).status == 0
    with Image.open(stamped) as image:
        image.save(tmp_path / "bare.png")  # pixels alone
    trace = ("trace", tmp_path / "bare.png", "--case", "1", "-o", folder, *config(studio))
    assert command(*trace, "--manifest", saved).status == 0
    found = report(folder)
    assert found["exhibits"][0]["input"]["manifest_sha256"] is not None
    assert "--manifest MANIFEST" in found["method"]["command"]
    assert b"jane-doe" not in b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize(("picture", "status"), [("stamped", 0), ("photo", 1)])
def test_a_record_that_its_log_contradicts_is_not_quoted(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path, picture: str, status: int
) -> None:
    """Neither as the record of a proved stamp nor as a lead by likeness."""
    with closing(sqlite3.connect(own_studio / "stamps.db")) as db, db:
        db.execute("DROP TRIGGER records_update")
        db.execute("UPDATE records SET producer_name = 'Somebody Innocent'")
    file = photo if picture == "photo" else own_studio / "stamped.png"
    trace = ("trace", file, "--case", "1", "-o", tmp_path / "r")
    assert command(*trace, *config(own_studio)).status == status, "what is signed decides alone"
    assert report(tmp_path / "r")["exhibits"][0]["records"] == []
    assert report(tmp_path / "r")["exhibits"][0]["candidates"] == []
    for path in (tmp_path / "r").iterdir():
        assert b"Somebody Innocent" not in path.read_bytes()


def test_the_picture_is_left_as_it_was(
    command: Command, studio: Path, stamped: Path, tmp_path: Path
) -> None:
    stamped.chmod(0o400)
    before = (stamped.read_bytes(), stamped.stat().st_mtime_ns)
    trace = ("trace", stamped, "--case", "1", "-o", tmp_path / "r", *config(studio))
    assert command(*trace).status == 0
    assert (stamped.read_bytes(), stamped.stat().st_mtime_ns) == before
    assert sum(path.stat().st_size for path in (tmp_path / "r").iterdir()) < len(before[0])


@pytest.mark.parametrize(
    "arguments",
    [
        ("x.png",),
        ("x.png", "--case", "1"),
        ("x.png", "-o", "d"),
        ("--case", "1", "-o", "d"),
        ("x.png", "--check", "d"),
        ("--check", "d", "--case", "1"),
        ("--check", "d", "--with-names"),
        ("x.png", "--case", "1", "-o", "d", "--examiner", "e.pem"),
    ],
)
def test_wrong_usage(command: Command, arguments: tuple[str, ...]) -> None:
    command("trace", *arguments).failed_with(2, "usage")


def test_a_check_needs_an_examiner(command: Command, tmp_path: Path) -> None:
    without = command("trace", "--check", tmp_path)
    without.failed_with(2, "config")
    assert "name it with --examiner" in without.err  # and not: make a producer's project
    (tmp_path / "no.pem").write_text("no certificate")
    for file in ("no.pem", "none.pem"):
        done = command("trace", "--check", tmp_path, "--examiner", tmp_path / file)
        done.failed_with(2, "config")


# --- accounts ------------------------------------------------------------------------------------


@pytest.fixture
def with_account(command: Command, own_studio: Path, photo: Path, tmp_path: Path) -> Path:
    """The studio's registry with a stamp that was made for somebody; the stamped picture."""
    file = tmp_path / "made-for-jane.png"
    done = command(
        *("stamp", photo, "-o", file, "--model", "m", "--account", "jane@example.org"),
        *config(own_studio),
    )
    assert done.status == 0, done.err
    return file


def test_an_account_needs_a_purpose_and_is_logged(
    command: Command, own_studio: Path, with_account: Path, tmp_path: Path
) -> None:
    pseudonym = command("registry", "pseudonym", "jane@example.org", *config(own_studio))
    assert pseudonym.status == 0
    shown = pseudonym.out.strip()
    trace = ("trace", with_account, "--case", "2026-17", *config(own_studio))
    assert command(*trace, "-o", tmp_path / "without").status == 0
    for path in (tmp_path / "without").iterdir():
        assert shown.encode() not in path.read_bytes()
    done = command(*trace, "-o", tmp_path / "with", "--purpose", "court order 12/26")
    assert done.status == 0, done.err
    account = report(tmp_path / "with")["exhibits"][0]["account"]
    assert account["pseudonym"] == shown
    assert account["purpose"] == "court order 12/26"
    listed = command("registry", "accesses", "--json", *config(own_studio))
    (access,) = map(json.loads, listed.out.splitlines())
    assert (access["case"], access["purpose"]) == ("2026-17", "court order 12/26")
    assert command("trace", "--check", tmp_path / "with", *config(own_studio)).status == 0
    text = command("registry", "accesses", *config(own_studio))
    assert "court order 12/26" in text.out
    assert text.err == "1 access\n"


def test_the_registry_alone_gives_no_account_away(
    command: Command, own_studio: Path, with_account: Path, tmp_path: Path
) -> None:
    data = (own_studio / "stamps.db").read_bytes()
    pseudonym = command("registry", "pseudonym", "jane@example.org", *config(own_studio)).out
    assert b"jane" not in data
    assert bytes.fromhex(pseudonym) not in data
    assert pseudonym.strip().encode() not in data
    for shown in ("list", "show"):
        assert pseudonym.strip() not in command("registry", shown, *config(own_studio)).out
    (own_studio / "keys" / "account.key").write_text("00" * 32)
    trace = ("trace", with_account, "--case", "1", "-o", tmp_path / "r", *config(own_studio))
    command(*trace, "--purpose", "curiosity").failed_with(3, "registry.damaged")
    assert not (tmp_path / "r").exists()
    assert "curiosity" in command("registry", "accesses", *config(own_studio)).out


def test_the_time_of_an_access_is_the_registrys(
    command: Command,
    own_studio: Path,
    with_account: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever fixes the report's time does not move the access into another year."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    trace = ("trace", with_account, "--case", "1", "-o", tmp_path / "r", *config(own_studio))
    assert command(*trace, "--purpose", "court order 12/26").status == 0
    assert report(tmp_path / "r")["examined"] == "1970-01-01T00:00:00Z"
    (access,) = command("registry", "accesses", "--json", *config(own_studio)).out.splitlines()
    assert not json.loads(access)["time"].startswith("1970")


def test_of_what_is_not_proved_no_account_is_read(
    command: Command, own_studio: Path, with_account: Path, photo: Path, tmp_path: Path
) -> None:
    assert with_account.exists()
    trace = ("trace", photo, "--case", "1", "-o", tmp_path / "r", *config(own_studio))
    assert command(*trace, "--purpose", "court order 12/26").status == 1
    assert report(tmp_path / "r")["exhibits"][0]["account"] is None
    assert command("registry", "accesses", "--json", *config(own_studio)).out == ""


def test_a_purpose_without_a_registry_is_refused(
    command: Command, photo: Path, tmp_path: Path
) -> None:
    trace = ("trace", photo, "--case", "1", "-o", tmp_path / "r")
    command(*trace, "--purpose", "x").failed_with(2, "config")
    command(*trace, "--purpose", " ").failed_with(2, "usage")


def test_accounts_are_forgotten_on_demand(
    command: Command, own_studio: Path, with_account: Path, tmp_path: Path
) -> None:
    forget = ("registry", "forget-accounts", *config(own_studio))
    assert command(*forget, "--before", "2020-01-01T00:00:00Z").out.startswith("0 accounts")
    assert command(*forget, "--before", "2199-01-01T00:00:00Z").out.startswith("1 account ")
    trace = ("trace", with_account, "--case", "1", "-o", tmp_path / "r", *config(own_studio))
    assert command(*trace, "--purpose", "court order 12/26").status == 0
    assert report(tmp_path / "r")["exhibits"][0]["account"]["pseudonym"] is None


def test_an_account_without_a_key_is_refused(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path
) -> None:
    text = (own_studio / "provenance.toml").read_text()
    kept = [line for line in text.splitlines() if not line.startswith("account_key")]
    (own_studio / "provenance.toml").write_text("\n".join(kept))
    stamp = ("stamp", photo, "-o", tmp_path / "x.png", "--model", "m", *config(own_studio))
    command(*stamp, "--account", "jane").failed_with(2, "config")
    assert not (tmp_path / "x.png").exists()


# --- time stamps ---------------------------------------------------------------------------------


def test_a_case_folder_is_time_stamped_by_the_configs_authority(
    command: Command, own_studio: Path, photo: Path, tmp_path: Path
) -> None:
    with time_stamp_authority(tmp_path) as tsa:
        (own_studio / "tsa.pem").write_bytes(tsa.root.pem)
        text = (own_studio / "provenance.toml").read_text()
        text = text.replace('tsa_policy = "off"', f'tsa = "{tsa.url}"')
        text = text.replace("tsa_anchors = []", 'tsa_anchors = ["tsa.pem"]')
        (own_studio / "provenance.toml").write_text(text)
        trace = ("trace", photo, "--case", "1", *config(own_studio))
        assert command(*trace, "-o", tmp_path / "r").status == 1
    assert report(tmp_path / "r")["seal"]["time_stamped"] is True
    done = command("trace", "--check", tmp_path / "r", *config(own_studio))
    assert done.status == 0
    assert "by an authority you trust" in done.out
    openssl = ("openssl", "ts", "-verify", "-CAfile", own_studio / "tsa.pem")
    files = ("-in", tmp_path / "r" / "SHA256SUMS.tsr", "-data", tmp_path / "r" / "SHA256SUMS.sig")
    subprocess.run([*openssl, *files], check=True, capture_output=True)
    done = command(*trace, "-o", tmp_path / "down")
    done.failed_with(3, "signing.timestamp")
    assert not (tmp_path / "down").exists()


def test_a_folder_that_nobody_signed_is_not_called_changed(
    command: Command, studio: Path, photo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "17"
    assert command("trace", photo, "--case", "17", "-o", folder).status == 1
    done = command("trace", "--check", folder, *config(studio))
    done.failed_with(4, "case.unsigned")
    assert "is not signed. Its files fit its own list of digests" in done.err
    assert "is not what its examiner signed" not in done.err
    (folder / "report.html").write_text("<p>Nothing.</p>")
    done = command("trace", "--check", folder, *config(studio))
    done.failed_with(4, "case.changed")
    assert "is not signed, and it was changed" in done.err


def test_a_folder_of_pictures_is_not_called_empty(
    command: Command, photo: Path, tmp_path: Path
) -> None:
    done = command("trace", photo.parent, "--case", "17", "-o", tmp_path / "17")
    done.failed_with(5, "input.unreadable")
    assert "is a folder, and a case is about pictures: name the files in it" in done.err


def test_the_report_says_that_the_search_was_thorough_and_where(
    studio: Path, stamped: Path, tmp_path: Path, command: Command
) -> None:
    with Image.open(stamped) as picture:
        width, height = picture.size
    corners = f"0,0,{width},0,{width},{height},0,{height}"
    options = ("--case", "1", "-o", tmp_path / "case", "--thorough", "--corners", corners)
    done = command("trace", stamped, *options, *config(studio))
    assert done.status == 0, done.err
    written = report(tmp_path / "case")["method"]["command"]
    assert "--thorough" in written
    assert f"--corners {corners}" in written


def test_corners_are_those_of_one_photograph(
    stamped: Path, tmp_path: Path, command: Command
) -> None:
    options = ("--case", "1", "-o", tmp_path / "case", "--corners")
    both = command("trace", stamped, stamped, *options, "0,0,99,0,99,99,0,99")
    assert (both.status, "about one photograph" in both.err) == (2, True)
    wrong = command("trace", stamped, *options, "0,0,99")
    assert (wrong.status, "Corners are eight numbers" in wrong.err) == (2, True)
    assert not (tmp_path / "case").exists()


# --- many exhibits, and languages -----------------------------------------------------------------


def test_many_pictures_make_one_case_in_the_language_wanted(
    command: Command, studio: Path, stamped: Path, photo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "case"
    done = command(
        *("trace", stamped, photo, "--case", "2026-17", "-o", folder, "--language", "de"),
        *("--exhibit", "A-1", "--exhibit", "B", "--source", "a phone", "--reviewer", "Jo Smith"),
        *config(studio),
    )
    assert done.status == 1, "the worst of both counts"
    assert "Exhibit A-1\nDiese Datei ist genau das, was „Example AI“ signiert hat." in done.out
    found = report(folder)
    assert [(each["number"], each["acquired"]) for each in found["exhibits"]] == [
        ("A-1", "a phone"),
        ("B", "a phone"),
    ]
    assert found["people"]["reviewer"] == "Jo Smith"
    assert found["method"]["command"] == (
        "provenance trace IMAGE IMAGE --case 2026-17 -o DIR --exhibit A-1 --exhibit B --source "
        "'a phone' --reviewer 'Jo Smith' --language de --config CONFIG"
    )
    assert (folder / "letter-1.txt").read_text().startswith("An: ")
    assert (folder / "letter-1.en.txt").read_text().startswith("To: ")
    assert '<html lang="de">' in (folder / "report.html").read_text()
    request = json.loads((folder / "request-1.json").read_text())
    assert request["signature"] is not None
    assert request["payload"]["recipient"] == "Example AI"
    assert command("trace", "--check", folder, *config(studio)).status == 0
    assert command("request", folder, "-o", tmp_path / "r.json", *config(studio)).status == 0


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--exhibit", "A"), "--exhibit is given 1 times for 2 pictures"),
        (("--source", "a", "--source", "b", "--source", "c"), "--source is given 3 times"),
        (("--language", "it"), "The language 'it' is not known"),
        (("--exhibit", "A", "--exhibit", "A"), "Two exhibits have the number 'A'"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_is_read(
    options: tuple[str, ...], why: str, command: Command, photo: Path, tmp_path: Path
) -> None:
    done = command("trace", photo, photo, "--case", "1", "-o", tmp_path / "new", *options)
    assert done.status == 2
    assert why in done.err
    assert not (tmp_path / "new").exists()


def test_the_config_names_examiner_and_language(
    command: Command, photo: Path, tmp_path: Path
) -> None:
    assert command("init", tmp_path / "lab", "--verifier", "--examiner", "Lab").status == 0
    file = tmp_path / "lab" / "provenance.toml"
    named = 'examiner_name = "Jana Roth"\nexaminer_role = "analyst"\nlanguage = "fr"\n'
    file.write_text(file.read_text().replace("[trace]\n", f"[trace]\n{named}"))
    done = command("trace", photo, "--case", "1", "-o", tmp_path / "r", "--config", file)
    assert done.status == 1
    page = (tmp_path / "r" / "report.html").read_text()
    assert "Jana Roth, analyst" in page
    assert "Aucun indice d" in page
    assert "Aucun indice d" in done.out
    asked = ("trace", photo, "--case", "1", "-o", tmp_path / "s", "--language", "en")
    assert command(*asked, "--config", file).status == 1
    assert "No evidence of origin" in (tmp_path / "s" / "report.html").read_text()


def test_verify_says_it_in_the_language_wanted(command: Command, photo: Path) -> None:
    assert command("verify", photo, "--language", "es").out.startswith("No se encontraron indicios")
    told = json.loads(command("verify", photo, "--language", "es", "--json").out)
    assert told["state"] == "none"
    command("verify", photo, "--language", "xx").failed_with(2, "config")
