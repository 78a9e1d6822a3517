"""Pictures of architectures as files: DOT as it is, the rest through the program dot of Graphviz."""

from __future__ import annotations

from pathlib import Path

from nasviz.errors import NasvizError

FORMATS = (".dot", ".svg", ".png", ".pdf")


def save_picture(dot: str, path: str | Path) -> Path:
    """Write a picture; the ending of the name says how: .dot, .svg, .png or .pdf.

    Raises
    ------
    NasvizError
        If the ending is another one, or Graphviz is not installed where it is needed.
    """
    target = Path(path)
    if target.suffix not in FORMATS:
        raise NasvizError(f"a picture is saved as {', '.join(FORMATS)}, found {target.suffix or 'no ending'!r}")
    if target.suffix == ".dot":
        target.write_text(dot, encoding="utf-8")
        return target
    import graphviz

    try:
        found = graphviz.Source(dot).pipe(format=target.suffix[1:])
    except graphviz.ExecutableNotFound as error:
        raise NasvizError(
            f"a {target.suffix} is made by the program dot of Graphviz, which is not installed here. Save it by the button of "
            "the view, or save a .dot"
        ) from error
    target.write_bytes(found)
    return target
