"""The baseline of the routes: a bare Flask route that returns a constant."""

from flask import Flask, Response

server = Flask(__name__)
BODY = b"[" + b",".join([b'{"sepal_length":5.1,"label":"setosa"}'] * 16) + b"]"


@server.post("/range/")
def constant() -> Response:
    return Response(BODY, mimetype="application/json")
