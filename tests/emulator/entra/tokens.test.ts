import { createPrivateKey } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT, type JWTPayload } from "jose";
import { signingKey } from "../../../emulator/entra/signingKey";
import { verifyBearer } from "../../../emulator/entra/tokens";
import type { Exchange } from "../../../emulator/server/exchange";
import { rsaKeyPem } from "../../keys";
import { TestEmulator } from "../harness";

const vault = "https://vault.azure.net";

let emulator: TestEmulator;
let claims: JWTPayload;

beforeAll(async () => {
  emulator = await TestEmulator.start(new Date("2027-01-01T12:00:00Z"));
  claims = decodeJwt(await emulator.token(vault));
});

afterAll(async () => {
  await emulator.stop();
});

afterEach(() => {
  emulator.setTime(new Date("2027-01-01T12:00:00Z"));
});

function exchange(authorization?: string): Exchange {
  const url = new URL("https://batchvault.vault.azure.net/secrets/a");
  const headers = authorization === undefined ? {} : { authorization };
  return { method: "GET", host: url.hostname, url, headers, body: Buffer.alloc(0) };
}

function verify(authorization?: string, audiences: readonly string[] = [vault]) {
  return verifyBearer(emulator.world, exchange(authorization), audiences);
}

async function signed(changed: JWTPayload): Promise<string> {
  const { privateKey, keyId } = await signingKey(emulator.world);
  return new SignJWT({ ...claims, ...changed }).setProtectedHeader({ alg: "RS256", kid: keyId }).sign(privateKey);
}

test("a good token says who calls; a trailing slash makes no other audience", async () => {
  const { tenantId, deployer } = emulator.world.tenant;
  const caller = { objectId: deployer.objectId, appId: deployer.clientId, tenantId };
  expect(await verify(`Bearer ${await emulator.token(vault)}`)).toEqual(caller);
  expect(await verify(`Bearer ${await emulator.token(`${vault}/`)}`)).toEqual(caller);
  expect(await verify(`bearer ${await emulator.token(vault)}`, ["https://other.example", `${vault}/`])).toEqual(caller);
});

test.each([
  ["missing", () => undefined],
  ["malformed", () => "Basic abc"],
  ["malformed", () => "Bearer abc"],
  ["malformed", () => "Bearer abc.def.ghi"],
  ["signature", otherKey],
  ["signature", unsigned],
  ["audience", async () => `Bearer ${await emulator.token("https://graph.microsoft.com")}`],
  ["tenant", async () => `Bearer ${await signed({ tid: "00000000-0000-0000-0000-000000000000" })}`],
  ["tenant", async () => `Bearer ${await signed({ iss: "https://sts.windows.net/other/" })}`],
  ["expired", async () => `Bearer ${await signed({ exp: seconds() })}`],
  ["expired", async () => `Bearer ${await signed({ exp: undefined })}`],
  ["notYetValid", async () => `Bearer ${await signed({ nbf: seconds() + 1 })}`],
])("%s", async (kind, authorization) => {
  await expect(verify(await authorization())).rejects.toMatchObject({ kind });
});

test("a token ends after its hour, by Azure's clock", async () => {
  const token = await emulator.token(vault);
  emulator.setTime(new Date("2027-01-01T12:59:59Z"));
  await expect(verify(`Bearer ${token}`)).resolves.toBeDefined();
  emulator.setTime(new Date("2027-01-01T13:00:00Z"));
  await expect(verify(`Bearer ${token}`)).rejects.toMatchObject({ kind: "expired" });
});

test("a token that was good makes no other token with its claims good", async () => {
  const [one, other] = [await signed({}), await signed({ exp: seconds() + 60 })].map((token) => token.split("."));
  await expect(verify(`Bearer ${one?.join(".")}`)).resolves.toBeDefined();
  const forged = [...(one?.slice(0, 2) ?? []), other?.[2]].join(".");
  await expect(verify(`Bearer ${forged}`)).rejects.toMatchObject({ kind: "signature" });
});

test("tokens stay good across a restart", async () => {
  const token = await emulator.token(vault);
  await emulator.restart();
  await expect(verify(`Bearer ${token}`)).resolves.toBeDefined();
});

function seconds(): number {
  return emulator.world.clock().getTime() / 1000;
}

async function otherKey(): Promise<string> {
  const privateKey = createPrivateKey(rsaKeyPem("other"));
  const { kid = "" } = decodeProtectedHeader(await emulator.token(vault)) as { kid?: string };
  return `Bearer ${await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid }).sign(privateKey)}`;
}

function unsigned(): string {
  return `Bearer ${new UnsecuredJWT(claims).encode()}`;
}
