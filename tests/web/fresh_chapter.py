"""Runs in the browser, beside the chapters: each begins as in a new Python.

What a chapter may have changed goes back to what it was when this module was
loaded; imported libraries stay, which saves most of the time of a new start.
"""

import os
import warnings

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from live_bridge import start

os.environ["MFDL_EXPLORE"] = "frames"  # as the stored outputs were made
STYLE = matplotlib.rcParams.copy()
INTERACTIVE = plt.isinteractive()
PRINTING = np.get_printoptions()
ERRORS = np.geterr()
FILTERS = list(warnings.filters)


def open(notebook):
    """Forget the chapter before, and work in this one's folder."""
    plt.close("all")
    dict.update(matplotlib.rcParams, STYLE)
    plt.interactive(INTERACTIVE)
    np.set_printoptions(**PRINTING)
    np.seterr(**ERRORS)
    warnings.resetwarnings()  # those that were given may be given again
    warnings.filters[:] = FILTERS
    shell = get_ipython()
    shell.reset()
    shell.execution_count = 0  # the cell that calls this makes it 1
    start(notebook)
