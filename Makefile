# make demo [IMAGE=photo.jpg] · make test · make lint
# Each makes .venv when it is missing and installs what it needs, once per change of pyproject.toml.

MINIMUM := 3.11
PYTHON  ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV    := .venv
RUN     := $(VENV)/bin
INSTALL := $(RUN)/python -m pip install --quiet --disable-pip-version-check --editable

.DEFAULT_GOAL := help
.PHONY: help demo test lint clean

help:
	@echo "make demo [IMAGE=photo.jpg]   stamp a picture, mistreat it, trace every copy; writes demo-out/index.html"
	@echo "make test                     run the tests (ARGS='-k name' passes options to pytest)"
	@echo "make lint                     format, lint, types and import directions, as CI runs them"
	@echo "make clean                    remove .venv and demo-out"

demo: $(VENV)/.core
	@$(RUN)/provenance demo $(if $(IMAGE),"$(IMAGE)") --out demo-out

test: $(VENV)/.test
	@$(RUN)/python -m pytest -n auto $(ARGS)

lint: $(VENV)/.test $(VENV)/.dev
	@failed=; for check in "ruff format --check --quiet ." "ruff check ." "mypy" "lint-imports"; do \
		$(RUN)/$$check || failed="$$failed [$$check]"; done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed" >&2; exit 1; fi

clean:
	rm -rf $(VENV) demo-out

$(RUN)/python:
	@test -n "$(PYTHON)" || { echo "error: provenance needs Python $(MINIMUM) or newer; found: $$(python3 --version 2>&1)." \
		"Install one, or name it: make PYTHON=/path/to/python3.12 demo" >&2; exit 1; }
	@echo "making $(VENV) with $(PYTHON)" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml | $(RUN)/python
	@echo "installing provenance into $(VENV) (first time: a minute)" >&2
	@$(INSTALL) .
	@touch $@

$(VENV)/.test $(VENV)/.dev: $(VENV)/.%: pyproject.toml | $(RUN)/python
	@echo "installing provenance[$*] into $(VENV)" >&2
	@$(INSTALL) ".[$*]"
	@touch $@
