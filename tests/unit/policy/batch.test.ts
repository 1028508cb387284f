import { defaultImages } from "../../../components/images";
import { batchEntraOnly } from "../../../policy/rules/batchEntraOnly";
import { observedCertificate } from "../../../policy/rules/observedCertificate";
import { retiredCertificates } from "../../../policy/rules/retiredCertificates";
import { retiredImages } from "../../../policy/rules/retiredImages";
import { retiredSizes } from "../../../policy/rules/retiredSizes";
import { tags } from "../../../policy/rules/tags";
import { genericResource, resourceGroup } from "../../../policy/rules/types";
import { describePolicy, notKnownYet } from "./cases";

describePolicy(batchEntraOnly, {
  compliant: { "Entra alone": { inputs: { allowedAuthenticationModes: ["AAD"] } } },
  violating: {
    "keys too": {
      inputs: { allowedAuthenticationModes: ["AAD", "SharedKey"] },
      lines: ['allowedAuthenticationModes: found ["AAD","SharedKey"], expected ["AAD"]'],
    },
    "nothing said, as Azure allows keys then": {
      inputs: {},
      lines: ['allowedAuthenticationModes: found nothing, expected ["AAD"]'],
    },
  },
  unknown: {
    "the modes": { inputs: { allowedAuthenticationModes: notKnownYet } },
    "one of them": { inputs: { allowedAuthenticationModes: [notKnownYet] } },
  },
  configured: {},
});

const machine = (virtualMachineConfiguration: unknown) => ({
  inputs: { deploymentConfiguration: { virtualMachineConfiguration } },
});
const { linux, windows } = defaultImages;
const image = (nodeAgentSkuId: unknown, sku = "server", offer = "ubuntu-24_04-lts") =>
  machine({ nodeAgentSkuId, imageReference: { publisher: "canonical", offer, sku } });
const server2016 =
  'deploymentConfiguration.virtualMachineConfiguration.imageReference.sku: found "2016-datacenter", expected sku 2022-datacenter-g2: Azure retires Windows Server 2016 images on Batch on 2027-01-12';
const ubuntu2004 =
  'deploymentConfiguration.virtualMachineConfiguration.nodeAgentSkuId: found "batch.node.ubuntu 20.04", expected batch.node.ubuntu 24.04 with image canonical/ubuntu-24_04-lts/server: Azure retires the node agent of Ubuntu 20.04 on 2025-04-23';

describePolicy(retiredImages, {
  compliant: {
    "this program's Linux image": image(linux.nodeAgentSkuId, linux.sku, linux.offer),
    "this program's Windows image": image(windows.nodeAgentSkuId, windows.sku, windows.offer),
  },
  violating: { "a retired node agent": { ...image("batch.node.ubuntu 20.04"), lines: [ubuntu2004] } },
  unknown: { "the node agent": image(notKnownYet), "the machine": machine(notKnownYet) },
  configured: {
    "an earlier day": { ...image("batch.node.ubuntu 20.04"), settings: { asOf: "2024-01-31" }, lines: [] },
    "a later day": {
      ...image("batch.node.windows amd64", "2016-datacenter", "windowsserver"),
      settings: { asOf: "2027-01-12" },
      lines: [server2016],
    },
    "days before the end": {
      ...image("batch.node.windows amd64", "2016-datacenter", "windowsserver"),
      settings: { asOf: "2026-12-13", daysBefore: 30 },
      lines: [server2016],
    },
  },
});

const size = (vmSize: unknown) => ({ inputs: { vmSize } });
const oldSize = (name: string, series: string, ends: string, replacement: string) =>
  `vmSize: found "${name}", expected ${replacement}: Azure retires VM sizes of the ${series} series on ${ends}`;
const newer = "a size of version 5 or newer, such as Standard_D2s_v5";

describePolicy(retiredSizes, {
  compliant: { "this program's size": size("Standard_D2s_v5"), "a size that nobody knows": size("Standard_Z9") },
  violating: {
    "a retired size": { ...size("Standard_A2"), lines: [oldSize("Standard_A2", "A and Basic A", "2024-08-31", newer)] },
  },
  unknown: { "the size": size(notKnownYet) },
  configured: {
    "an earlier day": { ...size("Standard_A2"), settings: { asOf: "2024-08-30" }, lines: [] },
    "days before the end": {
      ...size("Standard_DS2_v2"),
      settings: { asOf: "2028-01-01", daysBefore: 180 },
      lines: [oldSize("Standard_DS2_v2", "D, Ds, Dv2 and Dsv2", "2028-05-01", newer)],
    },
  },
});

const none =
  "expected none: Azure retired certificates of Batch accounts on 2024-02-29; use certificate.delivery: keyVaultExtension, or name the stack in this policy's settings";
const reference = { inputs: { certificates: [{ id: "c" }] } };
const certificate = {
  type: genericResource,
  inputs: { resourceProviderNamespace: "Microsoft.Batch", resourceType: "certificates" },
};

describePolicy(retiredCertificates, {
  compliant: {
    "a pool without": { inputs: {} },
    "a pool with none": { inputs: { certificates: [] } },
    "a certificate of something else": {
      type: genericResource,
      inputs: { resourceProviderNamespace: "Microsoft.Web", resourceType: "certificates" },
    },
  },
  violating: {
    "a pool that refers to one": { ...reference, lines: [`certificates: found [{"id":"c"}], ${none}`] },
    "one on the account": { ...certificate, lines: [`resourceType: found "certificates", ${none}`] },
  },
  unknown: {
    "a pool's": { inputs: { certificates: notKnownYet } },
    "a resource's type": { ...certificate, inputs: { ...certificate.inputs, resourceType: notKnownYet } },
  },
  configured: {
    "a stack that has them from before": { stack: "render", ...reference, settings: { stacks: ["render"] }, lines: [] },
    "a day before their end": { ...certificate, settings: { asOf: "2024-02-28" }, lines: [] },
  },
});

const extension = (observedCertificates: unknown, publisher = "Microsoft.Azure.KeyVault") =>
  machine({ extensions: [{ publisher, settings: { secretsManagementSettings: { observedCertificates } } }] });
const url = "https://certs.vault.azure.net/secrets/batch-certificate";
const observed = (found: string, end = "") =>
  `deploymentConfiguration.virtualMachineConfiguration.extensions[0].settings.secretsManagementSettings.observedCertificates[0]${end}: found ${found}, expected https://VAULT.vault.azure.net/secrets/NAME, without a version: nodes follow the newest then`;

describePolicy(observedCertificate, {
  compliant: {
    "without a version": extension([{ url }]),
    "in the form of old versions": extension([url]),
    "another extension": extension([{ url: `${url}/0123` }], "Microsoft.Azure.Monitor"),
    "no extension": machine({}),
  },
  violating: {
    "with a version": {
      ...extension([{ url: `${url}/0123456789abcdef` }]),
      lines: [observed(`"${url}/0123456789abcdef"`, ".url")],
    },
    "with a version, in the form of old versions": {
      ...extension([`${url}/0123456789abcdef`]),
      lines: [observed(`"${url}/0123456789abcdef"`)],
    },
    "the certificate itself": {
      ...extension([{ url: url.replace("secrets", "certificates") }]),
      lines: [observed(`"${url.replace("secrets", "certificates")}"`, ".url")],
    },
  },
  unknown: { "the URL": extension([{ url: notKnownYet }]), "the certificates": extension(notKnownYet) },
  configured: {},
});

describePolicy(tags, {
  compliant: { "with the tag": { inputs: { tags: { environment: "dev", others: "too" } } } },
  violating: {
    "without tags": { inputs: {}, lines: ["tags.environment: found nothing, expected some text"] },
    "an empty one": {
      type: resourceGroup,
      inputs: { tags: { environment: "" } },
      lines: ['tags.environment: found "", expected some text'],
    },
  },
  unknown: {
    "all tags": { inputs: { tags: notKnownYet } },
    "the one": { inputs: { tags: { environment: notKnownYet } } },
  },
  configured: {
    "more tags": {
      inputs: { tags: { environment: "dev" } },
      settings: { required: ["environment", "cost center"] },
      lines: ['tags["cost center"]: found nothing, expected some text'],
    },
    "no tags": { inputs: {}, settings: { required: [] }, lines: [] },
  },
});
