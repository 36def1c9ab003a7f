"""A verifier's folder: a config that trusts nobody yet and, if wanted, an examiner's key."""

from __future__ import annotations

from pathlib import Path
from string import Template

from provenance.cli.project import EXAMINER, keep_whole, name_config
from provenance.project_file import FILE_NAME

UNSIGNED = (
    '# examiner_key = "examiner.pem"  # signs reports; without one they can be changed unseen'
)


def create(folder: Path, examiner: str | None) -> Path:
    """Make the folder of somebody who verifies and stamps nothing; return its config file.

    ``examiner`` is the name in the certificate that signs reports; without one none are signed.

    Raises
    ------
    OutputExistsError
        The folder holds a project already.
    OutputNotWritableError
        The folder can't be used.
    ConfigError
        A certificate can't hold the name.
    """
    from importlib.resources import files

    from provenance.files import write_atomic, write_private
    from provenance.signers import development

    config = name_config(folder)
    keys = development.create(examiner) if examiner is not None else None
    template = files("provenance.cli").joinpath("verifier.toml").read_text(encoding="utf-8")
    line = f'examiner_key = "{EXAMINER}"  # signs reports' if keys else UNSIGNED
    with keep_whole(folder, (EXAMINER, FILE_NAME), keys=keys is not None):
        if keys is not None:
            write_private(folder / EXAMINER, keys.examiner)
        write_atomic(config, Template(template).substitute(examiner=line).encode())
    return config
