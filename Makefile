# Everything a developer types. Each target sets up what it needs first.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test check sanitize bench fuzz lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

# The stamp is newer than what it was made from, so a second call does nothing.
setup: .venv/ready  ## make .venv with trailbell and all that development needs
.venv/ready: requirements/dev.txt pyproject.toml setup.py $(wildcard src/bytescan/*)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "trailbell needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@command -v $(CC) >/dev/null || \
	  { echo "a part of trailbell is in C: install a C compiler (apt-get install gcc libc6-dev, or xcode-select --install)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## show an account being taken over, as alerts
	@$(BIN)/trailbell demo

test: setup  ## run all tests
	$(BIN)/python -m pytest

PYTHON_H = $(shell $(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("include"))')

check: setup  ## lint, format and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(CC) -std=c11 -O2 -Wall -Wextra -Wconversion -Wshadow -Werror -fsyntax-only -isystem $(PYTHON_H) src/bytescan/*.c

# Into a copy of the package: a build with checks needs a library of its own to be loaded first.
SANITIZED := build/sanitized
sanitize: setup  ## test the part in C with checks of memory and of undefined behaviour
	rm -rf $(SANITIZED) && mkdir -p $(SANITIZED) && cp -r src/trailbell $(SANITIZED)/
	CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all" \
	  $(BIN)/python setup.py --quiet build_ext --force --build-lib $(SANITIZED) --build-temp $(SANITIZED)
	ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD=$$($(CC) -print-file-name=libasan.so) PYTHONPATH=$(SANITIZED) \
	  $(BIN)/python -m pytest --quiet tests/engine/test_bytescan.py tests/engine/test_trail_borders.py

# Real records, resampled, where there are any; the synthetic ones are made by the benchmark itself.
RECORDS := ../shared
bench: setup  ## measure speed, as ratios within one run
	@test -f bench/data/manifest.json || ! test -f $(RECORDS)/bench/make_bench.py || \
	  $(PYTHON) $(RECORDS)/bench/make_bench.py --records $(RECORDS)/data/records --out bench/data --mb 50
	$(BIN)/python bench/run.py

fuzz: setup  ## look for crashes in the pattern language, for FUZZ_SECONDS (60)
	$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --require-hashes --requirement requirements/fuzz.txt
	$(BIN)/python fuzz/fuzz_pattern.py --seconds $(or $(FUZZ_SECONDS),60)

lock: setup  ## pin every dependency again, with hashes
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --quiet --custom-compile-command "make lock" --upgrade --output-file requirements/dev.txt
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet --custom-compile-command "make lock" --constraint requirements/dev.txt --output-file requirements/runtime.txt
	$(BIN)/uv pip compile --group fuzz --universal --python-version 3.11 --generate-hashes --quiet --custom-compile-command "make lock" --output-file requirements/fuzz.txt

clean:  ## remove what the targets made
	rm -rf .venv build dist src/*.egg-info src/trailbell/engine/*.so .mypy_cache .pytest_cache .ruff_cache .hypothesis
