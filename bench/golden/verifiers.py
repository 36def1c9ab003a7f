"""The configs that pictures are examined with, written into a project's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

A, B = "studio-a", "studio-b"


@dataclass(frozen=True)
class Verifier:
    """The registry that is asked, the producers that are trusted, and what else is configured."""

    registry: str = A
    trusted: tuple[str, ...] = (A, B)
    checkpoint: bool = False
    private: bool = False

    def text(self) -> str:
        checkpoint = 'checkpoint = "checkpoint.json"\n' if self.checkpoint else ""
        key = f'"../{A}/keys/private.key"' if self.private else ""
        return (
            f'[registry]\nuri = "sqlite:///../{self.registry}/stamps.db"\n{checkpoint}'
            f"[trust]\nanchors = [{self._each('keys/authority.pem')}]\n"
            f"[directory]\nfiles = [{self._each('directory.json')}]\n"
            f"[watermark]\nkey_files = [{key}]\n"
            '[trace]\nexaminer_key = "keys/examiner.pem"\n'
        )

    def _each(self, file: str) -> str:
        return ", ".join(f'"../{studio}/{file}"' for studio in self.trusted)


VERIFIERS = {
    "all": Verifier(checkpoint=True),
    "unseen": Verifier(),
    "nobody": Verifier(trusted=()),
    "only-a": Verifier(trusted=(A,), checkpoint=True),
    "b": Verifier(B),
    "other-log": Verifier(B, checkpoint=True),  # the checkpoint is of another log
    "junk": Verifier("junk"),
    "damaged": Verifier("damaged", checkpoint=True),
    "private": Verifier(checkpoint=True, private=True),
}


def write_configs(folder: Path) -> None:
    for name, verifier in VERIFIERS.items():
        (folder / f"{name}.toml").write_text(verifier.text())
