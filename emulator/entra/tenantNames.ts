import { hosts } from "../server/cloud";
import type { World } from "../world";
import { SignInRefusal } from "./refusals";

/** Whether it is a name of the endpoint that serves accounts of any tenant. */
export function isSharedName(name: string): boolean {
  return ["common", "organizations"].includes(name.toLowerCase());
}

/** What clients may call the tenant in a path: its id or one of its domains. */
export function tenantNames(world: World): readonly string[] {
  return [world.tenant.tenantId, ...world.tenant.verifiedDomains];
}

/** @throws {SignInRefusal} where `name` is not the tenant; `common` is, where documents are asked for */
export function requireTenant(world: World, name: string, options: { shared: boolean }): void {
  if (tenantNames(world).includes(name.toLowerCase()) || (options.shared && isSharedName(name))) return;
  throw new SignInRefusal(
    options.shared ? "invalid_tenant" : "invalid_request",
    90002,
    `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  );
}

/** What a client assertion may be addressed to: the token endpoints or the issuers of the tenant. */
export function assertionAudiences(world: World): string[] {
  return tenantNames(world).flatMap((name) => {
    const authority = `https://${hosts.login}/${name}`;
    return [
      `${authority}/oauth2/v2.0/token`,
      `${authority}/oauth2/token`,
      `${authority}/v2.0`,
      authority,
      `https://sts.windows.net/${name}`,
    ];
  });
}
