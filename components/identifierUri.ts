/** An identifier URI with the application's and tenant's ids in place of `{clientId}` and `{tenantId}`. */
export function filledIdentifierUri(template: string, ids: { clientId: string; tenantId: string }): string {
  return template.replace(/\{clientId\}/gi, ids.clientId).replace(/\{tenantId\}/gi, ids.tenantId);
}
