"""Nodes for ComfyUI: copy this folder into ``custom_nodes``, and name the config file.

PROVENANCE_CONFIG=studio/provenance.toml python main.py
"""

from provenance.integrations.comfyui import NODE_CLASS_MAPPINGS, NODE_DISPLAY_NAME_MAPPINGS

__all__ = ["NODE_CLASS_MAPPINGS", "NODE_DISPLAY_NAME_MAPPINGS"]
