"""What a verdict rests on besides picture and registry, by digest: case folders record it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.config.files import digest_file

if TYPE_CHECKING:
    from provenance.case import Consulted
    from provenance.config.config import Config


def list_consulted(config: Config) -> Consulted:
    """List config, anchors and directories by their digests; private keys are only counted."""
    from provenance.case import Consulted
    from provenance.certificates import hash_certificate

    return Consulted(
        config=digest_file(config.path, "config file"),
        anchors=tuple(hash_certificate(each) for each in config.load_trust().certificates),
        directories=tuple(digest_file(each, "directory") for each in config.directory.files),
        private_keys=len(config.watermark.key_files),
    )
