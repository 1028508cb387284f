import { spawnSync } from "node:child_process";
import { commandLines } from "../../../examples/job-submitter/job";
import { taskCommand, windowsNodeFiles, windowsStartTask } from "../../../nodes/index";
import { makeParser, type Parse } from "./parser";

const scripts = Object.entries(windowsNodeFiles());

/** The text that a command line of ours gives to PowerShell. */
function commandText(commandLine: string): string {
  const text = /^powershell\.exe (?:-\w+ )+Bypass -Command "([^"]*)"$/.exec(commandLine)?.[1];
  if (text === undefined) throw new Error(`found ${commandLine}, expected one text in double quotes after -Command`);
  return text;
}

const commands = [
  ["the start task's", windowsStartTask().commandLine],
  ["a task's", taskCommand("windows", "batchAdminPass")],
  ["a check's", taskCommand("windows", "batchAdminPass", { check: true })],
  ["the example's", commandLines.windows],
] as const;

describe("the grammar of Windows PowerShell 5.1", () => {
  let parse: Parse;

  beforeAll(async () => {
    parse = await makeParser();
  }, 60_000);

  test.each(scripts)("takes %s", (_name, text) => {
    expect(parse(text)).toEqual([]);
  });

  test.each(commands)("takes %s command line", (_name, commandLine) => {
    expect(parse(commandText(commandLine))).toEqual([]);
  });

  test("takes the text with which a user's command is run", () => {
    const text = /-Command '(.*)'$/m.exec(windowsNodeFiles()["start.ps1"] ?? "")?.[1]?.replaceAll("''", "'");
    expect(text).toContain("$env:BATCH_KEYVAULT_COMMAND");
    expect(text).not.toContain('"');
    expect(parse(text ?? "")).toEqual([]);
  });

  test.each(["if ($a {", "foo && bar", "foo || bar", "$a = $b ? 1 : 2", "$a = $b ?? 1", "$a ??= 1", "${a}?.b"])(
    "does not take %s",
    (text) => {
      expect(parse(text)).not.toEqual([]);
    },
  );
});

describe("the way in", () => {
  const { "start.ps1": start = "", "get-secret.ps1": getSecret = "", "node.ps1": node = "" } = windowsNodeFiles();

  /** The body of a function that begins and ends at the start of a line. */
  const body = (text: string, name: string) =>
    new RegExp(`^function ${name}\\b[^\\n]*\\{\\n(.*?)^\\}`, "ms").exec(text)?.[1] ?? "";

  test("certificates are waited for and opened to tasks only where tasks sign in with one", () => {
    const main = start.slice(start.lastIndexOf("\ntry {"));
    expect(main).toContain("if ($access -eq 'certificate') { Open-Certificate }");
    const work = ["Wait-Certificate", "grant-key-access.ps1", "Register-Grant"];
    for (const step of work) {
      expect(body(start, "Open-Certificate")).toContain(step);
      expect(main).not.toContain(step);
    }
  });

  test("a key that tasks may not use yet is passed over, not met with an error", () => {
    expect(body(getSecret, "Connect-Application")).toContain("foreach ($certificate in Get-UsableCertificate)");
    const usable = body(getSecret, "Get-UsableCertificate");
    expect(usable).toContain("$usable = @($valid | Where-Object { Test-KeyAccess $_ })");
    expect(usable.trimEnd()).toMatch(/\$usable$/);
    expect(body(node, "Test-KeyAccess")).toMatch(/SignData\(.*\} catch \{\s+\$false\s+\}\s*$/s);
  });

  test("as the pool's identity it names the identity, touches no certificate, and leaves no sign-in on the disk", () => {
    const [identity = "", certificate = ""] = body(getSecret, "Connect-Vault").split(/^ {4}\}$/m);
    expect(identity).toContain("Disable-AzContextAutosave -Scope Process");
    expect(identity).toContain("$client = Get-Setting 'AZURE_CLIENT_ID'");
    expect(identity).toContain("Connect-AzAccount -Identity -AccountId $client -Scope Process");
    expect(identity).toContain("return [ordered]@{ certificate = $null; identity = @{ clientId = $client } }");
    expect(identity).not.toContain("Connect-Application");
    expect(certificate).toContain("Connect-Application");
  });
});

const powershell = ["pwsh", "powershell.exe"].find((name) => spawnSync(name, ["-Version"]).error === undefined);

// PowerShell itself has the last word where there is one.
(powershell ? describe : describe.skip)("PowerShell's own parser", () => {
  const parser =
    "$errors = $null; [void][Management.Automation.Language.Parser]::ParseInput([Console]::In.ReadToEnd(), [ref]$null, [ref]$errors); $errors.Message; exit $errors.Count";

  const parse = (input: string) =>
    spawnSync(powershell ?? "", ["-NoProfile", "-NonInteractive", "-Command", parser], { input, encoding: "utf8" });

  test.each(scripts)("takes %s", (_name, text) => {
    expect(parse(text)).toMatchObject({ status: 0 });
  });

  test("does not take a broken script", () => {
    expect(parse("if ($a {").status).toBeGreaterThan(0);
  });
});

(powershell ? describe : describe.skip)("PowerShell, run", () => {
  const script =
    "$ErrorActionPreference = 'Stop'; . ([scriptblock]::Create([Console]::In.ReadToEnd())); Get-AccessMode";

  const accessMode = (access: string | undefined) =>
    spawnSync(powershell ?? "", ["-NoProfile", "-NonInteractive", "-Command", script], {
      input: windowsNodeFiles()["node.ps1"],
      env: { ...process.env, BATCH_KEYVAULT_ACCESS: access },
      encoding: "utf8",
    });

  test.each([
    [undefined, "certificate"],
    ["certificate", "certificate"],
    ["managedIdentity", "managedIdentity"],
  ])("takes %s for %s", (access, mode) => {
    const { status, stdout } = accessMode(access);
    expect([status, stdout.trim()]).toEqual([0, mode]);
  });

  test("knows a key that it may sign with from one that it may not", () => {
    const made =
      "$rsa = [Security.Cryptography.RSA]::Create(2048); $sha = [Security.Cryptography.HashAlgorithmName]::SHA256";
    const request =
      "$request = New-Object Security.Cryptography.X509Certificates.CertificateRequest 'CN=x', $rsa, $sha, ([Security.Cryptography.RSASignaturePadding]::Pkcs1)";
    const whole = "$whole = $request.CreateSelfSigned([DateTimeOffset]::Now, [DateTimeOffset]::Now.AddDays(1))";
    const bare = "$bare = [Security.Cryptography.X509Certificates.X509Certificate2] $whole.RawData";
    const load = "$ErrorActionPreference = 'Stop'; . ([scriptblock]::Create([Console]::In.ReadToEnd()))";
    const command = [load, made, request, whole, bare, "Test-KeyAccess $whole", "Test-KeyAccess $bare"].join("; ");
    const input = windowsNodeFiles()["node.ps1"];
    const { stdout } = spawnSync(powershell ?? "", ["-NoProfile", "-NonInteractive", "-Command", command], {
      ...{ input, encoding: "utf8" as const },
    });
    expect(stdout.trim().split(/\s+/)).toEqual(["True", "False"]);
  });

  test.each(["password", "managedidentity"])("refuses %s", (access) => {
    const { status, stderr } = accessMode(access);
    expect(status).not.toBe(0);
    expect(stderr).toContain("BATCH_KEYVAULT_ACCESS");
  });
});
