# make demo [IMAGE=photo.jpg] · make test · make reader · make page · make lint · make docs · make findings · make fuzz ·
# make wheel · make sbom
# Each makes .venv when it is missing and installs what it needs, once per change of pyproject.toml or the lock.

MINIMUM := 3.11
PYTHON  ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV    := .venv
NPM     := $(shell node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null && command -v npm)
PEERS   := .venv-peers
TOOLS   := .venv-
RUN     := $(VENV)/bin
PIP     := python -m pip install --quiet --disable-pip-version-check
INSTALL := $(RUN)/$(PIP) --editable
LOCKED  := --require-hashes --only-binary :all: --requirement

DIST    ?= dist
UV      := uv==0.13.9

RUNS    ?= 100000
SECONDS ?= 600

.DEFAULT_GOAL := help
.PHONY: help demo test reader page lint docs fuzz findings wheel sbom lock bench bench-peers bench-docs interop integration clean

help:
	@echo "make demo [IMAGE=photo.jpg]   stamp a picture, mistreat it, trace every copy; writes demo-out/index.html"
	@echo "make test                     run the tests (ARGS='-k name' passes options to pytest)"
	@echo "make reader                   build and test the second implementation (TypeScript); make test does it where npm is"
	@echo "make page                     build the offline page for browsers into reader/page/dist; then provenance page DIR"
	@echo "make lint                     format, lint, types and import directions, as CI runs them"
	@echo "make docs                     build the documentation site; then open site/index.html"
	@echo "make fuzz                     hostile input, for an hour (RUNS=100000 inputs and SECONDS=600 a target at most)"
	@echo "make wheel                    build wheel and source archive into dist; the same bytes each time"
	@echo "make sbom                     list the locked test environment in dist/sbom.json (CycloneDX)"
	@echo "make lock                     pin what tests and builds run on, in locks/ (ARGS=--upgrade for the newest)"
	@echo "make findings                 how others' software behaves: public packages without our code, a quarter of an hour, not in CI"
	@echo "make bench                    measure robustness, visibility, speed; writes bench-out (ARGS='--pictures 4')"
	@echo "make bench-peers              the same of other watermarks, in an environment of their own"
	@echo "make bench-docs               write docs/bench.md from bench-out"
	@echo "make interop                  our stamps through other people's readers; writes docs/interop.md; needs a network and Node"
	@echo "make integration              what is too heavy for CI: with PyTorch, Ray and Spark, and then make interop; needs a network, Node and Java"
	@echo "make clean                    remove the environments and what was built"

demo: $(VENV)/.core
	@$(RUN)/provenance demo $(if $(IMAGE),"$(IMAGE)") --out demo-out

test: $(VENV)/.test $(if $(NPM),reader/node_modules/.ready)
	@$(RUN)/python -m pytest -n auto $(ARGS)
	@$(if $(ARGS),,$(if $(NPM),$(MAKE) --no-print-directory reader,echo "not tested: reader/, which needs npm and Node 20" $(if $(CI),>&2; exit 1)))

# The second implementation. It is built and tested alone, beside vectors/.
reader: reader/node_modules/.ready
	@cd reader && npm run --silent build && npm run --silent check && npm test --silent

# The offline page: one file, and a folder to host. Tests build it anew; wheels take what lies there.
page: reader/node_modules/.ready
	@cd reader && node page/build.mjs
	@cd reader/page/dist && cat SHA256SUMS

lint: $(VENV)/.test
	@failed=; for check in "ruff format --check --quiet ." "ruff check ." "mypy" "lint-imports"; do \
		$(RUN)/$$check || failed="$$failed [$$check]"; done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed" >&2; exit 1; fi

docs: $(VENV)/.test
	@NO_MKDOCS_2_WARNING=1 $(RUN)/python -m mkdocs build --strict --quiet

fuzz: $(VENV)/.test
	@mkdir -p fuzz-out; failed=; for target in payload manifest imaging documents verify response; do echo "fuzzing $$target"; \
		$(RUN)/python -m fuzz $$target --runs $(RUNS) --seconds $(SECONDS) >fuzz-out/$$target.log 2>&1 \
		&& grep -E "units|slowest|rss" fuzz-out/$$target.log || { tail -40 fuzz-out/$$target.log; failed="$$failed $$target"; }; done; \
	$(RUN)/python -m fuzz mutations --runs $$(($(RUNS) / 8 + 100)) || failed="$$failed mutations"; \
	if [ -n "$$failed" ]; then echo "failed:$$failed, see fuzz-out" >&2; exit 1; fi

findings:
	@failed=; for script in findings/*.sh; do echo "::: $$script"; \
		PYTHON="$(PYTHON)" "$$script" || failed="$$failed $$script"; done; \
	if [ -n "$$failed" ]; then echo "changed, or could not run:$$failed" >&2; exit 1; fi; echo "::: all as described"

# Everything in a build has the time of the commit, so that a build tomorrow has the same bytes; an unpacked
# source archive, which has no commit, takes hatchling's own time. The build sees hatchling and nothing else.
DATED    = SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || echo 1580601600)}
wheel: $(TOOLS)build/.ready $(if $(NPM),page)
	@$(if $(NPM),,echo "without the offline page, which needs npm and Node 20" $(if $(CI),>&2; exit 1))
	@$(DATED) $(TOOLS)build/bin/python -m build --quiet --no-isolation --outdir $(DIST) .
	@cd $(DIST) && sha256sum image_provenance-*

sbom: $(TOOLS)sbom/.ready
	@mkdir -p $(DIST)
	@$(DATED) $(TOOLS)sbom/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml \
		--output-reproducible --output-format JSON --output-file $(DIST)/sbom.json locks/test.txt
	@cd $(DIST) && sha256sum sbom.json

# Locks hold for every Python and platform at once: pip can't resolve for others than its own, uv can. It keeps the versions
# that it finds in the file, so the container gets those that the tests ran on.
COMPILE = $(TOOLS)lock/bin/uv pip compile --quiet --universal --python-version $(MINIMUM) --generate-hashes \
	--only-binary :all: --custom-compile-command "make lock" $(ARGS)
lock: | $(RUN)/python
	@$(RUN)/python -m venv $(TOOLS)lock && $(TOOLS)lock/bin/$(PIP) $(UV)
	@$(COMPILE) --extra test --extra dev --extra docs --extra fuzz --output-file locks/test.txt pyproject.toml
	@cp locks/test.txt locks/container.txt && $(COMPILE) --extra container --output-file locks/container.txt pyproject.toml
	@for group in build sbom; do $(COMPILE) --group $$group --output-file locks/$$group.txt || exit 1; done

bench: $(VENV)/.bench
	@$(RUN)/python -m bench $(ARGS)

bench-docs: $(VENV)/.bench
	@$(RUN)/python -m bench.docs

bench-peers: $(PEERS)/.ready
	@$(PEERS)/bin/python -m bench robustness unmarked --out bench-out/peers \
		--marks provenance blind-watermark dwtDct dwtDctSvd rivaGan $(ARGS)

interop: $(VENV)/.bench
	$(RUN)/python -m bench.interop $(ARGS)

# What .ci/run leaves out: libraries of a gigabyte, and other people's programs. In an environment of its own.
HEAVY   := $(TOOLS)integration
integration: $(HEAVY)/.ready
	@$(HEAVY)/bin/python -m pytest tests/heavy -m heavy $(ARGS)
	@mkdir -p bench-out && $(MAKE) interop ARGS="--out bench-out/interop.md $(INTEROP)"

$(HEAVY)/.ready: pyproject.toml locks/test.txt | $(RUN)/python
	@echo "installing PyTorch, Ray, Spark, diffusers and Gradio into $(HEAVY) (some minutes)" >&2
	@$(RUN)/python -m venv $(HEAVY)
	@$(HEAVY)/bin/$(PIP) $(LOCKED) locks/test.txt
	@$(HEAVY)/bin/$(PIP) torch==2.14.1 'ray[data]==2.60.0' pyspark==4.3.0 pandas diffusers==0.42.1 transformers gradio==6.31.0 s3fs
	@$(HEAVY)/bin/$(PIP) --editable . --no-deps --no-build-isolation
	@touch $@

clean:
	rm -rf $(VENV) $(TOOLS)* $(DIST) reader/node_modules reader/dist reader/page/dist site demo-out bench-out fuzz-out

$(RUN)/python:
	@test -n "$(PYTHON)" || { echo "error: provenance needs Python $(MINIMUM) or newer; found: $$(python3 --version 2>&1)." \
		"Install one, or name it: make PYTHON=/path/to/python3.12 demo" >&2; exit 1; }
	@echo "making $(VENV) with $(PYTHON)" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml | $(RUN)/python
	@echo "installing provenance into $(VENV) (first time: a minute)" >&2
	@$(INSTALL) .
	@touch $@

# Everything that tests, lint and fuzzing run on: the locked versions, each file checked against its hash.
$(VENV)/.test: pyproject.toml locks/test.txt | $(RUN)/python
	@echo "installing provenance and what its tests need into $(VENV)" >&2
	@$(RUN)/$(PIP) $(LOCKED) locks/test.txt
	@$(INSTALL) . --no-deps --no-build-isolation
	@touch $@

reader/node_modules/.ready: reader/package.json reader/package-lock.json
	@echo "installing what reader/ is built and tested with" >&2
	@cd reader && npm ci --silent
	@touch $@

$(VENV)/.bench: pyproject.toml | $(RUN)/python
	@echo "installing image-provenance[bench] into $(VENV)" >&2
	@$(INSTALL) ".[bench]"
	@touch $@

$(TOOLS)build/.ready $(TOOLS)sbom/.ready: $(TOOLS)%/.ready: locks/%.txt | $(RUN)/python
	@echo "installing what make $* needs into $(@D)" >&2
	@$(RUN)/python -m venv $(@D)
	@$(@D)/bin/$(PIP) $(LOCKED) $<
	@touch $@

# Peers without their dependencies: they ask for an OpenCV that needs a display. One that can't be had is named in the table.
$(PEERS)/.ready: pyproject.toml | $(RUN)/python
	@echo "installing other watermarks into $(PEERS) (torch: some minutes)" >&2
	@$(RUN)/python -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]" opencv-python-headless
	@for peer in torch==2.13.0 onnxruntime "--no-deps blind-watermark" "--no-deps invisible-watermark"; do \
		$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check $$peer || echo "not installed: $$peer" >&2; done
	@touch $@
