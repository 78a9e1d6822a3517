"""Widgets: live views of grammars, architectures, trainings and searches in a notebook.

A view has two halves. The Python half is an ``ipywidgets.DOMWidget``: it composes with ``HBox``, ``VBox`` and ``Tab``, and its
traits can be observed and linked. The page's half is one file of ``static/``, built from ``frontend/src/<the same stem>``.
The halves exchange records: the whole state as JSON, later only its changes, at most ten times a second; and commands that
the person gives. A handler never runs inside a cell: one writer thread takes all commands in order (`workspace`).
What is heavy, Graphviz, the editor and plotly, lives in one engine widget per kernel that all views share (`engine`).
Views of one page share their selection without the kernel; Python sees it as ``widget.selection``.

>>> import nasviz as nv                                                                     # doctest: +SKIP
>>> nv.show(nv.parse("Linear(Residual(conv, id, conv), fc)"))                               # doctest: +SKIP
"""
