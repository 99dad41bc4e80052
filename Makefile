# Two doors: `make lab` opens the course, `make test` checks it. Both set everything up first: the
# course needs requirements.lock; what checks it needs requirements-test.lock on top.

PYTHON ?= python3
ARGS ?=
ENV := .venv
RUN := $(ENV)/bin/python
READY := $(ENV)/.ready
TOOLS := $(ENV)/.tools
NOTEBOOKS := notebooks exercises solutions
PYTHONS := python3.11 python3.12 python3.13 python3.14
SPREAD := -n auto --dist loadscope --no-loadscope-reorder
NBVAL := $(SPREAD) --nbval --nbval-current-env --nbval-cell-timeout=60
LOCK := uv pip compile --quiet pyproject.toml --group build --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

# uv installs faster; where it is not, pip does the same.
ifneq ($(shell command -v uv 2>/dev/null),)
MAKE_ENV = [ -d $(ENV) ] || uv venv --quiet --python "$(PYTHON)" $(ENV)
INSTALL = uv pip install --quiet --python $(RUN)
else
MAKE_ENV = { [ -d $(ENV) ] || "$(PYTHON)" -m venv $(ENV); } && \
    { $(RUN) -m pip --version >/dev/null 2>&1 || $(RUN) -m ensurepip >/dev/null; }
INSTALL = $(RUN) -m pip install --quiet --no-compile --disable-pip-version-check
endif
COMPILE = $(RUN) -W ignore -m compileall -q -j 0 $(ENV)/lib || true  # on all processors, where pip takes one

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

.PHONY: help lab test test-slow nbval pythons notebooks benchmark realism random-plans lock
.DEFAULT_GOAL := help

help:
	@echo "make lab        open the course in JupyterLab (make lab ARGS=\"--no-browser --port 8899\")"
	@echo "make test       format, lint, types, unit tests, doctests and every notebook"
	@echo "make test-slow  what takes longer: in a browser, in more worlds, with more examples"
	@echo "make pythons    every notebook on every Python from 3.11 on that this machine has"
	@echo "make notebooks  derive the exercises, run every notebook and store its outputs"
	@echo "make benchmark  time the package against the plain way to do the same"
	@echo "make realism    set the market beside what is published of real ones"
	@echo "make random-plans  what random plans earn, for the score of a plan (half an hour)"
	@echo "make lock       pin the dependencies of pyproject.toml again (needs uv)"

lab: $(READY)
	@$(RUN) -m mktlab lab $(ARGS)

test: $(TOOLS)
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(RUN) -m pytest $(NBVAL) -m "not slow" tests $(NOTEBOOKS) src

test-slow: $(TOOLS)
	MKTLAB_SLOW=1 $(RUN) -m pytest $(SPREAD) -m slow tests

nbval: $(TOOLS)
	$(RUN) -m pytest $(NBVAL) $(NOTEBOOKS)

pythons:
	@passed=; failed=; \
	for python in $(PYTHONS); do \
	    version=$${python#python}; \
	    if ! "$$python" -c 'import venv' >/dev/null 2>&1; then \
	        echo "$$python is not here, or does not run: skipped."; \
	    elif $(MAKE) --no-print-directory PYTHON="$$python" ENV=.venv-$$version nbval; then \
	        passed="$$passed $$version"; \
	    else \
	        failed="$$failed $$version"; \
	    fi; \
	done; \
	[ -z "$$passed" ] || echo "Every notebook gives what is stored on Python$$passed."; \
	[ -z "$$failed" ] || { echo "Not every notebook does on Python$$failed." >&2; exit 1; }; \
	[ -n "$$passed" ] || { echo "No Python from 3.11 on was found: install one." >&2; exit 1; }

notebooks: $(READY)
	$(RUN) -m mktlab lesson build
	$(RUN) -m mktlab execute $(NOTEBOOKS)

benchmark: $(TOOLS)
	$(RUN) -m benchmarks

realism: $(TOOLS)
	$(RUN) -m benchmarks.realism

random-plans: $(READY)
	$(RUN) -m mktlab.market.score

lock:
	$(LOCK) -o requirements.lock
	$(LOCK) --group dev -c requirements.lock -o requirements-test.lock

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
	@$(MAKE_ENV) || { \
	    rm -rf $(ENV); \
	    echo "Python's venv module could not make $(ENV). On Debian and Ubuntu:" \
	         "sudo apt install python3-venv, then again: make $(MAKECMDGOALS)" >&2; exit 1; }
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@$(COMPILE)
	@$(RUN) -c '$(IDENTITY)' > $(READY)

$(TOOLS): $(READY) requirements-test.lock
	@echo "Adding to $(ENV) what checks the course."
	@$(INSTALL) --require-hashes -r requirements-test.lock
	@$(COMPILE)
	@touch $(TOOLS)
