import * as pulumi from "@pulumi/pulumi";
import { MockMonitor, setMocks, type MockCallArgs, type MockResourceArgs } from "@pulumi/pulumi/runtime/mocks";
import * as engineSettings from "@pulumi/pulumi/runtime/settings";
import { rsaKeyPem } from "../keys";
import { certificatePem, clientIds, validity } from "./fixtures";

/** What the engine would have been told about one resource. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** `TYPE::NAME` of the parent; empty for a resource of the stack's own. */
  readonly parent: string;
  /** As `TYPE::NAME`, sorted. */
  readonly dependencies: readonly string[];
  /** With secrets unwrapped. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** As sent: a secret is an object with a signature. */
  readonly sent: unknown;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  /** Whether the old one goes before the new one comes; undefined where the provider decides. */
  readonly deleteBeforeReplace: boolean | undefined;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Logical name of the provider, where it is one of the program's own. */
  readonly provider: string;
  readonly isComponent: boolean;
}

export interface Run<T> {
  readonly value: T;
  readonly registrations: readonly Registration[];
  /** The only resource of a type, or of a type and name. @throws {Error} if there are others or none */
  readonly one: (type: string, name?: string) => Registration;
  readonly all: (type: string) => readonly Registration[];
  /** What is there before a resource is registered, as `TYPE::NAME`: what it depends on, and what that depends on. */
  readonly before: (registration: Registration) => ReadonlySet<string>;
}

export interface RunOptions {
  readonly stack?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly secretKeys?: readonly string[];
  /** What functions of providers answer, by their tokens; those that tell who deploys have an answer. */
  readonly functions?: Readonly<Record<string, (args: Record<string, unknown>) => Record<string, unknown>>>;
  /** Filled as resources are registered, so that a run that fails can be looked at too. */
  readonly registrations?: Registration[];
}

/** What hooks do is tried on the engine; here it is enough that they are registered. */
const takesHook = (_: unknown, callback: (error: unknown, answer: unknown) => void) => {
  callback(null, {});
};
// The mocks say that they take hooks and never answer one (pulumi 3.248): whoever registers one would wait for ever.
Object.assign(MockMonitor.prototype, { registerErrorHook: takesHook, registerResourceHook: takesHook });

/** Runs a part of the program, or all of it, against an engine that grants everything, and waits until it is done. */
export async function runStack<T>(build: () => T | Promise<T>, options: RunOptions = {}): Promise<Run<T>> {
  const registrations = options.registrations ?? [];
  pulumi.runtime.setAllConfig({ ...options.config }, [...(options.secretKeys ?? [])]);
  await setMocks(
    { newResource, call: (request) => call(request, options.functions) },
    "batch-keyvault",
    options.stack ?? "test",
  );
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const register = MockMonitor.prototype.registerResource;
  const spy = jest.spyOn(MockMonitor.prototype, "registerResource").mockImplementation(function (
    this: MockMonitor,
    request: RegisterRequest,
    callback: (error: unknown, answer: unknown) => void,
  ) {
    registrations.push(registrationOf(request));
    return register.call(this, request, callback);
  });
  // Without an engine the program's warnings would go to the console.
  const console = jest.spyOn(globalThis.console, "warn").mockImplementation(() => undefined);
  try {
    const value = await build();
    await settled(registrations);
    return { value, registrations, ...finders(registrations) };
  } finally {
    spy.mockRestore();
    console.mockRestore();
  }
}

/** The value of an output, once it is known. */
export function valueOf<T>(output: pulumi.Output<T> | T): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => {
    pulumi.output(output).apply(resolve);
  });
}

/** All text in what was sent that is not inside a secret. */
export function textInClear(sent: unknown): string[] {
  if (typeof sent === "string") return [sent];
  if (typeof sent !== "object" || sent === null || isSecret(sent)) return [];
  return Object.values(sent).flatMap(textInClear);
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getDeletebeforereplace(): boolean;
  getDeletebeforereplacedefined(): boolean;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getProvider(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
}

function registrationOf(request: RegisterRequest): Registration {
  const sent = request.getObject().toJavaScript();
  return {
    type: request.getType(),
    name: request.getName(),
    parent: shortUrn(request.getParent()),
    dependencies: request.getDependenciesList().map(shortUrn).sort(),
    inputs: unwrapped(sent) as Record<string, unknown>,
    sent,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    provider: shortUrn(request.getProvider().split("::").slice(0, 4).join("::")).split("::").at(-1) ?? "",
    isComponent: !request.getCustom(),
  };
}

/** `TYPE::NAME` of `urn:pulumi:STACK::PROJECT::PARENTTYPE$TYPE::NAME` */
function shortUrn(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return urn === "" ? "" : `${types.split("$").at(-1) ?? ""}::${name}`;
}

const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

function isSecret(value: object): value is { value: unknown } {
  return Object.values(value).includes(secretSignature);
}

function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return unwrapped(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrapped(inner)]));
}

/** Registrations wait for each other's outputs: done when a full round brings no more. */
async function settled(registrations: readonly Registration[]): Promise<void> {
  const { waitForRPCs } = engineSettings as unknown as { waitForRPCs: () => Promise<void> };
  for (let before = -1; before !== registrations.length;) {
    before = registrations.length;
    await waitForRPCs();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function finders(registrations: readonly Registration[]): Pick<Run<unknown>, "one" | "all" | "before"> {
  return {
    one(type, name) {
      const found = registrations.filter((each) => each.type === type && (name === undefined || each.name === name));
      const [only] = found;
      if (found.length !== 1 || !only) throw new Error(`${type} ${name ?? ""}: found ${found.length}, expected one`);
      return only;
    },
    all: (type) => registrations.filter((each) => each.type === type),
    before({ dependencies }) {
      const known = new Set(dependencies);
      for (const urn of known) {
        const found = registrations.find(({ type, name }) => urn === `${type}::${name}`);
        found?.dependencies.forEach((each) => known.add(each));
      }
      return known;
    },
  };
}

/** The key that every mocked tls.PrivateKey has. */
export const privateKeyPem = rsaKeyPem("mocked");

/** What providers add to the inputs; the names they make up are the logical ones. */
const computed: Readonly<Record<string, (name: string, inputs: Record<string, unknown>) => Record<string, unknown>>> = {
  "tls:index/privateKey:PrivateKey": () => ({
    privateKeyPem: pulumi.secret(privateKeyPem),
    privateKeyPemPkcs8: pulumi.secret(privateKeyPem),
  }),
  "tls:index/selfSignedCert:SelfSignedCert": () => ({ certPem: certificatePem, ...validity.asTlsGivesIt }),
  "random:index/randomString:RandomString": () => ({ result: "1a2b3c4d" }),
  "random:index/randomUuid:RandomUuid": (name) => ({ result: `uuid-of-${name}` }),
  "random:index/randomPassword:RandomPassword": (name) => ({ result: pulumi.secret(`generated-for-${name}`) }),
  "azuread:index/application:Application": () => ({ clientId: clientIds.application, objectId: "application-object" }),
  "azuread:index/servicePrincipal:ServicePrincipal": () => ({ objectId: "service-principal-object" }),
  "azure-native:keyvault:Vault": (_, { vaultName, properties }) => ({
    name: vaultName,
    properties: { ...(properties as object), vaultUri: `https://${String(vaultName)}.vault.azure.net/` },
  }),
  "azure-native:managedidentity:UserAssignedIdentity": () => ({
    clientId: clientIds.identity,
    principalId: "identity-principal",
  }),
  "azure-native:batch:BatchAccount": (_, { accountName }) => ({
    name: accountName,
    accountEndpoint: `${String(accountName)}.westeurope.batch.azure.com`,
  }),
};

function newResource({ type, name, inputs }: MockResourceArgs) {
  const given = unwrapped(inputs) as Record<string, unknown>;
  return { id: `id-of-${name}`, state: { name, ...(inputs as object), ...computed[type]?.(name, given) } };
}

function call({ token, inputs }: MockCallArgs, functions: RunOptions["functions"] = {}) {
  const answer = functions[token];
  if (answer) return answer(inputs as Record<string, unknown>);
  const caller = { tenantId: "tenant", subscriptionId: "subscription", clientId: "deployer-client" };
  return { ...caller, objectId: token.startsWith("azuread:") ? "entra-deployer" : "azure-deployer" };
}
