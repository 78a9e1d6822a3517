"""Graphs: what a term computes, as a picture and as a plan.

A *topology* is an operator that wires its operands: ``Residual2(a, b, c)`` has the edges 1>2, 1>3, 2>3, and operand i stands
on edge i. It is written as edges, taken from a networkx graph, or a function of numbers in the term, ``WS(4, 0.75, 1, f, …)``.
Replacing edges by the graphs of the operands, again and again, gives the *computational graph* of a term: every edge is an
operation and has exactly one position in the term; a node with several inputs is a *join*, which sums them unless its topology
names another merge. ``zero`` is removed with everything that then leads nowhere; ``id`` stays, because x + x = 2x.
`walk` sends a value through a graph in one forward pass; shapes, modules and cost are walks. `fold` cuts a term below a level
of nesting and gives the graph seen from afar. `canonical` gives the form that graphs of equal meaning share. `graph_to_dot`
draws: operations are boxes, joins small circles.
"""

from nasviz.graph.attributes import CONNECTED, NO_PATH, Paths, is_connected
from nasviz.graph.canonical import Canonical, canonical, canonical_form
from nasviz.graph.choices import CHOICES, NORMAL_CELL, ORDERED_INPUTS, REDUCTION_CELL
from nasviz.graph.dot import Cluster, clusters_of, graph_to_dot
from nasviz.graph.dot_text import position_id, source
from nasviz.graph.edge_list import EdgeList
from nasviz.graph.fault import Fault, Way, fault_at
from nasviz.graph.fold import fold, fold_at
from nasviz.graph.generators import BA, ER, GENERATORS, WS
from nasviz.graph.graph import Edge, Graph, Join, build_graph
from nasviz.graph.merges import ADD, CONCAT, KNOWN_MERGES, MERGES, MUL, Merge, merge
from nasviz.graph.topologies import (
    ALIASES,
    BINARY,
    CELL,
    DIAMOND2,
    DIAMOND3,
    DIAMONDMID,
    ID,
    LINEAR,
    RESIDUAL2,
    RESIDUAL3,
    STANDARD_TOPOLOGIES,
    ZERO,
    Generator,
    Topology,
    topology,
)
from nasviz.graph.tree import term_to_dot, tree_to_dot
from nasviz.graph.walk import walk

__all__ = [
    "ADD",
    "ALIASES",
    "BA",
    "BINARY",
    "CELL",
    "CHOICES",
    "CONCAT",
    "CONNECTED",
    "DIAMOND2",
    "DIAMOND3",
    "DIAMONDMID",
    "ER",
    "GENERATORS",
    "ID",
    "KNOWN_MERGES",
    "LINEAR",
    "MERGES",
    "MUL",
    "NORMAL_CELL",
    "NO_PATH",
    "ORDERED_INPUTS",
    "REDUCTION_CELL",
    "RESIDUAL2",
    "RESIDUAL3",
    "STANDARD_TOPOLOGIES",
    "WS",
    "ZERO",
    "Canonical",
    "Cluster",
    "Edge",
    "EdgeList",
    "Fault",
    "Generator",
    "Graph",
    "Join",
    "Merge",
    "Paths",
    "Topology",
    "Way",
    "build_graph",
    "canonical",
    "canonical_form",
    "clusters_of",
    "fault_at",
    "fold",
    "fold_at",
    "graph_to_dot",
    "is_connected",
    "merge",
    "position_id",
    "source",
    "term_to_dot",
    "topology",
    "tree_to_dot",
    "walk",
]
