"""The chat page for the library in ``index/``, which is built from ``corpus/`` at the first start.

python ui.py [--host HOST] [--port PORT] [--library DIR]
"""

import sys

from qa.faces.cli.main import main

if __name__ == "__main__":
    main(["serve", *sys.argv[1:]])
