import { previousGenerations } from "../../../components/generations";
import { longestPollingMinutes, type Settings } from "../../../settings";
import { table } from "../../configurationReference/markdown";

export interface GenerationChange {
  readonly stack: string;
  /** `Pulumi.dev.yaml` */
  readonly file: string;
  readonly from: number;
  readonly to: number;
  /** What is registered now, as far as it is known. */
  readonly generations: readonly { readonly generation: number; readonly notAfter: string }[];
}

/** What a pull request that raises the generation tells its reviewers, as Markdown. */
export function pullRequestBody({ stack, file, from, to, generations }: GenerationChange, settings: Settings): string {
  const { keepPrevious, revoke } = settings.certificate;
  const pollingMinutes = longestPollingMinutes(settings);
  const interval = pollingMinutes === 60 ? "one hour" : `${pollingMinutes} minutes`;
  const kept = previousGenerations(to, keepPrevious, revoke).reverse();
  const removed = [from, ...previousGenerations(from, keepPrevious, revoke).reverse()].filter(
    (each) => !kept.includes(each),
  );
  const endOf = (generation: number) => generations.find((each) => each.generation === generation)?.notAfter ?? "";
  const rows = [
    [String(to), "new: each node signs in with it once it has fetched it", "as long as `validityDays` says"],
    ...kept.map((each) => [String(each), "stays, for nodes that have not fetched the new one yet", endOf(each)]),
    ...removed.map((each) => [String(each), "its credential is removed, last", "this update"]),
  ];
  return `Rotates the certificate of stack \`${stack}\`: \`certificate.generation\` in \`${file}\` was ${from} and is ${to}.

## What \`pulumi up\` does

${table(["generation", "after the update", "signs in until"], rows)}

The new credential is registered first, then the new certificate is published, then old credentials are removed. No pool is
replaced, no node restarts.
${kept.includes(from) ? "" : warningText(from, to)}
## Before merging

The preview creates key, certificate and credential of generation ${to} and updates the published secret. It may delete what
belongs to older generations. A pool marked \`+-\`, or anything else, is not part of a rotation.

## After \`pulumi up\`

- Wait ${interval}: in that time every node fetches the certificate. Do not raise the generation again before.
- \`npm run expiry -- --stack ${stack}\` tells generation ${to} and its end.
- A task that runs \`get-secret --check\` tells the certificate that it signed in with.

The procedure, and what to do when something fails: \`docs/rotation.md\`.
`;
}

function warningText(from: number, to: number): string {
  return `
**Reads will fail:** \`keepPrevious\` is 0, so generation ${from} ends with the update, and nodes cannot sign in until they have
fetched generation ${to}.
`;
}
