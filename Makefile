# Every target works from a bare Python >= 3.11: it makes .venv and installs what it needs the first time,
# and again only when pyproject.toml or constraints.txt change.

# The first interpreter that is new enough; `make PYTHON=…` to choose another.
PYTHON ?= $(shell for p in python3 python python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
INPUTS := pyproject.toml constraints.txt Makefile
WORKERS ?= 2

.DELETE_ON_ERROR:
.PHONY: help setup demo test slow check format notebooks docs browser sliders lowest bench bench-peers new-rule clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r t d; do printf '  make %-12s %s\n' "$$t" "$$d"; done

setup: $(VENV)/.test $(VENV)/.lint ## make .venv with everything a developer needs

demo: $(VENV)/.base ## run the five experiments of the tour: a table on the screen, figures in out/
	$(BIN)/bouton run --tag tour --out out

test: $(VENV)/.test ## the fast tests (under three minutes)
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow"

slow: $(VENV)/.test ## the slow tests: full-length experiments
	$(BIN)/python -m pytest -n $(WORKERS) -m slow

check: $(VENV)/.lint ## formatting, lint, types, direction of imports
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.lint ## put the code into shape
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

notebooks: $(VENV)/.notebook $(VENV)/.test ## execute the notebooks of docs/notebooks: an error or a warning in a cell fails
	PYTHONPATH=docs/_ext $(BIN)/python -m manual.notebooks
	$(BIN)/python -m pytest -q tests/docs/test_notebooks.py

browser: $(VENV)/.explore $(VENV)/.test ## the explorer's tests in a browser (needs chromium)
	$(BIN)/python -m pytest -q -m "slow or not slow" tests/explore

sliders: $(VENV)/.explore $(VENV)/.test ## how long the explorer takes to answer a slider, in a browser
	$(BIN)/python -m pytest -q -s -m "slow or not slow" tests/explore/test_browser.py -k sliders_answer

docs: $(VENV)/.docs ## the manual, in build/docs/index.html
	$(BIN)/python -m sphinx -W --keep-going --quiet -j auto -d build/doctrees docs build/docs

# Old releases of other libraries warn about one another, so that warnings are no errors here, nor is it tested that they are.
lowest: ## the fast tests with the lowest versions pyproject.toml allows
	$(MAKE) --no-print-directory VENV=.venv-lowest .venv-lowest/.lowest
	.venv-lowest/bin/python -m pytest -n $(WORKERS) -m "not slow" -W default \
		--deselect tests/contracts/test_project.py::test_a_warning_is_an_error

bench: $(VENV)/.base ## how fast it is on this machine
	$(BIN)/python benchmarks/experiments.py
	$(BIN)/python benchmarks/networks.py
	$(BIN)/python benchmarks/every_step.py
	$(BIN)/python benchmarks/scaling.py --largest 1

bench-peers: $(VENV)/.base .peers/.made ## the same beside the systems that the experiments come from
	$(PEER_PYTHONS) $(BIN)/python benchmarks/experiments.py
	$(PEER_PYTHONS) $(BIN)/python benchmarks/networks.py

PEER_PYTHONS = $(foreach peer,norse annarchy brian2 nest,$(shell echo $(peer) | tr a-z A-Z)_PYTHON=$(CURDIR)/.peers/$(peer)/bin/python)
PEER = $(PYTHON) -m venv .peers/$(1) && .peers/$(1)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(2)

.peers/.made:
	$(call PEER,brian2,'brian2==2.9' 'numpy<2.3' setuptools)
	$(call PEER,nest,'nest-simulator==3.10' numpy)
	$(call PEER,annarchy,'annarchy==5.0.4.1' setuptools)
	$(call PEER,norse,torch 'norse==1.1.0')
	touch $@

new-rule: $(VENV)/.base ## write the skeleton of a rule: make new-rule NAME=TripletSTDP
	$(BIN)/python tools/new_rule.py $(NAME)

clean: ## remove .venv, results and caches (not the user's kernel cache)
	rm -rf .venv .venv-lowest .peers out build docs/generated dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests docs -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is written last, so that an interrupted installation is taken up again. An environment whose interpreter
# has gone (an upgraded system does that) is made anew.
GONE := $(shell test ! -e $(VENV) || $(BIN)/python -c '' 2>/dev/null || echo gone)
ifdef GONE
.PHONY: $(VENV)/.base
endif

$(VENV)/.base: $(INPUTS)
	@test -n "$(PYTHON)" || { echo "bouton needs Python 3.11 or later: none found, name one with make PYTHON=…" >&2; exit 1; }
	@if [ -e $(VENV) ] && ! $(BIN)/python -m pip --version >/dev/null 2>&1; then rm -rf $(VENV); fi
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) -e .
	@touch $@

$(VENV)/.test: $(VENV)/.base
	$(INSTALL) -e '.[test]'
	@touch $@

$(VENV)/.explore: $(VENV)/.base
	$(INSTALL) -e '.[explore]' playwright
	@touch $@

$(VENV)/.lint: $(VENV)/.base
	$(INSTALL) -e '.[lint]'
	@touch $@

$(VENV)/.notebook: $(VENV)/.base
	$(INSTALL) -e '.[notebook]'
	@touch $@

$(VENV)/.docs: $(VENV)/.base
	$(INSTALL) -e '.[docs]'
	@touch $@

$(VENV)/.lowest: $(VENV)/.test tests/lowest_versions.py
	$(BIN)/python tests/lowest_versions.py > $(VENV)/lowest.txt
	$(INSTALL) -r $(VENV)/lowest.txt
	@touch $@
