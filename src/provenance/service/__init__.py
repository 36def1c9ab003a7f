"""The service: what the command line does, over HTTP, for everybody or for who holds a key.

``build_app`` makes the application of a config, and ``serve`` runs it. Uploads are held in memory
and nowhere else; whatever takes them apart is a worker process that may be killed.
"""

from typing import TYPE_CHECKING

from provenance.lazily import load_lazily

if TYPE_CHECKING:
    from provenance.service.access.keys import ApiKeys, Granted
    from provenance.service.access.scopes import Scope
    from provenance.service.app import build_app
    from provenance.service.running import serve

__all__ = ["ApiKeys", "Granted", "Scope", "build_app", "serve"]

_MODULES = {
    "access.keys": ("ApiKeys", "Granted"),
    "access.scopes": ("Scope",),
    "app": ("build_app",),
    "running": ("serve",),
}
__getattr__ = load_lazily(__name__, _MODULES)
