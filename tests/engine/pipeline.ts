import { findPrincipal, keys, servicePrincipals } from "../../emulator/entra/directory";
import type { ProvidersOptions } from "../../emulator/providers";
import { Azure } from "../../tools/deployer/azure";
import { grantDeployer } from "../../tools/deployer/command";
import { GraphCaller } from "../emulator/entra/graphHelper";
import type { TestEmulator } from "../emulator/harness";
import { makeRepository, runTool, stackFile } from "../unit/tools/surroundings";
import { connectionTo } from "./providers/azure";

/** The service principal of a pipeline: it has no rights until an administrator grants it some. */
export class Pipeline {
  private constructor(
    private readonly azure: TestEmulator,
    readonly objectId: string,
    readonly clientId: string,
    private readonly clientSecret: string,
  ) {}

  /** Made by the emulator's own deployer, who is an administrator from then on. */
  static async make(azure: TestEmulator): Promise<Pipeline> {
    const { deployer } = azure.world.tenant;
    const administrator = findPrincipal(azure.world, deployer.objectId);
    if (!administrator) throw new Error("the directory has no deployer");
    const graphRoles = ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"];
    servicePrincipals(azure.world).put(keys.servicePrincipal(administrator.id), { ...administrator, graphRoles });

    const graph = new GraphCaller(azure);
    const { id, appId } = await graph.application({ displayName: "pipeline" });
    const principal = await graph.principal(appId);
    const { secretText } = (await graph.send("POST", `/applications/${id}/addPassword`, {})).json as {
      secretText: string;
    };
    return new Pipeline(azure, principal.id, appId, secretText);
  }

  /** How the providers reach Azure as this principal. */
  connection(): ProvidersOptions {
    const connection = connectionTo(this.azure);
    const { clientId, clientSecret } = this;
    return { ...connection, credentials: { ...connection.credentials, clientId, clientSecret } };
  }

  /** `npm run grant-deployer` by the administrator. @param settings of the stack, in YAML */
  grant(settings: string, ...options: string[]) {
    const command = grantDeployer(() => new Azure(this.azure.deployer, this.azure.clientOptions()));
    const repository = makeRepository({ "Pulumi.test.yaml": stackFile(settings) });
    const { subscriptionId } = this.azure.world.tenant;
    const who = ["--deployer", this.clientId, "--subscription", subscriptionId];
    return runTool(command, ["--stack", "test", ...who, ...options], { repository });
  }

  /** A token of this principal. */
  token(audience: string): Promise<string> {
    return this.azure.token(audience, { objectId: this.objectId, appId: this.clientId });
  }
}
