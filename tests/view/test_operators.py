from nasviz.spaces import signature
from nasviz.view.operators import operator_infos


def test_every_name_that_may_be_written_is_explained():
    infos = {info.name: info for info in operator_infos(signature())}
    assert set(infos) == set(signature().names())
    assert infos["conv3x3"].signature == "map"
    assert (infos["conv3x3"].doc[:4], infos["conv3x3"].source) == ("ReLU", "Dong & Yang 2020")
    assert infos["Linear"].signature == "(map, …) → map"
    residual = infos["Residual"]
    assert residual.signature == "(map, map, map) → map or (map, map, map, map) → map"
    assert (residual.operands, residual.doc) == (3, "Residual2 or Residual3.")


def test_an_alias_of_one_operator_says_what_that_one_does():
    sequential = next(info for info in operator_infos(signature()) if info.name == "Sequential")
    assert sequential.doc == "Linear: Composition: the first operand first."
