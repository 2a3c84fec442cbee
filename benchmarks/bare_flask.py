"""The baseline of the routes: bare Flask routes that return a constant as long as our answer."""

from flask import Flask, Response, request

server = Flask(__name__)
ROW = (
    b'{"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4,"petal_width":0.2,"label":"setosa"}'
)
BODY = b"[" + b",".join([ROW] * 16) + b"]"


@server.post("/range/")
def constant() -> Response:
    return Response(BODY, mimetype="application/json")


@server.post("/read/")
def constant_after_reading() -> Response:
    """Read what was posted, as every route that uses it must."""
    request.get_data(cache=False)
    return Response(BODY, mimetype="application/json")
