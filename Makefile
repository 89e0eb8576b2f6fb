# Every target makes the virtual environment on demand; nothing is installed outside .venv.
# Variables: PYTHON (3.11 to 3.13), VENV, OUT, EXTRAS (what `make test` installs), PIP_ARGS.

SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= out/demo.mp4
EXTRAS ?= dev
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13; do \
	$$python -c '$(SUPPORTED)' 2>/dev/null && echo $$python && break; done)
# Two threads that fight over two busy cores are slower than one: one thread per process.
THREADS := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1
BENCHMARKS := reenact cross_identity audio2motion speed
BASE := $(VENV)/.installed-base
DEV := $(VENV)/.installed-dev
BENCH := $(VENV)/.installed-bench
REQUIREMENTS := pyproject.toml constraints.txt

.DELETE_ON_ERROR:
.PHONY: help demo test lint bench docs clean

help:
	@echo "make demo   install, enrol the embedded synthetic person, write $(OUT)"
	@echo "make test   the tests       make lint   ruff and mypy"
	@echo "make bench  the benchmarks  make docs   the generated parts of the documentation"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(BASE): $(REQUIREMENTS) | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt $(PIP_ARGS) -e .
	@touch $@

$(DEV): $(REQUIREMENTS) | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt $(PIP_ARGS) -e '.[$(EXTRAS)]'
	@touch $@ $(BASE)

# The reference network that speed is compared with runs in torch.
$(BENCH): $(DEV)
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt $(PIP_ARGS) -e '.[torch]'
	@touch $@

demo: $(BASE)
	@mkdir -p $(dir $(OUT))
	$(BIN)/avatar demo -o $(OUT) --overwrite
	@echo "The video is at $(abspath $(OUT))"

test: $(DEV)
	$(THREADS) $(BIN)/python -m pytest -n 2 --dist loadfile -m "not gpu" $(PYTEST_ARGS)

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(BENCH)
	@for name in $(BENCHMARKS); do \
		echo "== $$name"; $(THREADS) $(BIN)/python -m benchmarks.$$name || exit 1; done

docs: $(DEV)
	$(BIN)/python docs/generate.py

clean:
	rm -rf build out .pytest_cache .mypy_cache .ruff_cache *.egg-info
