"""Strip litter from notebooks and export them, without running anything.

    python tools/canonical.py FILE...

For use before a commit; ``tools/run.py`` does the same after a run.
"""

import sys
from pathlib import Path

from export import export
from run import canonicalize

for name in sys.argv[1:]:
    path = Path(name).resolve()
    canonicalize(path)
    export(path)
