# Python of .python-version; the digest is that of the image for every architecture.
FROM python:3.11.16-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b AS python

FROM python AS build
# More engines' packages: --build-arg EXTRAS=duckdb
ARG EXTRAS=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
WORKDIR /app
COPY requirements.txt requirements-test.txt ./
RUN /venv/bin/pip install -r requirements.txt
COPY pyproject.toml README.md LICENSE app.py ./
COPY iris_dash iris_dash
COPY assets assets
COPY data data
# An extra's packages are pinned too, though not by hash: pip has none for a folder that it installs. urllib3 is the
# one package that the two pinned sets disagree on.
RUN sed -n '/^urllib3/d; s/ \\$//; /^[a-z0-9].*==/p' requirements-test.txt > constraints.txt \
    && /venv/bin/pip install -c constraints.txt -e ".${EXTRAS:+[$EXTRAS]}" \
    && rm constraints.txt requirements-test.txt \
    && /venv/bin/python -m compileall -q iris_dash app.py

FROM python
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin iris
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8050 \
    IRIS_DASH_LOG=json
USER 10001
EXPOSE 8050
STOPSIGNAL SIGTERM
# Ready, or that it asks who comes, which it does as soon as it is.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/readyz'); sys.exit(c.getresponse().status not in (200, 401))"]
CMD ["python", "app.py"]
