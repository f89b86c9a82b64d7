# One image for every service of docker-compose.yml but PostgreSQL.
ARG ROLLCALL_PYTHON_IMAGE=python:3.12-slim-bookworm

FROM ${ROLLCALL_PYTHON_IMAGE} AS environment
ARG UV_VERSION=0.13.9
# Where packages come from, for a network that only reaches a mirror; the usual places when not given.
ARG PIP_INDEX_URL
ARG UV_DEFAULT_INDEX
RUN pip install --no-cache-dir --disable-pip-version-check "uv==${UV_VERSION}"
COPY requirements.lock /
# Exactly the lock; only wheels, so that nothing is compiled or fetched by a package's own build.
RUN python -m venv --without-pip /opt/venv \
    && uv pip install --no-cache --link-mode copy --compile-bytecode --python /opt/venv/bin/python \
        --require-hashes --no-deps --only-binary :all: -r /requirements.lock

FROM ${ROLLCALL_PYTHON_IMAGE}
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/rollcall \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    AIRFLOW_HOME=/var/lib/airflow \
    ROLLCALL_STATE=/var/lib/rollcall
# What is made here is what the volumes mounted over these folders start with, owner included.
RUN groupadd --gid 10001 rollcall \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/airflow --no-create-home rollcall \
    && install -d -m 0750 -o rollcall -g rollcall /var/lib/airflow /var/lib/airflow/logs \
        /var/lib/rollcall /var/lib/rollcall/landing /var/lib/rollcall/drop /var/lib/rollcall/offices \
    && printf '#!/bin/sh\nexec python -m rollcall.cli "$@"\n' > /usr/local/bin/rollcall \
    && chmod 0755 /usr/local/bin/rollcall
COPY --from=environment /opt/venv /opt/venv
WORKDIR /opt/rollcall
COPY rollcall rollcall
COPY dags dags
COPY dbt_project dbt_project
COPY expectations expectations
COPY demo demo
COPY deploy deploy
# whatever the umask of the checkout was
RUN chmod -R go+rX /opt/rollcall
USER rollcall
CMD ["rollcall", "--help"]
