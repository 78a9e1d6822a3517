// Builds one self-contained ES module per file of src/ into nasviz/widgets/static/.
import { build } from "esbuild";
import { readdirSync, mkdirSync } from "node:fs";
import { dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const output = join(here, "..", "widgets", "static");

const common = {
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { "define.amd": "false", "process.env.NODE_ENV": '"production"' },
  loader: { ".css": "text" },
  logLevel: "warning",
};

// `import code from "worker:./path"` is that file, bundled, as text: it runs in a worker made from a Blob.
const workerText = {
  name: "worker-text",
  setup(bundler) {
    bundler.onResolve({ filter: /^worker:/ }, (args) => ({
      path: join(args.resolveDir, args.path.slice("worker:".length)),
      namespace: "worker",
    }));
    bundler.onLoad({ filter: /.*/, namespace: "worker" }, async (args) => {
      const built = await build({ ...common, entryPoints: [args.path], write: false, format: "iife" });
      return { contents: built.outputFiles[0].text, loader: "text" };
    });
  },
};

const entries = readdirSync(source, { withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
  .map((entry) => entry.name);

mkdirSync(output, { recursive: true });
await Promise.all(
  entries.map((name) =>
    build({
      ...common,
      entryPoints: [join(source, name)],
      outfile: join(output, `${parse(name).name}.js`),
      format: "esm",
      plugins: [workerText],
    }),
  ),
);
