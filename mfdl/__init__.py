"""The small network of *Mathematical Foundations of Deep Learning*.

Every module but ``explore``, ``frames``, ``pad`` and ``checks`` is made from a
chapter's notebook (``make run CHAPTER=...``); edit the notebook, never the
module.
"""

__version__ = "0.1.0"
