"""What is drawn: plain data first, a figure second.

Every view is two functions. `…_info` turns records (trials, curves, costs, beliefs) into a frozen dataclass of tuples:
that is what a view *says*, and what its tests compare. `…_figure` turns that into an ordinary plotly figure:
`fig.show()`, `fig.write_html(…)` and `go.FigureWidget(fig)` work as for any other. Figures share the template of `theme`,
colours that colour-blind people tell apart, and marks that differ in shape too; pass `dark=True` on a dark page. Where a
figure is shown live, the number and order of its traces do not depend on the data, so `delta` sends what is new and
nothing else. All numbers are written by `numbers`: exact counts, 10^375.85, 78 k parameters, "about 40 s",
0.0825 ± 0.0031. Nothing here trains, searches or needs a browser.
"""
