from nasviz.algebra import Nonterminal, Operator, literal, parse_term
from nasviz.grammar import Derivation, Grammar, parse_derivation
from nasviz.grammar.latex import derivation_to_latex, escape, grammar_to_latex, symbol_latex, term_to_latex

GRAMMAR = r"""
start S
T ::= avg_pool | conv3x3
shared S ::= Residual2(S2, id, T) [0.25] | Scaled(T, 0.5)
S2 ::= id
"""


def test_a_grammar_is_aligned(signature):
    assert grammar_to_latex(Grammar.parse(GRAMMAR, signature)) == "\n".join(
        [
            r"\begin{align*}",
            r"&\text{start } \mathit{S} \\",
            r"\mathit{T} &::= \operatorname{avg\_pool} \mid \operatorname{conv3x3} \\",
            r"\text{shared } \mathit{S} &::= \operatorname{Residual2}(\mathit{S2}, \operatorname{id}, \mathit{T})\;[0.25]"
            r" \mid \operatorname{Scaled}(\mathit{T}, 0.5)\;[0.75] \\",
            r"\mathit{S2} &::= \operatorname{id}",
            r"\end{align*}",
        ]
    )


def test_long_rules_are_broken(grammars):
    lines = grammars.activation.to_latex().splitlines()
    assert any(line.startswith(r"&\phantom{::=} \mid \operatorname{") for line in lines)
    assert all(len(line) < 700 for line in lines)


def test_a_constraint_is_escaped(signature):
    grammar = Grammar.parse("S ::= id", signature)
    grammar.requires = ("halvings == 2 & more_than_100%",)
    assert r"&\text{require } \texttt{halvings == 2 \& more\_than\_100\%} \\" in grammar_to_latex(grammar)


def test_a_term(signature):
    term = parse_term("Residual2(avg_pool, id, Unary(conv3x3))", signature)
    expected = (
        r"\operatorname{Residual2}(\operatorname{avg\_pool}, \operatorname{id}, \operatorname{Unary}(\operatorname{conv3x3}))"
    )
    assert term_to_latex(term) == expected


def test_a_derivation_underlines_what_is_expanded(small):
    grammar = Grammar.parse("S ::= f(A, S) | A\nA ::= a | s(b)", small)
    text = derivation_to_latex(grammar, Derivation((), (0, 0, 1, 1)))
    assert text == "\n".join(
        [
            r"\begin{align*}",
            r"\underline{\mathit{S}} &\Rightarrow \operatorname{f}(\underline{\mathit{A}}, \mathit{S}) \\",
            r"&\Rightarrow \operatorname{f}(\operatorname{a}, \underline{\mathit{S}}) \\",
            r"&\Rightarrow \operatorname{f}(\operatorname{a}, \underline{\mathit{A}}) \\",
            r"&\Rightarrow \operatorname{f}(\operatorname{a}, \operatorname{s}(\operatorname{b}))",
            r"\end{align*}",
        ]
    )


def test_long_derivations_are_cut(small):
    grammar = Grammar.parse("S ::= s(S) | a", small)
    text = derivation_to_latex(grammar, parse_derivation(grammar, parse_term("s(" * 30 + "a" + ")" * 30, small)), max_steps=3)
    lines = text.splitlines()
    assert len(lines) == 6
    assert lines[3] == r"&\Rightarrow \cdots \\"
    assert lines[4].count(r"\operatorname{s}") == 30


def test_shared_draws_are_spelt_out(small):
    grammar = Grammar.parse("S ::= f(A, A)\nshared A ::= a | b", small)
    text = derivation_to_latex(grammar, Derivation(((1,),), (0,)))
    assert text.splitlines()[-2] == r"&\Rightarrow \operatorname{f}(\operatorname{b}, \operatorname{b})"
    assert len(text.splitlines()) == 5


def test_symbols_and_names():
    assert [symbol_latex(op) for op in (literal(-0.5), Nonterminal("A_1"), Operator("relu"))] == [
        "-0.5",
        r"\mathit{A\_1}",
        r"\operatorname{relu}",
    ]
    assert escape("\\a{b}#$%&_^~") == r"\backslash{}a\{b\}\#\$\%\&\_\char94{}\char126{}"
