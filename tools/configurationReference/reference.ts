import { defaultImages } from "../../components/images";
import { poolChanges } from "../../components/poolChanges";
import { retirements } from "../../settings/retirements";
import { apiWarningDays } from "../../settings/warnings";
import { changeText, configurationKeys, type Key } from "./keys";
import { list, table } from "./markdown";

/** The text of docs/configuration.md. @throws {Error} for a key that nothing is told about */
export function configurationReference(): string {
  return [
    "<!-- Made by `npm run docs` from settings/ and components/poolChanges.ts. -->",
    introduction,
    ...configurationKeys().map(section),
    ["## What a change does to a pool", changesIntroduction, poolTable()].join("\n\n"),
    ["## Images that pools have by default", imageTable()].join("\n\n"),
    ["## What Azure retires", retirementsIntroduction, retirementTable()].join("\n\n"),
  ]
    .join("\n\n")
    .concat("\n");
}

const introduction = `# Configuration

Keys of the namespace \`batch-keyvault\` in \`Pulumi.<stack>.yaml\`. Beside them \`azure-native:location\`, which must be
given, is the region of what is made new; what exists stays where it is.

- A mapping or list that a stack sets replaces the one in \`Pulumi.yaml\` whole. Keys that it leaves out below it have the
  defaults told here.
- Everything is checked before anything is touched, and all problems are told at once, each with its path, what was found
  and what is expected. An unknown key is a problem too, told with the nearest known one.
- What Azure is about to retire is told as a warning in previews and updates; what it has retired is a problem. API versions
  that this program itself sends are always a warning: only a newer version of it can send others.
- A secret's value is given by \`pulumi config set --secret --path 'batch-keyvault:vault.secrets[0].value'\`, beside its
  name. Nothing else may be a secret.`;

const changesIntroduction =
  "Batch refuses to change most of a pool, or changes it without nodes only. A replaced pool has a new name in Azure: jobs should\ntake it from the stack's outputs. The preview marks a replacement with `+-`.";

const retirementsIntroduction = `What the check knows. VM sizes and images give a warning before their day, and are refused from it on. The API versions
are not a stack's choice: a warning comes in the last ${apiWarningDays} days, and a newer version of this program is what helps.
Certificates of Batch accounts must be asked for by name, and Azure itself refuses them.`;

function section({ path, what, allowed, default: fallback, change }: Key): string {
  const facts = [
    ...(allowed === undefined ? [] : [`Allowed: ${allowed}`]),
    ...(fallback === undefined ? [] : [`Default: ${fallback}`]),
    ...(change === undefined ? [] : [`A change: ${change}`]),
  ];
  const level = path.includes(".") ? "###" : "##";
  return [`${level} \`${path}\``, what, ...(facts.length > 0 ? [list(facts)] : [])].join("\n\n");
}

function poolTable(): string {
  return table(
    ["setting", "a change"],
    poolChanges.map((change) => [`\`${change.setting}\``, changeText(change)]),
  );
}

function imageTable(): string {
  return table(
    ["os", "publisher / offer / sku", "version", "node agent"],
    Object.entries(defaultImages).map(([os, { publisher, offer, sku, version, nodeAgentSkuId }]) => [
      os,
      `${publisher} / ${offer} / ${sku}`,
      version,
      nodeAgentSkuId,
    ]),
  );
}

function retirementTable(): string {
  return table(
    ["what", "ends on", "instead", "source"],
    retirements.map(({ what, ends = "not announced", replacement, source }) => [what, ends, replacement, source]),
  );
}
