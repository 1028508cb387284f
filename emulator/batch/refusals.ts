import { Refusal } from "../server/exchange";

/** One of the pairs with which Batch explains a refusal: `details` in Resource Manager, `values` in the data plane. */
export interface RefusalDetail {
  readonly key: string;
  readonly value: string;
}

/** Batch's own refusals: a fixed sentence for the code, and the particulars beside it. */
export class BatchRefusal extends Refusal {
  override readonly target = "BatchAccount";
  override readonly details: readonly { readonly code: string; readonly message: string }[];

  constructor(
    status: number,
    code: string,
    sentence: string,
    readonly values: readonly RefusalDetail[] = [],
  ) {
    const [path, reason] = [valueOf(values, "PropertyPath"), valueOf(values, "Reason")];
    const particulars = [path, reason].filter((text) => text !== undefined).join(": ");
    super(status, code, particulars === "" ? sentence : `${sentence} ${particulars}`);
    this.details = values.map(({ key, value }) => ({ code: key, message: value }));
  }
}

function valueOf(values: readonly RefusalDetail[], key: string): string | undefined {
  return values.find((pair) => pair.key === key)?.value;
}

function about(path: string, reason: string): RefusalDetail[] {
  return [
    { key: "PropertyName", value: path.split(".").at(-1) ?? path },
    { key: "PropertyPath", value: path },
    { key: "Reason", value: reason },
  ];
}

export function invalidValue(path: string, reason: string, code = "InvalidPropertyValue"): BatchRefusal {
  return new BatchRefusal(
    400,
    code,
    "The value provided for one of the properties in the request body is invalid.",
    about(path, reason),
  );
}

export function missingProperty(path: string): BatchRefusal {
  return new BatchRefusal(
    400,
    "MissingRequiredProperty",
    "A required property was not specified in the request body.",
    about(path, "it is required"),
  );
}

/** Azure/Batch#85 shows the answer whole. */
export function cannotBeUpdated(path: string, reason: string): BatchRefusal {
  return new BatchRefusal(
    400,
    "PropertyCannotBeUpdated",
    "A property that cannot be updated was specified as part of the request.",
    about(path, reason),
  );
}

/** Azure/azure-sdk-for-go#24713 and hashicorp/terraform-provider-azurerm#29441 show it for certificates and for pools. */
export function certificateRetired(): BatchRefusal {
  return new BatchRefusal(
    400,
    "CertificateRetired",
    "The 'Azure Batch Certificates' feature was retired on 02/29/2024.",
    [
      {
        key: "Reason",
        value:
          "Batch no longer keeps certificates, and a pool may no longer refer to one: take the reference out, or delete what holds it.",
      },
    ],
  );
}
