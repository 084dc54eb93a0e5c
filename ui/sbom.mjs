// What the page is made of, as a CycloneDX 1.6 document on standard output: the packages of the lock file that are built into it.
// Debian 12's npm has no "npm sbom"; the lock file knows all that it would say.
import { readFileSync } from "node:fs";

const lock = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url), "utf8"));
const components = Object.entries(lock.packages)
  .filter(([path, entry]) => path !== "" && !entry.dev && !entry.devOptional && !entry.optional)
  .map(([path, entry]) => {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const purl = `pkg:npm/${name.replace("@", "%40")}@${entry.version}`;
    const [algorithm, value] = entry.integrity.split(/-(.*)/s);
    return {
      type: "library",
      "bom-ref": purl,
      name,
      version: entry.version,
      purl,
      ...(entry.license ? { licenses: [{ expression: entry.license }] } : {}),
      hashes: [{ alg: algorithm.replace("sha", "SHA-"), content: Buffer.from(value, "base64").toString("hex") }],
    };
  })
  .sort((a, b) => (a.purl < b.purl ? -1 : 1));
if (components.length === 0) throw new Error("the lock file names no package that goes into the page");
console.log(
  JSON.stringify(
    { bomFormat: "CycloneDX", specVersion: "1.6", version: 1, metadata: { component: { type: "application", name: lock.name, "bom-ref": lock.name } }, components },
    null,
    2,
  ),
);
