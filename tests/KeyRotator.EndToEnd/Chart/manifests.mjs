// Reads Kubernetes manifests and says what is wrong with them: node manifests.mjs PEERS FILE…
// Each document is held against the schema of its kind (types, required members, enumerations), and type-checked as a literal, which is
// what refuses a member that the kind does not have. Prints {"FILE": {"documents": […], "faults": ["…"]}}.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [peers, ...files] = process.argv.slice(2);
const require = createRequire(join(peers, "package.json"));
const yaml = require("js-yaml");
const ts = require("typescript");
const plain = ["Application", "HelmRelease", "GitRepository", "Chart", "Values"]; // no schemas of these: documents alone are wanted

function moduleOf({ apiVersion, kind }) {
  const base = apiVersion.startsWith("monitoring.coreos.com/") ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
  return `${base}/${apiVersion}/${kind}`;
}

const report = {};
const sources = new Map();
for (const file of files) {
  const documents = yaml.loadAll(readFileSync(file, "utf8")).filter((document) => document !== null && document !== undefined);
  const faults = [];
  report[file] = { documents, faults };
  const lines = [];
  for (const [index, document] of documents.entries()) {
    if (!document.apiVersion || !document.kind || plain.includes(document.kind)) {
      continue;
    }
    const module = moduleOf(document);
    const path = join(peers, "node_modules", `${module}.js`);
    if (!existsSync(path)) {
      faults.push(`${document.kind}: there is no schema of ${document.apiVersion}`);
      continue;
    }
    const model = (await import(pathToFileURL(path)))[document.kind];
    try {
      new model(document).validate();
    } catch (error) {
      faults.push(`${document.kind} ${document.metadata?.name}: ${error.message}`);
    }
    lines.push(`import type { I${document.kind} as T${index} } from "${module}";`);
    lines.push(`export const d${index}: T${index} = ${JSON.stringify(document)};`);
  }
  sources.set(join(peers, `literal-${sources.size}.ts`), { file, text: lines.join("\n") });
}

const options = {
  strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler, types: [],
};
const host = ts.createCompilerHost(options);
const { readFile, fileExists, getSourceFile } = host;
host.readFile = (path) => sources.get(path)?.text ?? readFile(path);
host.fileExists = (path) => sources.has(path) || fileExists(path);
host.getSourceFile = (path, version, ...rest) =>
  sources.has(path) ? ts.createSourceFile(path, sources.get(path).text, version) : getSourceFile(path, version, ...rest);
const program = ts.createProgram([...sources.keys()], options, host);
for (const [path, { file }] of sources) {
  const source = program.getSourceFile(path);
  for (const diagnostic of [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]) {
    report[file].faults.push(ts.flattenDiagnosticMessageText(diagnostic.messageText, " "));
  }
}
process.stdout.write(JSON.stringify(report));
