import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { PlainError } from "../../emulator/engine/plainError";
import { Azure } from "../deployer/azure";
import { requiredGuid } from "../deployer/command";
import { findByClientId } from "../deployer/grant";
import { type Command, readOptions, requiredStack } from "../rotation/commandLine";
import { readStackFiles } from "../rotation/stackFiles";
import { findSetup, type Part } from "./find";
import { importFile } from "./importFile";

const options = {
  stack: { type: "string", short: "s" },
  subscription: { type: "string" },
  "resource-group": { type: "string" },
  application: { type: "string" },
  deployer: { type: "string" },
  out: { type: "string", default: "import.json" },
} as const;

/** Writes the file by which `pulumi import` takes over a set-up that was made by hand. It changes nothing in Azure. */
export function moveIn(connect: () => Azure = () => Azure.signedIn()): Command {
  return {
    usage: `npm run move-in -- --stack NAME --subscription ID [options]

Looks in Azure for what Pulumi.NAME.yaml names and was made by hand, tells what is in the way of taking it over and what
the next update will change, and writes the file for pulumi import. It changes nothing in Azure.

  --stack NAME            vault.name and batch.accountName of Pulumi.NAME.yaml are looked for
  --subscription ID       where they are
  --resource-group NAME   the group that they are in; it is taken over with them
  --application CLIENT_ID the application that is taken over, with its service principal
  --deployer CLIENT_ID    the principal that runs pulumi up, where that is not who is signed in here
  --out FILE              what is written (default: import.json)
`,
    run: async (args, around) => {
      const given = readOptions(options, args);
      const stack = requiredStack(given.stack);
      const { text, settingsWith } = readStackFiles(around.repository, stack);
      const settings = settingsWith(text);
      const file = resolve(around.repository, given.out);
      if (existsSync(file)) throw new PlainError(`--out: found ${given.out}, expected no file of that name`);

      const azure = connect();
      const { found, missing, parts } = await findSetup(azure, settings, {
        subscriptionId: requiredGuid("subscription", given.subscription),
        ...(given["resource-group"] === undefined ? {} : { resourceGroup: given["resource-group"] }),
        ...(given.application === undefined ? {} : { application: requiredGuid("application", given.application) }),
        deployerObjectId:
          given.deployer === undefined
            ? await azure.objectId()
            : (await findByClientId(azure, "servicePrincipals", requiredGuid("deployer", given.deployer))).id,
      });
      if (parts.length === 0 && missing.length === 0)
        throw new PlainError("found nothing to take over: name --application, or --resource-group");
      if (parts.length > 0) around.stdout.write(`Taken over by stack ${stack}:\n${parts.map(partText).join("")}`);
      const problems = [...missing, ...parts.flatMap((part) => part.problems)];
      if (problems.length > 0)
        throw new PlainError(`Not written, there is something in the way:\n  ${problems.join("\n  ")}`);
      writeFileSync(file, `${JSON.stringify(importFile(found), null, 2)}\n`);
      around.stdout.write(`Next: pulumi import --stack ${stack} --file ${given.out} --generate-code=false\n`);
      return 0;
    },
  };
}

function partText({ what, changes }: Part): string {
  return [what, ...changes.map((change) => `  - ${change}`)].map((line) => `  ${line}\n`).join("");
}
