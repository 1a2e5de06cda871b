# One image for web, worker and beat; docker-compose.yml says which command each runs.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 UV_NO_CACHE=1 DATA_DIR=/data HOST=0.0.0.0
WORKDIR /app

COPY requirements.txt script/uv.txt ./
RUN pip install --require-hashes --requirement uv.txt \
    && uv pip install --system --require-hashes --requirement requirements.txt

COPY . .
RUN python -m alliance_portal.catalogues \
    && useradd --system --uid 10001 --create-home portal \
    && install --directory --owner portal --group portal --mode 0700 /data

USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "python:alliance_portal.gunicorn_settings", "alliance_portal.wsgi:application"]
