import { certificateKey } from "../../../policy/rules/certificateKey";
import { certificateUse } from "../../../policy/rules/certificateUse";
import { certificateValidity } from "../../../policy/rules/certificateValidity";
import { describePolicy, notKnownYet } from "./cases";

const key = (rsaBits?: unknown, algorithm: unknown = "RSA") => ({ inputs: { algorithm, rsaBits } });

describePolicy(certificateKey, {
  compliant: { "3072 bits": key(3072), "what the provider does by default": { inputs: { algorithm: "RSA" } } },
  violating: {
    "a short key": { ...key(1024), lines: ["rsaBits: found 1024, expected one of 2048, 3072, 4096"] },
    "another kind of key": { ...key(2048, "ECDSA"), lines: ['algorithm: found "ECDSA", expected RSA'] },
  },
  unknown: { "length and kind": key(notKnownYet, notKnownYet) },
  configured: {
    "longer ones": {
      ...key(2048),
      settings: { fewestBits: 3072 },
      lines: ["rsaBits: found 2048, expected one of 3072, 4096"],
    },
  },
});

const credential = (startDate: unknown, endDate: unknown) => ({ inputs: { startDate, endDate } });
const start = "2026-03-01T00:00:00Z";
const beforeEnd = (found: string, days = 1095) =>
  `endDate: found ${found}, expected an end at most ${days} days after startDate, ${start}`;

describePolicy(certificateValidity, {
  compliant: {
    "a year": credential(start, "2027-03-01T00:00:00Z"),
    "to the second": credential(start, "2029-02-28T00:00:00Z"),
  },
  violating: {
    "a second more": {
      ...credential(start, "2029-02-28T00:00:01Z"),
      lines: [beforeEnd('"2029-02-28T00:00:01Z"')],
    },
    "no end": { inputs: { startDate: start }, lines: [beforeEnd("nothing")] },
    "no start": {
      inputs: { endDate: start },
      lines: [`endDate: found "${start}", expected an end at most 1095 days after startDate, which is missing`],
    },
  },
  unknown: { "its end": credential(start, notKnownYet), "its start": credential(notKnownYet, "2099-01-01T00:00:00Z") },
  configured: {
    "half a year": {
      ...credential(start, "2027-03-01T00:00:00Z"),
      settings: { mostDays: 180 },
      lines: [beforeEnd('"2027-03-01T00:00:00Z"', 180)],
    },
  },
});

describePolicy(certificateUse, {
  compliant: {
    "this program's": { inputs: { allowedUses: ["digital_signature", "client_auth"] } },
    none: { inputs: {} },
  },
  violating: {
    "servers too": {
      inputs: { allowedUses: ["client_auth", "server_auth"] },
      lines: ['allowedUses[1]: found "server_auth", expected client_auth or digital_signature'],
    },
  },
  unknown: {
    "all uses": { inputs: { allowedUses: notKnownYet } },
    "one of them": { inputs: { allowedUses: ["client_auth", notKnownYet] } },
  },
  configured: {},
});
