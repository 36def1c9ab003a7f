"""Measure verdicts: python -m bench.verdicts [--side 1024] [--pictures 12] [--responses].

Every picture is stamped, put through every attack, stripped of its manifest and examined by a
verifier that knows its producer: with the registry or, as others have it, with the producer's
responses alone. Counted are the attributions among the copies whose mark is read
and that keep a quarter of the area, the conflicts on these honest copies, and the attributions to
another stamp, of which there must be none. The unmarked originals are examined too.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # before numpy is loaded
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from bench.attacks import ATTACKS, UNTOUCHED  # noqa: E402
from bench.pictures import Pixels, choose, sources  # noqa: E402
from bench.rates import wilson  # noqa: E402
from provenance import imaging  # noqa: E402
from provenance.certificates import (  # noqa: E402
    encode_public_key,
    hash_certificate,
    load_pem_chain,
)
from provenance.directory import (  # noqa: E402
    CertificateBinding,
    Directory,
    DirectoryProducer,
    KeyUse,
    bind_keys,
)
from provenance.manifest import Trust  # noqa: E402
from provenance.registry import open_registry  # noqa: E402
from provenance.response import Responder, read_response, write_response  # noqa: E402
from provenance.signers import LogKey, development, open_signer, pem_file  # noqa: E402
from provenance.stamp import Producer, Stamper  # noqa: E402
from provenance.stamp_id import StampId  # noqa: E402
from provenance.verify import State, Verdict, Verifier  # noqa: E402

PRODUCER = Producer("Bench", 600_000)
QUARTER = 0.25
"""Share of the area from which a copy counts as one that can be attributed."""
ORIGINAL = "unmarked original"

Attack = tuple[str, Callable[[Pixels, str], Pixels]]


@dataclass(frozen=True)
class Row:
    """One verdict. ``right`` tells whether the mark that was read is the picture's own."""

    picture: str
    attack: str
    state: str
    kept: float
    read: bool = False
    right: bool = False
    wrong_origin: bool = False
    content: str = ""
    bits: int = 0
    errors: float = 0.0
    pdq_distance: int | None = None


Verify = Callable[[Iterable[StampId]], Verifier]
"""Makes the verifier, who is to know these stamps."""


@contextmanager
def studio(*, by_response: bool = False) -> Iterator[tuple[Stamper, Verify]]:
    """A producer with everything that it needs, in a folder of its own, and who examines."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keys = development.create(PRODUCER.name)
        (folder / "signer.pem").write_bytes(keys.signer)
        signer = open_signer("file:signer.pem", folder=folder)
        entry = DirectoryProducer(
            number=PRODUCER.number,
            name=PRODUCER.name,
            contact="bench@example.com",
            binding=CertificateBinding(
                hash_certificate(load_pem_chain(signer.certificate_chain)[0])
            ),
            valid_from=datetime(2024, 1, 1, tzinfo=UTC),
        )
        log, responder = LogKey.generate(), pem_file.load(keys.responder, keys.responder)
        (leaf,) = load_pem_chain(responder.certificate_chain)
        bound = {KeyUse.LOG: log.public.spki, KeyUse.RESPONSE: encode_public_key(leaf)}
        directory = Directory([bind_keys(entry, bound, datetime.now(UTC))])
        (folder / "log.pem").write_bytes(log.to_pem())
        uri, log_file = "sqlite:///stamps.db", folder / "log.pem"
        with open_registry(uri, log_file, create=True, base=folder) as registry:
            stamper = Stamper(producer=PRODUCER, signer=signer, registry=registry)
            trust = Trust.from_pem(keys.authority)

            def make(stamps: Iterable[StampId]) -> Verifier:
                if not by_response:
                    return Verifier(registry=registry, trust=trust, directory=directory)
                answer = Responder(registry).answer_order
                files = [write_response(answer(each, None, None), responder) for each in stamps]
                responses = map(read_response, files)
                return Verifier(trust=trust, directory=directory, responses=responses)

            yield stamper, make


def measure(
    pictures: dict[str, Pixels], attacks: Sequence[Attack], *, by_response: bool = False
) -> Iterator[Row]:
    """Stamp and attack each picture; all stamps are in the registry before the first attack."""
    with studio(by_response=by_response) as (stamper, make):
        stamped = {name: stamper.stamp(rgb, model="m") for name, rgb in pictures.items()}
        verifier = make(each.record.stamp_id for each in stamped.values())
        for name, picture in stamped.items():
            marked = imaging.decode(picture.data).rgb
            stamp_id = picture.record.stamp_id
            verdict = verifier.verify(_png(pictures[name]))
            yield _row(name, ORIGINAL, verdict, stamp_id, 1.0)
            for attack, change in attacks:
                verdict = verifier.verify(_png(change(marked, name)))
                kept = kept_area(attack, marked.shape)
                yield _row(name, attack, verdict, stamp_id, kept)


def _row(picture: str, attack: str, verdict: Verdict, stamp_id: str, kept: float) -> Row:
    own = next((m for m in verdict.weighed.marks if m.found.stamp_id == stamp_id), None)
    origin, comparison = verdict.origin, own.comparison if own else None
    return Row(
        picture,
        attack,
        verdict.state.value,
        kept,
        read=bool(verdict.evidence.marks),
        right=own is not None,
        wrong_origin=origin is not None and origin.stamp_id != stamp_id,
        content=comparison.content.value if comparison else "",
        bits=comparison.bits if comparison else 0,
        errors=(comparison.bit_error_rate or 0.0) if comparison else 0.0,
        pdq_distance=comparison.pdq_distance if comparison else None,
    )


def kept_area(attack: str, shape: tuple[int, ...]) -> float:
    """Share of the picture that an attack leaves, where it takes half of it or more."""
    if attack.startswith("crop to 300 x 300"):
        return min(1.0, 300 / shape[0]) * min(1.0, 300 / shape[1])
    if attack == "crop to 10 %":
        return 0.1
    return 0.25 if attack in ("crop to 25 %", "crop_25") else 1.0


def _png(rgb: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def summary(rows: Iterable[Row]) -> str:
    """The figures that the project promises, each with its 95 % interval."""
    rows = list(rows)
    copies = [row for row in rows if row.attack != ORIGINAL]
    originals = [row for row in rows if row.attack == ORIGINAL]
    readable = [row for row in copies if row.right and row.kept >= QUARTER]

    def share(what: str, hits: Iterable[bool]) -> str:
        counted = list(hits)
        low, high = wilson(sum(counted), len(counted))
        return f"{what}: {sum(counted)} of {len(counted)} ({low:.2%} to {high:.2%})"

    lines = [
        share("mark read", (row.right for row in copies)),
        share("attributed, of readable copies", (r.state == State.ATTRIBUTED for r in readable)),
        share("conflict, of all copies", (row.state == State.CONFLICT for row in copies)),
        share("attributed to another stamp", (row.wrong_origin for row in rows)),
        share("unmarked: similar", (row.state == State.SIMILAR for row in originals)),
        share(
            "unmarked: more than similar",
            (row.state not in (State.SIMILAR, State.NONE) for row in originals),
        ),
    ]
    odd = [row for row in copies if row.right and row.state != State.ATTRIBUTED]
    lines += [
        f"- {row.picture}, {row.attack}: {row.state}, {row.content}, {row.bits} bits, "
        f"{row.errors:.1%} differ, PDQ {row.pdq_distance}"
        for row in odd
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--side", type=int, default=1024, help="short side, pixels")
    parser.add_argument("--pictures", type=int, default=12, help="how many, evenly spread")
    parser.add_argument(
        "--responses", action="store_true", help="examine with responses, not with the registry"
    )
    parser.add_argument("--out", type=Path, help="file for the raw results, JSON")
    given = parser.parse_args()
    names = choose(given.side, given.pictures)
    pictures = {name: sources()[name].load(given.side) for name in names}
    rows = []
    attacks = [(attack.name, attack) for attack in (UNTOUCHED, *ATTACKS)]
    for row in measure(pictures, attacks, by_response=given.responses):
        rows.append(row)
        print(f"\r{len(rows)} verdicts", end="", file=sys.stderr)
    if given.out:
        given.out.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    print(f"\n{len(pictures)} pictures, short side {given.side}\n\n{summary(rows)}")


if __name__ == "__main__":
    main()
