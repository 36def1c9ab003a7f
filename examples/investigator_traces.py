"""An investigator traces a mistreated copy, and files a report that can be checked later.

Run it: python examples/investigator_traces.py. It works in a temporary folder.
"""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

import provenance as pv
from provenance.case import Source, Tracer, check, write
from provenance.certificates import hash_certificate, load_pem_chain
from provenance.directory import CertificateBinding, DirectoryProducer
from provenance.signers import development


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        keys = development.create("Example AI")
        (folder / "signer.pem").write_bytes(keys.signer)
        (folder / "examiner.pem").write_bytes(keys.examiner)
        registry = pv.open_registry("sqlite:///stamps.db", create=True, base=folder)

        # Others did this before: a provider stamped a picture, somebody cropped and re-saved it.
        signer = pv.open_signer("file:signer.pem", folder=folder)
        provider = pv.Stamper(
            producer=pv.Producer("Example AI", 600_000), signer=signer, registry=registry
        )
        spots = np.random.default_rng(7).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        provider.stamp(Image.fromarray(spots).resize((768, 768)), model="example-diffusion").save(
            folder / "stamped.png"
        )
        with Image.open(folder / "stamped.png") as picture:
            picture.crop((60, 40, 700, 720)).save(folder / "found.jpg", quality=80)

        # Once: whom to trust, who holds which producer number, and who signs the reports.
        (certificate,) = load_pem_chain(signer.certificate_chain)
        binding = CertificateBinding(hash_certificate(certificate))
        since = datetime(2026, 1, 1, tzinfo=UTC)
        entry = DirectoryProducer(600_000, "Example AI", "trust@example.com", binding, since)
        directory, trust = pv.Directory([entry]), pv.Trust.from_pem(keys.authority)
        verifier = pv.Verifier(registry=registry, trust=trust, directory=directory)
        examiner = pv.open_signer("file:examiner.pem", folder=folder)
        tracer = Tracer(verifier, examiner=examiner)

        # For every picture: examine it, write the case folder, check the folder later.
        case = tracer.trace(Source((folder / "found.jpg").read_bytes), case="2026-17")
        write(case, folder / "case-2026-17")
        print(case.verdict.explain(), *sorted(case.files), sep="\n")  # or explain("de"), "fr", "es"
        faults = check(folder / "case-2026-17", load_pem_chain(examiner.certificate_chain)[:1])
        print("changed since it was signed:", *faults or ["nothing"])


if __name__ == "__main__":
    main()
