import { z } from "zod";
import { keySizes } from "../../settings/limits";
import { expectAt, isWord, rule } from "../rule";
import { privateKey } from "./types";

export const certificateKey = rule({
  name: "certificate-key",
  description: "A certificate has an RSA key that is long enough: Entra takes no other kind.",
  types: [privateKey],
  settings: z.strictObject({
    fewestBits: z
      .int()
      .default(keySizes[0])
      .describe(`Bits that a key must have: ${keySizes.join(", ")}.`),
  }),
  check: (resource, { fewestBits }) => {
    const allowed = keySizes.filter((bits) => bits >= fewestBits);
    return [
      ...expectAt(resource, ["algorithm"], (value) => isWord(value, "RSA"), "RSA"),
      ...expectAt(
        resource,
        ["rsaBits"],
        (value) => allowed.some((bits) => bits === (value ?? providerDefault)),
        `one of ${allowed.join(", ")}`,
      ),
    ];
  },
});

/** Of tls. */
const providerDefault = 2048;
