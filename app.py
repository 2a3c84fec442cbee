"""The WSGI server of the default table: `python app.py`, or any other server's `app:server`."""

import sys

from iris_dash.commands.cli import main
from iris_dash.server.workers import wsgi_server

if __name__ == "__main__":
    sys.exit(main(["serve"]))

if __name__ != "__mp_main__":  # as the processes of the line above know this module
    server = wsgi_server()
