# Everything starts here; `make` alone lists what there is.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PORT ?= 8000
SERVE ?= 1
QUIET := PIP_DISABLE_PIP_VERSION_CHECK=1
PAGES := $(shell find book -type f -not -path '*/.ipynb_checkpoints/*' 2>/dev/null) \
  $(wildcard web/*.py web/*.js web/*.mjs web/static/* web/live/* web/lite/* tools/node.py) _config.yml _toc.yml

.DEFAULT_GOAL := help
.PHONY: help book live test lab run bench bench-live mutants requirements clean FORCE

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-13s %s\n", $$1, $$2}'

book: _build/site.done ## build the website and serve it (PORT=8000, SERVE=0 to only build)
ifeq ($(SERVE),0)
	@echo "the book is in _build/html"
else
	@$(BIN)/python tools/serve.py _build/html $(PORT)
endif

live: .venv/done _build/npm.done ## the same, but fail if its pages cannot run in the reader's browser
	@$(BIN)/python tools/assemble_pyodide.py
	@$(MAKE) --no-print-directory book

test: _build/site.done _build/npm-test.done ## run every notebook and every test
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile

lab: .venv/done ## open JupyterLab on the book
	@$(BIN)/jupyter lab book

run: .venv/done ## execute, canonicalize and export a chapter: CHAPTER=book/....ipynb
	@test -n "$(CHAPTER)" || { echo "expected a chapter: make run CHAPTER=book/calculus/chain-rule.ipynb"; exit 2; }
	@$(BIN)/python tools/run.py $(CHAPTER)

bench: .venv-bench/done ## compare the network's speed with its peers (about 10 minutes)
	@.venv-bench/bin/python benchmarks/bench.py

bench-live: ## measure the pages whose cells run in the browser (about 40 minutes)
	@$(MAKE) --no-print-directory live SERVE=0
	@$(BIN)/python benchmarks/bench_live.py

mutants: .venv/done ## break the package on purpose and count what the tests catch
	@$(QUIET) $(BIN)/python -m pip install -q mutmut==3.8.1
	@$(BIN)/python -m mutmut run --max-children 2

requirements: ## compile requirements.in into requirements.txt, every version pinned
	@uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-annotate --no-header requirements.in -o requirements.txt
	@uv pip compile -q --python-version 3.12 --no-emit-index-url --no-annotate --no-header binder/requirements.in -o binder/requirements.txt
	@uv pip compile -q --python-version 3.14 --python-platform wasm32-pyodide2025 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  $(addprefix --no-emit-package ,kiwisolver matplotlib numpy pillow widgetsnbextension) web/pyodide-requirements.in -o web/pyodide-requirements.txt

clean: ## remove everything that was made
	@rm -rf .venv .venv-bench _build node_modules mutants .pytest_cache .ruff_cache .hypothesis

.venv/done: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "The book needs Python 3.11 or newer, and found none. Install it, or name it: make PYTHON=/path/to/python3 ..."; exit 2; }
	@echo "making .venv with $$($(PYTHON) --version); this takes a minute or two, once"
	@$(PYTHON) -m venv .venv
	@$(QUIET) $(BIN)/python -m pip install -q -r requirements.txt || \
	  { echo "The packages of requirements.txt could not be installed: is there a connection? Try again."; exit 1; }
	@$(QUIET) $(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# The stamps of npm stand outside of node_modules, which `npm ci` empties; and
# fetching what the tests need is no reason to build the site again.
_build/npm.done: .venv/done package-lock.json $(if $(wildcard node_modules/temml),,FORCE)
	@echo "fetching the front-end parts of the site: fonts, formulas, editor, Python for the browser"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --omit=dev --no-progress --loglevel=error >/dev/null || \
	  { echo "The site's front-end parts could not be fetched with npm: is there a connection? Try again."; exit 1; }
	@mkdir -p $(@D) && touch $@

_build/npm-test.done: _build/npm.done
	@echo "fetching what the tests of the pages need"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --no-progress --loglevel=error >/dev/null || \
	  { echo "The test parts could not be fetched with npm: is there a connection? Try again."; exit 1; }
	@touch $@

# Always asked, soon answered: the file changes only if Python for the browser
# has changed, or can be had now and could not before, or the reverse.
_build/pyodide.json: .venv/done _build/npm.done FORCE
	@$(BIN)/python tools/assemble_pyodide.py --optional

_build/site.done: .venv/done _build/npm.done _build/pyodide.json $(PAGES)
	@$(BIN)/python tools/build_site.py
	@touch $@

.venv-bench/done: benchmarks/requirements.txt
	@echo "making .venv-bench: PyTorch, scikit-learn and autograd take a few minutes, once"
	@$(PYTHON) -m venv .venv-bench
	@$(QUIET) .venv-bench/bin/python -m pip install -q -r benchmarks/requirements.txt
	@$(QUIET) .venv-bench/bin/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@
