"""The contracts of topologies and merges hold for the standard ones, and fail where something is wrong."""

import threading

import pytest
import torch

from nasviz.graph import BA, BINARY, ER, LINEAR, STANDARD_TOPOLOGIES, WS, merge, topology
from nasviz.testing import check_merge, check_topology


@pytest.mark.parametrize("standard", [t for t in STANDARD_TOPOLOGIES if t not in (LINEAR,)], ids=lambda t: t.name)
def test_the_standard_topologies_keep_it(standard):
    check_topology(standard)


def test_generators_keep_it():
    check_topology(LINEAR, n_maps=4)
    check_topology(WS, (4, 0.75, 1), 8)
    check_topology(ER, (0.4, 2), 6)
    check_topology(BA, (2, 0), 6)
    check_topology(topology("Both", "1>2 1>2", merge="product"))
    check_topology(topology("Both", "1>2 1>2", merge="concat"))
    check_topology(topology("Nodes", "1>2 1>3 2>3", on="nodes"))


def test_what_is_wrong_is_told():
    with pytest.raises(AssertionError, match=r"WS\(9, 0.75, 1\) with 8 maps: WS at the root has no wiring: .*k>n"):
        check_topology(WS, (9, 0.75, 1), 8)

    def moody(n):
        return "1>2 " * (n - 1) + "1>3 3>2" if n > 3 else "1>2 " * n

    with pytest.raises(AssertionError, match=r"Moody with 4 maps: .*Moody\(\) has 5 edges, so it needs"):
        check_topology(topology("Moody", moody), n_maps=4)
    check_topology(topology("Moody", moody), n_maps=3)


def test_a_wiring_that_its_numbers_do_not_decide():
    drawn = iter([[(1, 2), (2, 3), (1, 3)], [(1, 2), (1, 3), (2, 3)]])

    class Drawing:
        def __init__(self):
            self.wirings = drawn

        def __call__(self, n):
            return next(self.wirings)

        def __reduce__(self):
            return (Other, ())

    class Other:
        def __call__(self, n):
            return [(1, 2), (1, 3), (2, 3)]

    with pytest.raises(AssertionError, match="its copy in a worker has another wiring; let its numbers alone decide it"):
        check_topology(topology("Drawn", Drawing()), n_maps=3)


def test_what_cannot_travel_is_told():
    lock = threading.Lock()
    with pytest.raises(AssertionError, match="T: it cannot be sent to a worker: "):
        check_topology(topology("T", lambda n: "1>2 " * n if lock else ""), n_maps=2)
    with pytest.raises(AssertionError, match="held: it cannot be sent to a worker: "):
        check_merge(merge(lambda a, b: a if lock else b, name="held"))


def test_good_merges_keep_it():
    check_merge(merge(lambda a, b: a * b.sigmoid(), name="gate"))
    check_merge(merge(torch.minimum, name="least"), [(4, 3, 3)])
    check_merge(merge(lambda a, b: a, name="first"))
    assert BINARY.operands[0] == "merge"


MEAN = r"odd at \(16, 8, 8\): an example's output depends on the others of its batch"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda a, b: torch.cat([a, b], 1), r"odd at \(16, 8, 8\): it makes \(32, 8, 8\) of two inputs of one shape"),
        (lambda a, b: a - b.mean(0), MEAN),
        (lambda a, b: a / (b - b), "gives numbers that are not finite"),
        (lambda a, b: (a * b).detach(), "no gradient leads through it"),
        (lambda a, b: a.data.add_(1) * b + a, "it changes its inputs|depends on the others"),
        (lambda a, b: a @ 3, r"odd at \(16, 8, 8\): "),
        (lambda a, b: 3, r"odd at \(16, 8, 8\): "),
        (lambda a, b: (a * b).abs().sqrt() * 0 + a * (b - b).sqrt(), "a gradient is not finite"),
    ],
)
def test_bad_merges_are_told(function, message):
    with pytest.raises(AssertionError, match=message):
        check_merge(merge(function, name="odd"))


@pytest.mark.parametrize(("contract", "maker"), [(check_topology, "topology"), (check_merge, "merge")])
def test_another_object_is_told_what_is_wanted(contract, maker):
    with pytest.raises(AssertionError, match=rf"takes what nv\.{maker} makes, found int"):
        contract(3)


@pytest.mark.parametrize(("values", "n"), [((1,), None), ((), 7)])
def test_the_wrong_number_of_operands_is_told(values, n):
    with pytest.raises(AssertionError, match=r"Wire.* takes 1 operand, numbers and maps, found "):
        check_topology(topology("Wire", "1>2"), values, n)


GATE = merge(lambda a, b: a * b.sigmoid(), name="gate")
WIRE = topology("Wire", "1>2")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check_merge(GATE, []), r"^give at least one shape to check$"),
        (lambda: check_merge(GATE, (16, 8, 8)), r"^shapes is a list of shapes of one example"),
        (lambda: check_merge(GATE, seed="x"), r"^seed is 'x'; it must be a whole number, 0 or more$"),
        (lambda: check_topology(WIRE, 3), r"^values is a list of the operator's numbers"),
        (lambda: check_topology(WIRE, n_maps="x"), r"^n_maps is 'x'; it must be a whole number, 1 or more$"),
        (lambda: check_topology(WIRE, n_maps=-1), r"^n_maps is -1; it must be a whole number, 1 or more$"),
    ],
)
def test_arguments_that_make_no_sense_are_told(call, message):
    with pytest.raises(AssertionError, match=message):
        call()
