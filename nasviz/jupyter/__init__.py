"""Jupyter: the magic command, the way into JupyterLab, and the check of an installation.

``%load_ext nasviz.jupyter`` adds ``%%grammar NAME`` to a notebook: the text of the cell is the grammar of a search space, with
no quotes and no escapes, and the operators that the notebook has defined are found by their names. `nasviz.jupyter.lab` copies
the shipped notebooks into a working folder and says how JupyterLab is started there; `nasviz.jupyter.doctor` looks at all that
must be in place and says what to type where something is not. Both are behind the command ``nasviz``, see `nasviz.cli`.
"""

from nasviz.jupyter.magics import grammar_space, load_ipython_extension

__all__ = ["grammar_space", "load_ipython_extension"]
