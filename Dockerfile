# The light install (no torch) with the server: `docker build -t sentigate .`
# Runs as a user without rights and needs to write nothing but /tmp.
FROM python:3.12-slim AS build
WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
RUN python -m venv /opt/sentigate \
    && /opt/sentigate/bin/pip install --no-cache-dir --constraint constraints.txt ".[serve]"

FROM python:3.12-slim
COPY --from=build /opt/sentigate /opt/sentigate
ENV PATH=/opt/sentigate/bin:$PATH PYTHONDONTWRITEBYTECODE=1 ORT_DISABLE_TELEMETRY=1
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/health/ready', timeout=4)"]
ENTRYPOINT ["sentigate", "serve", "--host", "0.0.0.0", "--api-key-file", "/run/secrets/sentigate_keys"]
