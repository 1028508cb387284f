import { randomBytes, randomUUID } from "node:crypto";
import { localKind } from "../wire/local";
import { sdkVersion, type CheckFailure, type Created, type Provider, type ResourceKind } from "../wire/provider";
import { holdsUnknown, type Properties } from "../wire/values";
import { problemOf, randomText, type TextRules } from "./text";

const textDefaults = {
  lower: true,
  upper: true,
  numeric: true,
  number: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};

/** `random`: values that are made once and stay as long as their inputs do. `bcryptHash` is not computed. */
export function randomProvider(): Provider {
  return {
    name: "random",
    version: sdkVersion("random"),
    resources: {
      "random:index/randomString:RandomString": textKind({ secret: false }),
      "random:index/randomPassword:RandomPassword": textKind({ secret: true }),
      "random:index/randomUuid:RandomUuid": localKind({ computed: ["result"], create: createUuid }),
      "random:index/randomId:RandomId": localKind({
        computed: ["b64Std", "b64Url", "dec", "hex"],
        check: ({ inputs }) => ({ inputs, failures: byteLengthFailures(inputs) }),
        create: createId,
      }),
    },
  };
}

function textKind({ secret }: { secret: boolean }): ResourceKind {
  return localKind({
    computed: ["result"],
    secretOutputs: secret ? ["result"] : [],
    check: ({ inputs }) => {
      const problem = holdsUnknown(inputs) ? undefined : problemOf(textRules(inputs));
      return { inputs, failures: problem === undefined ? [] : [{ property: "length", reason: problem }] };
    },
    create: (inputs) => {
      const result = randomText(textRules(inputs));
      // The official provider's ids: the value itself, and one word for all passwords, since ids are shown.
      return { id: secret ? "none" : result, outputs: { ...textDefaults, ...inputs, result } };
    },
  });
}

/** The rules in a resource's inputs; `number` is the older name of `numeric`. */
function textRules(inputs: Properties): TextRules {
  const numeric = inputs["numeric"] ?? inputs["number"];
  return { ...(inputs as unknown as TextRules), ...(numeric === undefined ? {} : { numeric: numeric === true }) };
}

function createUuid(inputs: Properties): Created {
  const result = randomUUID();
  return { id: result, outputs: { ...inputs, result } };
}

function byteLengthFailures({ byteLength }: Properties): CheckFailure[] {
  if (holdsUnknown(byteLength) || (typeof byteLength === "number" && Number.isInteger(byteLength) && byteLength > 0))
    return [];
  return [
    { property: "byteLength", reason: `byteLength is ${String(byteLength)}, expected a whole number of at least 1` },
  ];
}

function createId(inputs: Properties): Created {
  const bytes = randomBytes(Number(inputs["byteLength"]));
  const prefix = typeof inputs["prefix"] === "string" ? inputs["prefix"] : "";
  const hex = bytes.toString("hex");
  const outputs = {
    ...inputs,
    hex: prefix + hex,
    b64Std: prefix + bytes.toString("base64"),
    b64Url: prefix + bytes.toString("base64url"),
    dec: prefix + BigInt(`0x${hex}`).toString(),
  };
  return { id: bytes.toString("base64url"), outputs };
}
