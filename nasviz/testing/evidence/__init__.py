"""Evidence: comparisons of strategies, kernels and spaces that anybody can repeat; tests/benchmarks/test_evidence.py runs them.

Three questions. *How soon does a strategy find the best architecture?* On a table of all architectures a search costs nothing,
so each is run with many seeds and told by evaluations until the optimum and by regret (`table_search`). *Which kernel ranks
best?* Each learns from the same architectures and predicts the same others, so differences are paired (`ranking`). *What does
the larger space give?* Two spaces are searched with equal budgets, and the winners are tested on data that no search saw
(`two_spaces`, on the data of `small_task`). Everything is kept as soon as it is known (`kept`), so a run can be broken off.
A strategy of one's own is compared by `search(bench, strategy, seed)`; `figure` draws what came out.
Further reading: Lindauer & Hutter 2020, Best Practices for Scientific Research on Neural Architecture Search.
"""
