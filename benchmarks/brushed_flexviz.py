"""The dashboard of FlexViz over flowers: run by a Python that has it, with a file and a port.

The same charts as the others: a histogram of each measure, by species, a density, and the means.
Its page asks a CDN for the scripts that stand here under `node_modules`, beside this Python.
"""

import re
import sys
from pathlib import Path

import polars as pl
import uvicorn
from fastapi import Request
from fastapi.responses import FileResponse, Response
from flexviz import Dashboard
from flexviz.server import app, register_source

CDN = b"https://cdn.jsdelivr.net/npm/"
SCRIPTS = Path(sys.prefix) / "node_modules"

path, port = sys.argv[1], int(sys.argv[2])
frame = pl.read_csv(path) if path.endswith(".csv") else pl.read_ipc(path)
names = frame.columns[:4]

dashboard = Dashboard(frame.lazy(), cache=True)
for name in names:
    dashboard.add_figure(title=name).add_histogram(x=name, bins=50, group_by="species")
density = dashboard.add_figure(title="density")
density.add_histogram2d(x="petal_length", y="petal_width", x_bins=80, y_bins=60)
for name in names[2:]:
    dashboard.add_figure(title=f"mean {name}").add_bar("species", name, agg="mean")
register_source("flowers", frame.lazy(), cache=True)


@app.get("/npm/{asked:path}")
def script(asked: str) -> FileResponse:
    return FileResponse(SCRIPTS / re.sub(r"@[\d.]+", "", asked))


@app.middleware("http")
async def from_here(request: Request, call_next) -> Response:
    if request.url.path != "/view":
        return await call_next(request)
    headers = request.scope["headers"]
    request.scope["headers"] = [one for one in headers if one[0] != b"accept-encoding"]
    answer = await call_next(request)
    page = b"".join([piece async for piece in answer.body_iterator])
    return Response(page.replace(CDN, b"/npm/"), media_type="text/html")


print(dashboard.share_url(f"http://127.0.0.1:{port}", source_name="flowers"), flush=True)
uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")
