# make run | dev | check | test | test-all | coverage | bundle | bench | bench-large | soak | fuzz | deployer | pictures:
# each sets up what it needs and is quick the second time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCRIPT_TOOLS := tests/assets
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start a hundred servers of three processes each, which would all compile the package.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run dev check test test-all coverage lint check-js bundle bench bench-large soak fuzz deployer pictures \
	browser services java requirements format clean

# The workers share the tests by the groups and in the order of tests/support/tiers.py. A test of a server or a browser
# waits for a third of its time: three workers for two cores.
SHARED := --dist loadgroup --no-loadscope-reorder
PYTEST := $(BIN)/python -m pytest $(SHARED)
SIDE_BY_SIDE := $(MAKE) --no-print-directory --jobs=2
without = $(addprefix --ignore=tests/,$(1))

run: $(VENV)/run.done
	@$(if $(DATA),IRIS_DASH_DATA="$(DATA)") exec $(BIN)/python app.py

# As it changes: code, assets and the table.
dev: $(VENV)/test.done
	@exec $(BIN)/iris-dash serve --reload $(if $(DATA),"$(DATA)")

# Whether the core still works, on its own engines: nothing but Python, two to five minutes on two cores.
# ROOM=query: with the tests of one room alone, which takes a part of a minute.
check: $(VENV)/test.done
	@$(SIDE_BY_SIDE) lint $$(command -v npm >/dev/null && echo check-js)
	$(PYTEST) -n 2 $(if $(ROOM),tests/$(ROOM),$(call without,browser system engines clusters stress))

# Everything but clusters (Dask, Spark) and stress.
test: $(VENV)/test.done browser services
	@$(SIDE_BY_SIDE) lint check-js
	$(PYTEST) -n 3 $(call without,clusters stress)

# Everything. What measures has the machine for itself.
test-all: export HYPOTHESIS_PROFILE := large
test-all: test java
	$(PYTEST) -n 2 tests/clusters
	$(BIN)/python -m pytest tests/stress

# How much of the package `make test` runs, in the servers that it starts too.
coverage: $(VENV)/test.done browser services
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(SHARED) -n 3 $(call without,clusters stress)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --sort=cover

lint: $(VENV)/test.done
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# The page's scripts: format, lint, types, unit tests. Nothing else needs Node.
check-js: $(SCRIPT_TOOLS)/node_modules/.done $(VENV)/run.done
	@npm --prefix $(SCRIPT_TOOLS) run --silent check
	@npm --prefix $(SCRIPT_TOOLS) run --silent test
	@$(BIN)/python scripts/bundle.py --check

# The page's scripts in one file, anew.
bundle: $(VENV)/run.done $(SCRIPT_TOOLS)/node_modules/.done
	$(BIN)/python scripts/bundle.py

bench: $(VENV)/test.done
	@sh scripts/need.sh wrk wrk && sh scripts/need.sh npm npm
	$(BIN)/python -m benchmarks

# The same of Parquet files that are longer than the memory: ROWS=1000000000 FOLDER=… takes 6 GB there and half an hour.
bench-large: $(VENV)/test.done browser
	$(BIN)/python -m benchmarks.large $(if $(ROWS),--rows $(ROWS)) $(if $(FOLDER),--folder "$(FOLDER)")

# How it holds under load and under nonsense; SHORT=1: the same in little.
soak: $(VENV)/test.done browser services
	cd tests && PYTHONPATH=support ../$(BIN)/python -m stress $@ $(if $(SHORT),--short)

fuzz: $(VENV)/test.done browser services
	cd tests && PYTHONPATH=support ../$(BIN)/python -m stress $@ $(if $(SHORT),--short)

# What a deployer meets, on plain processes: a line for each.
deployer: $(VENV)/test.done services
	cd tests && PYTHONPATH=support ../$(BIN)/python -m $@

# The pictures of README and docs/, anew.
pictures: $(VENV)/test.done browser
	cd tests && PYTHONPATH=support:browser ../$(BIN)/python -m $@

browser:
	@sh scripts/need.sh chromium chromium && sh scripts/need.sh chromedriver chromium-driver

services:
	@sh scripts/need_postgres.sh && sh scripts/need.sh redis-server redis-server && \
		sh scripts/need.sh nginx nginx && sh scripts/need.sh wrk wrk

java:
	@sh scripts/need.sh java default-jre-headless

# The production set with the packages of EXTRAS (PostgreSQL's, as platforms give a DATABASE_URL), and the same with
# every engine and the test tools, both pinned in full, with the hash of each file. They may differ in urllib3 alone:
# the Selenium that dash[testing] asks for needs an old one.
EXTRAS := postgresql
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --generate-hashes \
	--custom-compile-command "make requirements" pyproject.toml
requirements: $(VENV)/test.done
	$(COMPILE) $(addprefix --extra ,$(EXTRAS)) -o requirements.txt
	$(COMPILE) --extra engines --group test -o requirements-test.txt

format: $(VENV)/test.done
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@if [ -d $(SCRIPT_TOOLS)/node_modules ]; then npm --prefix $(SCRIPT_TOOLS) run --silent format; fi

clean:
	rm -rf $(VENV) $(SCRIPT_TOOLS)/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

$(VENV)/bin/python:
	@sh scripts/need_venv.sh $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.done: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/test.done: requirements-test.txt $(VENV)/run.done
	$(BIN)/python -m pip install --quiet -r requirements-test.txt
	@touch $@

$(SCRIPT_TOOLS)/node_modules/.done: $(SCRIPT_TOOLS)/package.json $(SCRIPT_TOOLS)/package-lock.json
	@sh scripts/need.sh node nodejs && sh scripts/need.sh npm npm
	npm --prefix $(SCRIPT_TOOLS) ci --silent
	@touch $@
