"""`python -m iris_dash` is the command line."""

import sys

from iris_dash.cli import main

sys.exit(main())
