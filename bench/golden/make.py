"""Make a set: pictures stamped by one build, what becomes of them, and whoever examines them."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.golden import cases, originals, travels
from bench.golden.build import Build
from bench.golden.cases import Case
from bench.golden.damage import damage
from bench.golden.verifiers import write_configs

FORGE = Path(__file__).with_name("forge.py")
STUDIOS = {"studio-a": "Example AI", "studio-b": "Second Studio", "studio-c": "Outsider"}
MIME = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".tiff": "image/tiff",
}


@dataclass(frozen=True)
class Stamped:
    """A picture's folder, and the ids of two of its stamps."""

    folder: str
    suffix: str
    fresh_id: str
    revoked_id: str

    def file(self, name: str, suffix: str | None = None) -> str:
        return f"{self.folder}/{name}{suffix or self.suffix}"


def make(sources: Path, corpus: Path, out: Path) -> list[Case]:
    """Make the set in a new folder."""
    out.mkdir(parents=True)
    with Build(sources, out) as build:
        _open_studios(build, out)
        pictures = [_stamp(build, file) for file in originals.write(corpus, out / "pictures")]
        # What is revoked later is known to be older than that only if the log was seen before.
        build.must("verify", pictures[0].file("fresh"), "--config", "verifier/all.toml")
        _revoke(build, pictures)
        for number, picture in enumerate(pictures):
            _send_around(out, picture, pictures[number - 1])
        _forge(build, pictures, out)
        damage(
            out / "studio-a/stamps.db", out / "damaged/stamps.db", [p.fresh_id for p in pictures]
        )
        made = [
            case for number in range(len(pictures)) for case in _cases(number, pictures[number])
        ]
        cases.save(out, build.commit(), made)
    return made


def _open_studios(build: Build, out: Path) -> None:
    for folder, name in STUDIOS.items():
        build.must("init", folder, "--producer", name)
    studio = out / "studio-a"
    (studio / "keys/private.key").write_text(secrets.token_hex(32) + "\n")
    text = (studio / "provenance.toml").read_text()
    private = text.replace("key_files = []", 'key_files = ["keys/private.key"]')
    assert private != text
    (studio / "private.toml").write_text(private)
    build.must("init", "verifier", "--producer", "Examiner")
    write_configs(out / "verifier")


def _stamp(build: Build, original: Path) -> Stamped:
    folder = original.parent.relative_to(build.folder).as_posix()
    suffix = original.suffix

    def stamp(source: str, out: str, config: str = "studio-a/provenance.toml") -> str:
        done = build.must(
            *("stamp", f"{folder}/{source}", "-o", f"{folder}/{out}", "--json", "--force"),
            *("--model", "example-diffusion", "--model-version", "3", "--config", config),
        )
        return str(json.loads(done)["stamp_id"])

    original_file, fresh_file = f"original{suffix}", f"fresh{suffix}"
    fresh = stamp(original_file, fresh_file)
    revoked = stamp(original_file, f"revoked{suffix}")
    stamp(original_file, f"private{suffix}", "studio-a/private.toml")
    stamp(fresh_file, f"edited{suffix}", "studio-b/provenance.toml")
    # A producer's own stamp is only written anew on a picture that was changed.
    travels.crop(original.parent / fresh_file, original.parent / "fresh-cropped.jpg")
    stamp("fresh-cropped.jpg", "twice.jpg")
    build.must("inspect", f"{folder}/{fresh_file}", "--save-manifest", f"{folder}/sidecar.c2pa")
    return Stamped(folder, suffix, fresh, revoked)


def _revoke(build: Build, pictures: list[Stamped]) -> None:
    """For every other picture only what is not proved to be older."""
    time.sleep(1)  # times have no fractions
    since = ("--since", datetime.now(UTC).isoformat(timespec="seconds"))
    for number, picture in enumerate(pictures):
        words = ("registry", "revoke", picture.revoked_id, "--reason", "made by mistake")
        build.must(*words, *since * (number % 2), "--config", "studio-a/provenance.toml")


def _forge(build: Build, pictures: list[Stamped], out: Path) -> None:
    """Half of it by an outsider, half by another producer whom the verifier trusts."""
    jobs = [
        {
            "file": picture.file("fresh"),
            "mime": MIME[picture.suffix],
            "stripped": picture.file("fresh-stripped", ".png"),
            "registry": "studio-a/stamps.db",
            "forger": ("studio-b", "studio-c")[number % 2],
        }
        for number, picture in enumerate(pictures)
    ]
    folder = out / "junk"
    folder.mkdir()
    (folder / "jobs.json").write_text(json.dumps(jobs, indent=1))
    build.script(FORGE, "junk/stamps.db", "junk/jobs.json")


def _send_around(out: Path, picture: Stamped, other: Stamped) -> None:
    for name in ("fresh", "edited"):
        travels.strip(out / picture.file(name), out / picture.file(f"{name}-stripped", ".png"))
    for name in ("revoked", "private"):
        travels.crop(out / picture.file(name), out / picture.file(f"{name}-cropped", ".jpg"))
    travels.strip(out / other.file("fresh"), out / picture.file("other", ".png"))
    travels.lengthen(out / picture.file("fresh"), out / picture.file("lengthened"))
    travels.break_manifest(out / picture.file("fresh"), out / picture.file("manifest-broken"))
    both = (out / picture.file("fresh"), out / other.file("fresh"))
    travels.put_side_by_side(both, out / picture.file("collage", ".jpg"))


def _cases(number: int, picture: Stamped) -> Iterator[Case]:
    def case(name: str, file: str, config: str | None = "all", manifest: str = "") -> Case:
        named = config and f"verifier/{config}.toml"
        return Case(f"{number:02}/{name}", file, named, manifest or None)

    fresh = picture.file("fresh")
    stripped, cropped = (
        picture.file("fresh-stripped", ".png"),
        picture.file("fresh-cropped", ".jpg"),
    )
    edited, sidecar = picture.file("edited"), picture.file("sidecar", ".c2pa")
    yield case("fresh", fresh)
    yield case("fresh-log-unseen", fresh, "unseen")
    yield case("fresh-nobody-trusted", fresh, "nobody")
    yield case("fresh-other-log", fresh, "other-log")
    yield case("fresh-no-config", fresh, None)
    yield case("stripped", stripped)
    yield case("cropped", cropped)
    yield case("sidecar", stripped, "all", sidecar)
    yield case("sidecar-unused", fresh, "all", sidecar)
    yield case("sidecar-of-unmarked", picture.file("original"), "all", sidecar)
    yield case("sidecar-of-another", picture.file("other", ".png"), "all", sidecar)
    yield case("lengthened", picture.file("lengthened"))
    yield case("manifest-broken", picture.file("manifest-broken"))
    yield case("edited", edited)
    yield case("edited-editor-unknown", edited, "only-a")
    yield case("edited-at-editors", edited, "b")
    yield case("edited-stripped", picture.file("edited-stripped", ".png"), "b")
    yield case("revoked", picture.file("revoked"))
    yield case("revoked-cropped", picture.file("revoked-cropped", ".jpg"))
    yield case("junk", fresh, "junk")
    yield case("junk-cropped", cropped, "junk")
    yield case("damaged", fresh, "damaged")
    yield case("damaged-cropped", cropped, "damaged")
    yield case("twice", picture.file("twice", ".jpg"))
    yield case("collage", picture.file("collage", ".jpg"))
    yield case("private", picture.file("private"), "private")
    yield case("private-key-unknown", picture.file("private"))
    yield case("private-cropped", picture.file("private-cropped", ".jpg"), "private")
