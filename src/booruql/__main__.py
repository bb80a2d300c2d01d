"""`python -m booruql`."""

import sys

from booruql.app.cli import main

sys.exit(main())
