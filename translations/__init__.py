"""The catalogues of other languages: brought up to date from the code, and compiled for gettext."""
