"""A script for AUTOMATIC1111's web UI and Forge: copy ``webui_provenance`` into ``extensions``.

PROVENANCE_CONFIG=studio/provenance.toml ./webui.sh
"""

from provenance.integrations import webui

webui.register()
