import { PlainError } from "../../emulator/engine/plainError";
import { type Command, readOptions, requiredStack } from "../rotation/commandLine";
import { readStackFiles } from "../rotation/stackFiles";
import { Azure, AzureRefusal } from "./azure";
import { findByClientId, type Granted, Grants } from "./grant";
import { deployerRights } from "./rights";

const options = {
  stack: { type: "string", short: "s" },
  deployer: { type: "string" },
  subscription: { type: "string" },
  "resource-group": { type: "string" },
  application: { type: "string" },
  "dry-run": { type: "boolean", default: false },
} as const;

/** For administrators: gives the principal that deploys a stack the rights that its settings take. */
export function grantDeployer(connect: () => Azure = () => Azure.signedIn()): Command {
  return {
    usage: `npm run grant-deployer -- --stack NAME --deployer CLIENT_ID --subscription ID [options]

Gives the service principal that runs pulumi up the rights that stack NAME needs, and no others: what it has already is
left as it is. Run it as an administrator, signed in by az login, Connect-AzAccount or the AZURE_… variables.

  --stack NAME            Pulumi.NAME.yaml says what is needed
  --deployer CLIENT_ID    the deploying application's client id; its service principal must be there
  --subscription ID       where the stack's resources are
  --resource-group NAME   for a group that is there and that the stack takes over: rights on it, not on the subscription
  --application CLIENT_ID an application that the stack takes over: the deployer becomes an owner of it
  --dry-run               tells what is missing, and grants nothing

It takes Owner or User Access Administrator where roles are given, Contributor of the subscription for resource providers,
and for permissions on Microsoft Graph the Entra role Privileged Role Administrator (an application:
AppRoleAssignment.ReadWrite.All and Application.Read.All, for owners Application.ReadWrite.All).
`,
    run: async (args, around) => {
      const given = readOptions(options, args);
      const stack = requiredStack(given.stack);
      const { text, settingsWith } = readStackFiles(around.repository, stack);
      const subscriptionId = requiredGuid("subscription", given.subscription);
      const group = given["resource-group"];
      const scope = `/subscriptions/${subscriptionId}${group === undefined ? "" : `/resourceGroups/${group}`}`;
      const rights = deployerRights(settingsWith(text), scope);

      const azure = connect();
      const deployer = await findByClientId(azure, "servicePrincipals", requiredGuid("deployer", given.deployer));
      const who = { objectId: deployer.id, displayName: String(deployer["displayName"]) };
      around.stdout.write(`Deployer ${who.displayName} (object id ${who.objectId}) for stack ${stack}\n`);
      const grants = new Grants(azure, who, given["dry-run"]);
      const tell = ({ done, what }: Granted) => around.stdout.write(`  ${done.padEnd(15)}${what}\n`);
      try {
        for await (const granted of grants.all(rights, subscriptionId)) tell(granted);
        if (given.application !== undefined) {
          for await (const granted of grants.ownership(given.application)) tell(granted);
        }
      } catch (error) {
        if (!(error instanceof AzureRefusal) || error.status !== 403) throw error;
        throw new PlainError(`${error.message}\nWhoever runs this lacks a right: --help tells which.`, {
          cause: error,
        });
      }
      return 0;
    },
  };
}

/** @throws {PlainError} */
export function requiredGuid(name: string, value: string | undefined): string {
  if (value !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return value;
  throw new PlainError(`--${name}: found ${value === undefined ? "none" : `"${value}"`}, expected a GUID`);
}
