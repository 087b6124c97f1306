# Each task sets up what it needs: a virtual environment in .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: example test check docs golden bench fuzz clean

# Rebuild the trees of the examples; git shows no change.
example: .venv/.run
	$(BIN)/meshgen build examples/mesh.yaml -o out
	$(BIN)/meshgen build examples/production/mesh.yaml -o examples/production/out

# Everything that must hold.
test: .venv/.dev
	$(BIN)/python -m pytest -n auto --cov --cov-report=term $(PYTEST)

# Format, lint, types, import contracts, and whether generated files are fresh.
check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --verbose
	$(BIN)/python -m meshgen.devtools docs --check
	$(BIN)/meshgen build examples/mesh.yaml -o out --check
	$(BIN)/meshgen build examples/production/mesh.yaml -o examples/production/out --check

# Write schemas/, docs/checks/, docs/reference/ and the pages of `meshgen explain`.
docs: .venv/.dev
	$(BIN)/python -m meshgen.devtools docs

# Accept what the golden tests see now; read the diff before you commit it.
golden: .venv/.dev
	$(BIN)/python -m pytest tests/golden tests/checks tests/docs/test_examples.py -n 0 --no-cov --update-golden

# Measure against the goals, side by side, and write docs/reference/performance.md.
bench: .venv/.dev
	$(BIN)/pip install --quiet -e '.[bench]'
	$(BIN)/python bench/run.py

# 200,000 hostile inputs.
fuzz: .venv/.dev
	$(BIN)/python tests/hostile/fuzz.py

clean:
	rm -rf .venv dist build *.egg-info

.venv/.run: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	$(BIN)/python -m compileall -q meshgen
	touch $@

.venv/.dev: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	$(BIN)/python -m compileall -q meshgen
	touch $@ .venv/.run
