# Backprop Playground. Nothing is installed or compiled at start; it runs with a read-only root.
#   PYTHON_IMAGE  a slim Python 3.11 to 3.14
#   TORCH_INDEX   where torch comes from: PyTorch's CPU builds; empty means the default index (on Linux with CUDA)
#   EXTRAS        optional dependencies of the project, separated by commas, such as postgres
ARG PYTHON_IMAGE=python:3.11-slim

# What the project needs, without the project: it is large and changes seldom.
FROM ${PYTHON_IMAGE} AS packages
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ARG EXTRAS=
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/playground
ENV PATH=/opt/playground/bin:$PATH
WORKDIR /source
COPY pyproject.toml .
RUN python3 -c "import sys, tomllib; project = tomllib.load(open('pyproject.toml', 'rb'))['project']; extras = project['optional-dependencies']; print(*project['dependencies'], *(needed for name in sys.argv[1].split(',') if name for needed in extras[name]), sep='\n')" "$EXTRAS" > all.txt \
 && grep '^torch' all.txt > torch.txt \
 && pip install --no-compile ${TORCH_INDEX:+--no-deps --index-url "$TORCH_INDEX"} -r torch.txt \
 && pip install --no-compile -r all.txt
# What only developers of these packages use: headers, tests, notebook widgets.
RUN cd /opt/playground/lib/python3*/site-packages \
 && find torch/bin -mindepth 1 ! -name torch_shm_manager -delete \
 && rm -rf torch/include torch/test plotly/labextension plotly/package_data/widgetbundle.js numba/tests numba/cuda/tests \
 && find sympy networkx numpy mpmath llvmlite fsspec -type d -name tests -prune -exec rm -rf {} +

# The project, its compiled kernels, and the byte code of whatever it imports.
FROM packages AS build
COPY . .
ENV NUMBA_CACHE_DIR=/opt/playground/kernels
RUN pip install --no-compile --no-deps . \
 && cd / \
 && python3 -c "import torch, app.main; from engine import Spec, Trainer; [Trainer(Spec(), backend=name).advance(1) for name in ('autograd', 'by_hand', 'compiled')]; from engine.backends.compiled.backend import warm; warm()" \
 && pip uninstall --yes --quiet pip setuptools

FROM ${PYTHON_IMAGE}
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin playground \
 && install -d -m 700 -o playground /data
COPY --from=build /opt/playground /opt/playground
# A processor unlike the one that built the image compiles kernels of its own, in memory, at each start.
ENV PATH=/opt/playground/bin:$PATH \
    HOME=/tmp \
    NUMBA_CACHE_DIR=/opt/playground/kernels \
    PYTHONUNBUFFERED=1 \
    PLAYGROUND_HOST=0.0.0.0 \
    PLAYGROUND_PORT=8000 \
    PLAYGROUND_OPEN=no \
    PLAYGROUND_DATA=/data
USER 10001
WORKDIR /tmp
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python3", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PLAYGROUND_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["playground"]
