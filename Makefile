# make run | make test | make bench | make soak | make fuzz: each sets up what it needs and is quick the second time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SCRIPT_TOOLS := tests/assets
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check-js bench soak fuzz browser servers requirements format clean

run: $(VENV)/run.done
	@$(if $(DATA),IRIS_DASH_DATA="$(DATA)") exec $(BIN)/python app.py

test: $(VENV)/test.done browser servers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@$(MAKE) --no-print-directory check-js
	$(BIN)/python -m pytest -n 2 --dist loadfile

# The page's scripts: format, lint, types, unit tests. Nothing else needs Node.
check-js: $(SCRIPT_TOOLS)/node_modules/.done
	@npm --prefix $(SCRIPT_TOOLS) run --silent check
	@npm --prefix $(SCRIPT_TOOLS) run --silent test

bench: $(VENV)/test.done
	@sh scripts/need.sh wrk wrk
	$(BIN)/python -m benchmarks

# How it holds under load and under nonsense; SHORT=1: the same in little.
soak: $(VENV)/test.done browser servers
	cd tests && PYTHONPATH=support ../$(BIN)/python -m stress $@ $(if $(SHORT),--short)

fuzz: $(VENV)/test.done browser servers
	cd tests && PYTHONPATH=support ../$(BIN)/python -m stress $@ $(if $(SHORT),--short)

browser:
	@sh scripts/need.sh chromium chromium && sh scripts/need.sh chromedriver chromium-driver

servers:
	@sh scripts/need_postgres.sh && sh scripts/need.sh java default-jre-headless && \
		sh scripts/need.sh redis-server redis-server && sh scripts/need.sh nginx nginx && sh scripts/need.sh wrk wrk

# The production set, and the same with every engine and the test tools, both pinned in full. They may differ in
# urllib3 alone: the Selenium that dash[testing] asks for needs an old one.
requirements: $(VENV)/test.done
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
		--custom-compile-command "make requirements" pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
		--custom-compile-command "make requirements" pyproject.toml --extra engines \
		--group test -o requirements-test.txt

format: $(VENV)/test.done
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@if [ -d $(SCRIPT_TOOLS)/node_modules ]; then npm --prefix $(SCRIPT_TOOLS) run --silent format; fi

clean:
	rm -rf $(VENV) $(SCRIPT_TOOLS)/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis

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
