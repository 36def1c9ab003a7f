# make demo [IMAGE=photo.jpg] · make test · make lint · make fuzz · make findings
# Each makes .venv when it is missing and installs what it needs, once per change of pyproject.toml.

MINIMUM := 3.11
PYTHON  ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV    := .venv
PEERS   := .venv-peers
RUN     := $(VENV)/bin
INSTALL := $(RUN)/python -m pip install --quiet --disable-pip-version-check --editable

RUNS    ?= 100000
SECONDS ?= 600

.DEFAULT_GOAL := help
.PHONY: help demo test lint fuzz findings bench bench-peers bench-docs clean

help:
	@echo "make demo [IMAGE=photo.jpg]   stamp a picture, mistreat it, trace every copy; writes demo-out/index.html"
	@echo "make test                     run the tests (ARGS='-k name' passes options to pytest)"
	@echo "make lint                     format, lint, types and import directions, as CI runs them"
	@echo "make fuzz                     hostile input, for an hour (RUNS=100000 inputs and SECONDS=600 a target at most)"
	@echo "make findings                 how others' software behaves: public packages without our code, ten minutes, not in CI"
	@echo "make bench                    measure robustness, visibility, speed; writes bench-out (ARGS='--pictures 4')"
	@echo "make bench-peers              the same of other watermarks, in an environment of their own"
	@echo "make bench-docs               write docs/bench.md from bench-out"
	@echo "make clean                    remove .venv and what demo and bench wrote"

demo: $(VENV)/.core
	@$(RUN)/provenance demo $(if $(IMAGE),"$(IMAGE)") --out demo-out

test: $(VENV)/.test
	@$(RUN)/python -m pytest -n auto $(ARGS)

lint: $(VENV)/.test $(VENV)/.dev
	@failed=; for check in "ruff format --check --quiet ." "ruff check ." "mypy" "lint-imports"; do \
		$(RUN)/$$check || failed="$$failed [$$check]"; done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed" >&2; exit 1; fi

fuzz: $(VENV)/.fuzz
	@mkdir -p fuzz-out; failed=; for target in payload manifest imaging verify; do echo "fuzzing $$target"; \
		$(RUN)/python -m fuzz $$target --runs $(RUNS) --seconds $(SECONDS) >fuzz-out/$$target.log 2>&1 \
		&& grep -E "units|slowest|rss" fuzz-out/$$target.log || { tail -40 fuzz-out/$$target.log; failed="$$failed $$target"; }; done; \
	$(RUN)/python -m fuzz mutations --runs $$(($(RUNS) / 8 + 100)) || failed="$$failed mutations"; \
	if [ -n "$$failed" ]; then echo "failed:$$failed, see fuzz-out" >&2; exit 1; fi

findings:
	@failed=; for script in findings/*.sh; do echo "::: $$script"; \
		PYTHON="$(PYTHON)" "$$script" || failed="$$failed $$script"; done; \
	if [ -n "$$failed" ]; then echo "changed, or could not run:$$failed" >&2; exit 1; fi; echo "::: all as described"

bench: $(VENV)/.bench
	@$(RUN)/python -m bench $(ARGS)

bench-docs: $(VENV)/.bench
	@$(RUN)/python -m bench.docs

bench-peers: $(PEERS)/.ready
	@$(PEERS)/bin/python -m bench robustness unmarked --out bench-out/peers \
		--marks provenance blind-watermark dwtDct dwtDctSvd rivaGan $(ARGS)

clean:
	rm -rf $(VENV) $(PEERS) demo-out bench-out fuzz-out

$(RUN)/python:
	@test -n "$(PYTHON)" || { echo "error: provenance needs Python $(MINIMUM) or newer; found: $$(python3 --version 2>&1)." \
		"Install one, or name it: make PYTHON=/path/to/python3.12 demo" >&2; exit 1; }
	@echo "making $(VENV) with $(PYTHON)" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml | $(RUN)/python
	@echo "installing provenance into $(VENV) (first time: a minute)" >&2
	@$(INSTALL) .
	@touch $@

$(VENV)/.test $(VENV)/.dev $(VENV)/.bench $(VENV)/.fuzz: $(VENV)/.%: pyproject.toml | $(RUN)/python
	@echo "installing provenance[$*] into $(VENV)" >&2
	@$(INSTALL) ".[$*]"
	@touch $@

# Peers without their dependencies: they ask for an OpenCV that needs a display. One that can't be had is named in the table.
$(PEERS)/.ready: pyproject.toml | $(RUN)/python
	@echo "installing other watermarks into $(PEERS) (torch: some minutes)" >&2
	@$(RUN)/python -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]" opencv-python-headless
	@for peer in torch==2.13.0 onnxruntime "--no-deps blind-watermark" "--no-deps invisible-watermark"; do \
		$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check $$peer || echo "not installed: $$peer" >&2; done
	@touch $@
