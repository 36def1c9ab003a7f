"""Hooks for the programs in which pictures are made and pass through, one module each.

They sit on top of everything, beside the command line, and nothing imports them. A module imports
its framework when it is used, so that one without the framework costs nothing.
"""

__all__ = ["asgi", "openai_images", "webui"]
