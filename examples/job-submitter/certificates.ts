import { previousGenerations } from "../../components/generations";
import { SelfSignedCertificate } from "../../components/SelfSignedCertificate";

/**
 * The newest certificate, and the one before it, which counts until the next rotation: whoever holds it has that long to change.
 * @throws {Error} where the generation is no whole number from 1
 */
export function certificates(generation: number): [SelfSignedCertificate, ...SelfSignedCertificate[]] {
  if (!Number.isInteger(generation) || generation < 1) {
    throw new Error(`generation: found ${generation}, expected a whole number from 1`);
  }
  const kind = {
    subject: { commonName: "batch-job-submitter" },
    keyBits: 2048,
    validityDays: 90,
    staysAsMade: true,
  };
  return [
    new SelfSignedCertificate(`submitter-${generation}`, { ...kind, generation, warnBeforeDays: 14 }),
    ...previousGenerations(generation, 1).map(
      (earlier) => new SelfSignedCertificate(`submitter-${earlier}`, { ...kind, generation: earlier }),
    ),
  ];
}
