# Two doors: `make lab` opens the course, `make test` checks it. Both set everything up first.

PYTHON ?= python3
ARGS ?=
ENV := .venv
RUN := $(ENV)/bin/python
READY := $(ENV)/.ready
NOTEBOOKS := notebooks exercises solutions

# The environment tells which Python it holds and where it lies. When it was moved, copied or its
# Python replaced, that no longer matches what the set-up noted, and the set-up runs again.
IDENTITY := import sys; print("%d.%d" % sys.version_info[:2], sys.prefix)
VERSION := import sys; print("%d.%d" % sys.version_info[:2])
HOLDS := $(shell $(RUN) -c '$(IDENTITY)' 2>/dev/null)
NOTED := $(shell cat $(READY) 2>/dev/null)
ifneq ($(HOLDS),$(NOTED))
STALE := yes
endif
# A Python that was asked for by name (make PYTHON=python3.13 test) replaces another version.
ifneq ($(origin PYTHON),file)
ifneq ($(firstword $(HOLDS)),$(shell "$(PYTHON)" -c '$(VERSION)' 2>/dev/null))
STALE := yes
endif
endif
ifdef STALE
.PHONY: $(READY)
endif

.PHONY: help lab test notebooks benchmark lock
.DEFAULT_GOAL := help

help:
	@echo "make lab        open the course in JupyterLab (make lab ARGS=\"--no-browser --port 8899\")"
	@echo "make test       format, lint, types, unit tests, doctests and every notebook"
	@echo "make notebooks  derive the exercises, run every notebook and store its outputs"
	@echo "make benchmark  time the package against the plain way to do the same"
	@echo "make lock       pin the dependencies of pyproject.toml again (needs uv)"

lab: $(READY)
	@$(RUN) -m mktlab lab $(ARGS)

test: $(READY)
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(RUN) -m pytest -n 2 --dist loadscope \
	    --nbval --nbval-current-env --nbval-cell-timeout=60 tests src $(NOTEBOOKS)

notebooks: $(READY)
	$(RUN) -m mktlab lesson build
	$(RUN) -m mktlab execute $(NOTEBOOKS)

benchmark: $(READY)
	$(RUN) -m benchmarks

lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	    -o requirements.lock

$(READY): requirements.lock pyproject.toml
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	    echo "No '$(PYTHON)' was found. Install Python 3.11 or newer, or name the one you" \
	         "have: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "'$(PYTHON)' is $$("$(PYTHON)" --version 2>&1), and mktlab needs Python 3.11 or" \
	         "newer. Install one, or name it: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
	    exit 1; }
	@found=$$($(RUN) -c '$(IDENTITY)' 2>/dev/null); \
	wanted="$$("$(PYTHON)" -c '$(VERSION)') $$(pwd -P)/$(ENV)"; \
	if [ -e $(ENV) ] && [ "$$found" != "$$wanted" ]; then \
	    echo "$(ENV) is not an environment of this Python in this folder: making it anew."; \
	    rm -rf $(ENV); \
	fi
	@echo "Setting up $(ENV) with $$("$(PYTHON)" --version): once, a minute or two."
	@if command -v uv >/dev/null 2>&1; then \
	    [ -d $(ENV) ] || uv venv --quiet --python "$(PYTHON)" $(ENV) || exit 1; \
	    uv pip install --quiet --python $(RUN) --require-hashes -r requirements.lock && \
	    uv pip install --quiet --python $(RUN) --no-deps --no-build-isolation -e .; \
	else \
	    [ -d $(ENV) ] || "$(PYTHON)" -m venv $(ENV) || { \
	        rm -rf $(ENV); \
	        echo "Python's venv module could not make $(ENV). On Debian and Ubuntu:" \
	             "sudo apt install python3-venv, then again: make $(MAKECMDGOALS)" >&2; exit 1; }; \
	    $(RUN) -m pip --version >/dev/null 2>&1 || $(RUN) -m ensurepip >/dev/null || exit 1; \
	    pip="$(RUN) -m pip install --quiet --no-compile --disable-pip-version-check"; \
	    $$pip --require-hashes -r requirements.lock && \
	    $$pip --no-deps --no-build-isolation -e .; \
	fi
	@$(RUN) -m compileall -q -j 0 $(ENV)/lib || true  # on all processors, where pip takes one
	@$(RUN) -c '$(IDENTITY)' > $(READY)
