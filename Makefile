# Every target does its own set-up, once: a virtual environment in .venv, and, where that
# is possible, the system's libraries that Qt needs. `make` alone says what there is.

JOBS ?= 2
SECONDS ?= 300
ARGS ?=

BIN := .venv/bin
PY := $(BIN)/python
TESTS := $(PY) -m pytest -n $(JOBS) --dist loadgroup --no-loadscope-reorder

# The first Python that is new enough; `make PYTHON=/path/to/python test` chooses another.
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
# Whoever keeps Python from storing what it has compiled would have each of hundreds of programs compile all anew.
test torture: export PYTHONDONTWRITEBYTECODE =
.PHONY: help run test lint bench torture fuzz clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-9s %s\n", $$1, $$2}' Makefile
	@echo "JOBS=$(JOBS) tests run side by side; ARGS goes to the program, e.g. make test ARGS='-k undo'"

run: .venv/.stamp ## a tracker and peers on this machine, drawing together
	@.ci/system
	@$(BIN)/p2psketch demo $(ARGS)

test: lint ## lint, then every test but the slow ones
	@.ci/system tests
	@$(TESTS) -m 'not slow' $(ARGS)

lint: .venv/.stamp ## ruff and mypy
	@$(PY) -m ruff check --quiet
	@$(PY) -m ruff format --check --quiet || { $(PY) -m ruff format --check; exit 1; }
	@$(PY) -m mypy --no-error-summary

bench: .venv/.stamp ## measure
	@.ci/system
	@$(PY) -m benchmarks $(ARGS)

torture: .venv/.stamp ## the slow tests: many peers, long histories, far more examples, 20 s of each fuzz target
	@.ci/system tests
	@$(TESTS) -m slow --hypothesis-profile=torture $(ARGS)
	@$(PY) -m tests.fuzz all --seconds 20

fuzz: .venv/.stamp ## feed every target with damaged input, guided by what it reaches, for SECONDS each
	@$(PY) -m tests.fuzz all --seconds $(SECONDS) --corpus .fuzz $(ARGS)

clean: ## remove all that make made, .venv too
	@rm -rf .venv build dist demo-pictures .fuzz .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.stamp: pyproject.toml constraints.txt
	@set -e; python='$(PYTHON)'; \
	test -n "$$python" || { echo 'p2psketch needs Python 3.11 or newer and found none; PYTHON=/path/to/python names one' >&2; exit 1; }; \
	$(PY) -m pip --version >/dev/null 2>&1 || { .ci/system venv "$$python"; "$$python" -m venv --clear .venv; }
	@echo 'Setting up .venv …'
	@$(PY) -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(PY) -m compileall -qq p2psketch tracker peer # as pip does where it copies: the first start is as short as the next
	@touch $@
