"""The package as it is installed: its name, what its extras bring, and who else has its folder.

The import name is ``provenance``, and so is that of another project, which holds the name in the
package index (docs/adr/0026). No message names a package to install that somebody else may own.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from provenance.errors import ConfigError

NAME = "image-provenance"
"""The name of the distribution."""

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "formats": ("pillow-heif>=1.8",),
    "hsm": ("python-pkcs11>=0.9",),
    "aws": ("boto3>=1.42",),
    "gcp": ("google-cloud-kms>=3.0",),
    "pdf": ("typst>=0.14",),
    "jxl": ("pylibjxl>=0.5; python_version < '3.15'",),
    "pdf-in": ("pypdfium2>=5.0",),
    "postgres": ("psycopg[binary,pool]>=3.2",),
    "video": ("av>=16.1",),
    "timestamp": ("rfc3161-client>=1.0.4",),
    "service": ("fastapi>=0.128", "uvicorn>=0.38", "python-multipart>=0.0.20", "joserfc>=1.4"),
    "bulk": ("pyarrow>=22", "fsspec>=2025.9"),
    "ray": ("ray[data]>=2.50",),
    "torch": ("torch>=2.6",),
    "telemetry": (
        "prometheus-client>=0.23",
        "opentelemetry-sdk>=1.38",
        "opentelemetry-exporter-otlp-proto-http>=1.38",
    ),
}
"""What each extra needs, as ``pyproject.toml`` states it."""


def say_install(extra: str) -> str:
    """Return the command that installs what an extra needs."""
    names = (each.partition(";")[0] for each in EXTRAS[extra])
    return " ".join(("pip install", *(f"'{each}'" for each in names)))


def load_extra(who: str, module: str, extra: str) -> Any:
    """Import a module of an extra; ``who`` begins the message, such as "This signer needs".

    Raises
    ------
    ConfigError
        It is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigError(f"{who} {module.partition('.')[0]}: {say_install(extra)}.") from error


def refuse_stranger(package: Path = Path(__file__).parent) -> None:
    """Refuse to go on where the other project is installed into the same folder.

    Both have files of the same names; which of them are whose, nobody can tell.

    Raises
    ------
    ConfigError
        It is.
    """
    if any(package.parent.glob("provenance-*.dist-info")):
        raise ConfigError(
            f"The distribution 'provenance' is installed in {package.parent}. It is another "
            f"project with files of the same names, so either may be damaged: uninstall both, "
            f"and install {NAME} into an environment of its own."
        )
