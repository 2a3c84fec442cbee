"""`python -m iris_dash` is the command line."""

import sys

from iris_dash.commands.cli import main

sys.exit(main())
