# Two commands: 'make book' and 'make test'. Everything they need goes into .venv and _build.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV ?= .venv
JOBS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$(( n < 4 ? n : 4 )))
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
SNAKEMAKE := $(VENV)/bin/snakemake --profile workflow/profiles/local --cores $(JOBS)
SAY_WHY := { cat _build/failures >&2 2>/dev/null || true; exit 1; }
IS_311 := import sys; sys.exit(sys.version_info[:2] != (3, 11))

export PYTHONNOUSERSITE := 1

.PHONY: help
help: ## list the targets
	@echo "usage: make TARGET [JOBS=2] [PYTHON=python3.11]"
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: $(INSTALLED) ## make .venv with the pinned versions

$(INSTALLED): pyproject.toml constraints.txt | $(PY)
	@echo "Installing the pinned packages into $(VENV); the first time this takes some minutes."
	@$(PY) -m pip install --disable-pip-version-check -c constraints.txt -e '.[book,test]' \
	  | { grep -v '^Requirement already satisfied' || true; }
	@touch $@

$(PY):
	@for python in $(PYTHON) python3.11 python3 python; do \
	  if "$$python" -c '$(IS_311)' 2>/dev/null; then found=$$python; break; fi; done; \
	if [ -z "$${found:-}" ]; then \
	  echo "No Python 3.11 among: $(PYTHON) python3.11 python3 python." >&2; \
	  echo "Install it (Debian 12: apt-get install python3.11 python3.11-venv), name it" >&2; \
	  echo "(make $(MAKECMDGOALS) PYTHON=/path/to/python3.11), or use conda (environment.yml)." >&2; \
	  exit 1; fi; \
	"$$found" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

.PHONY: book
book: $(INSTALLED) ## execute what is stale and render the book to _build/html
	@[ -d .snakemake ] || rm -rf _build  # without Snakemake's records nobody knows what is stale
	@rm -f _build/failures
	@$(SNAKEMAKE) book || $(SAY_WHY)
	@echo "The book: $(CURDIR)/_build/html/index.html"

.PHONY: instructor
instructor: $(INSTALLED) ## the edition for teachers, with solutions and notes: _build/instructor/html
	@rm -f _build/failures
	@$(SNAKEMAKE) _build/instructor/html || $(SAY_WHY)
	@echo "The instructor's edition: $(CURDIR)/_build/instructor/html/index.html"

.PHONY: slides
slides: $(INSTALLED) ## three lectures, from the notebooks: _build/slides
	@rm -f _build/failures
	@$(SNAKEMAKE) _build/slides || $(SAY_WHY)
	@echo "The slides: $(CURDIR)/_build/slides/index.html"

.PHONY: pdf
pdf: book ## the whole book, printed by a headless Chromium: _build/book.pdf
	@rm -f _build/failures
	@$(SNAKEMAKE) _build/book.pdf || $(SAY_WHY)
	@echo "The book to print: $(CURDIR)/_build/book.pdf"

.PHONY: test
test: book ## unit tests, doctests, every notebook against its stored outputs, the built site
	@OMP_NUM_THREADS=1 LCIP_REQUIRE_SITE=1 PYTHONPATH=tests/notebooks $(PY) -m pytest \
	  -n $(JOBS) --dist loadfile -rs -p nbval_strict --nbval notebooks tests lcip workflow

.PHONY: notebooks
notebooks: book ## write fresh outputs into the committed notebooks
	@$(SNAKEMAKE) refresh || $(SAY_WHY)

TARGET ?= tables
.PHONY: rebuild
rebuild: $(INSTALLED) ## with LCIP_DATA: TARGET=weights, streams or tables anew; ARGS=--forceall for all
	@rm -f _build/failures
	@$(VENV)/bin/snakemake -s workflow/rebuild.smk --profile workflow/profiles/rebuild \
	  --cores $(JOBS) $(TARGET) $(ARGS) || $(SAY_WHY)

.PHONY: lint
lint: $(INSTALLED) ## ruff: style and formatting
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .

.PHONY: unlock
unlock: ## after a build that was killed: let the next one start
	@$(SNAKEMAKE) --unlock

.PHONY: clean
clean: ## remove what was built (keeps .venv and everything committed)
	rm -rf _build .snakemake
