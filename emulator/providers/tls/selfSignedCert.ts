import { localKind } from "../wire/local";
import type { CheckFailure, ResourceKind, State } from "../wire/provider";
import { holdsUnknown, type Properties } from "../wire/values";
import { allowedUses, issueCertificate } from "./certificate";
import { addHours, preciseTime } from "./times";

const defaults = {
  earlyRenewalHours: 0,
  isCaCertificate: false,
  maxPathLength: -1,
  setSubjectKeyId: false,
  setAuthorityKeyId: false,
};

/** `tls.SelfSignedCert`, with the outputs of `@pulumi/tls` 5.6. A certificate whose renewal is due is replaced by the next update. */
export function selfSignedCert(clock: () => Date): ResourceKind {
  const isDue = (state: State, earlyRenewalHours: unknown): boolean => {
    const end = new Date(String(state.outputs["validityEndTime"]));
    return addHours(end, -Number(earlyRenewalHours ?? 0)) <= clock();
  };

  return localKind({
    computed: ["certPem", "keyAlgorithm", "readyForRenewal", "validityStartTime", "validityEndTime"],
    secretOutputs: ["privateKeyPem"],
    check: ({ inputs }) => ({ inputs, failures: [...useFailures(inputs), ...keyFailures(inputs)] }),
    // How early a renewal is due is a matter of the state alone; everything else is in the certificate.
    replaces: ({ path }) => path[0] !== "earlyRenewalHours",
    outdated: (state) => (isDue(state, state.inputs["earlyRenewalHours"]) ? ["readyForRenewal"] : []),
    create: async (inputs) => {
      const notBefore = clock();
      const notAfter = addHours(notBefore, Number(inputs["validityPeriodHours"]));
      const { certPem, keyAlgorithm, serialNumber } = await issueCertificate(inputs, notBefore, notAfter);
      const times = { validityStartTime: preciseTime(notBefore), validityEndTime: preciseTime(notAfter) };
      const outputs = { ...defaults, ...inputs, certPem, keyAlgorithm, readyForRenewal: false, ...times };
      return { id: serialNumber, outputs };
    },
    read: (id, { inputs, outputs }) => {
      if (!inputs || !outputs) throw new Error(`certificate ${id} cannot be imported: it is only in a stack's state`);
      const due = isDue({ inputs, outputs }, inputs["earlyRenewalHours"]);
      return { inputs, outputs: due ? { ...outputs, readyForRenewal: true } : outputs };
    },
    update: (_id, inputs, { outputs }): Properties => ({ ...outputs, ...pickEarlyRenewal(inputs) }),
  });
}

function pickEarlyRenewal(inputs: Properties): Properties {
  return { earlyRenewalHours: inputs["earlyRenewalHours"] ?? defaults.earlyRenewalHours };
}

function useFailures(inputs: Properties): CheckFailure[] {
  const uses = Array.isArray(inputs["allowedUses"]) ? (inputs["allowedUses"] as unknown[]) : [];
  return uses
    .filter((use) => !holdsUnknown(use) && !allowedUses.includes(String(use)))
    .map((use) => ({
      property: "allowedUses",
      reason: `allowedUses has ${JSON.stringify(use)}, expected ${allowedUses.join(", ")}`,
    }));
}

function keyFailures(inputs: Properties): CheckFailure[] {
  if ("privateKeyPem" in inputs) return [];
  return [
    { property: "privateKeyPem", reason: "privateKeyPem is missing; the bundled provider takes no write-only key" },
  ];
}
