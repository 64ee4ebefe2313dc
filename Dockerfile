# gitseal with Git, for jobs and hosts without a Python of their own. In a clone: docker build --tag gitseal .
# With extras: --build-arg EXTRAS=aws,github
ARG PYTHON=docker.io/library/python:3.13-slim

FROM ${PYTHON} AS build
ARG EXTRAS=""
COPY . /src
RUN python3 -I -m venv /opt/gitseal && \
    PIP_CONSTRAINT=/src/constraints.txt /opt/gitseal/bin/pip install --no-cache-dir "/src${EXTRAS:+[$EXTRAS]}"

FROM ${PYTHON}
# Any Git of the distribution serves, and an older one would lack its mends: no version is pinned.
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install --yes --no-install-recommends git openssh-client && \
    rm -rf /var/lib/apt/lists/* && \
    useradd --uid 1000 --create-home gitseal
COPY --from=build /opt/gitseal /opt/gitseal
ENV PATH=/opt/gitseal/bin:$PATH
USER 1000
WORKDIR /work
ENTRYPOINT ["gitseal"]
