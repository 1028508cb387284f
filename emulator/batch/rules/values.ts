import { virtualMachine } from "../model";
import { invalidValue, missingProperty } from "../refusals";
import type { PoolRule } from "./rule";

/** Cloud services went on 2024-02-29; before that day they are what the emulator does not have. */
export const machineIsVirtual: PoolRule = ({ properties: { deploymentConfiguration }, asOf }) => {
  if (deploymentConfiguration?.cloudServiceConfiguration) {
    const reason = asOf >= new Date("2024-02-29") ? "it was retired on 2024-02-29" : "the emulator has none";
    throw invalidValue(
      "properties.deploymentConfiguration.cloudServiceConfiguration",
      `${reason}, expected virtualMachineConfiguration`,
    );
  }
  if (!deploymentConfiguration?.virtualMachineConfiguration) {
    throw missingProperty("properties.deploymentConfiguration.virtualMachineConfiguration");
  }
};

/** Batch wants these left out where they hold nothing (Azure/bicep#7902). */
export const nothingIsEmpty: PoolRule = ({ properties }) => {
  const ipAddressIds = properties.networkConfiguration?.publicIPAddressConfiguration?.ipAddressIds;
  const mayNotBeEmpty = {
    displayName: properties.displayName,
    userAccounts: properties.userAccounts,
    mountConfiguration: properties.mountConfiguration,
    applicationLicenses: properties.applicationLicenses,
    "networkConfiguration.publicIPAddressConfiguration.ipAddressIds": ipAddressIds,
  };
  for (const [path, value] of Object.entries(mayNotBeEmpty)) {
    if (value?.length === 0)
      throw invalidValue(`properties.${path}`, "it is empty, expected a value or nothing at all");
  }
};

/** Classic node communication ended on 2026-03-31 (azure-docs, simplified communication migration guide). */
export const communicationIsSimplified: PoolRule = ({ properties: { targetNodeCommunicationMode }, asOf }) => {
  if (targetNodeCommunicationMode === "Classic" && asOf >= new Date("2026-03-31")) {
    throw invalidValue(
      "properties.targetNodeCommunicationMode",
      "'Classic' was retired on 2026-03-31, expected 'Simplified' or nothing",
    );
  }
};

export const subnetIsAnId: PoolRule = ({ properties: { networkConfiguration } }) => {
  const subnetId = networkConfiguration?.subnetId;
  const shape =
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i;
  if (subnetId !== undefined && !shape.test(subnetId)) {
    throw invalidValue("properties.networkConfiguration.subnetId", `'${subnetId}' is not the ARM id of a subnet`);
  }
};

/** Batch uses the custom script extension itself (azure-docs, create-pool-extensions). */
const reserved = "customscript";

export const extensionsAreDistinct: PoolRule = ({ properties }) => {
  const path = "properties.deploymentConfiguration.virtualMachineConfiguration.extensions";
  const seen = new Set<string>();
  virtualMachine(properties).extensions?.forEach(({ name, type }, index) => {
    if ([name, type].some((text) => text.toLowerCase() === reserved)) {
      throw invalidValue(`${path}[${index}]`, "'CustomScript' is reserved by Batch");
    }
    if (seen.has(name.toLowerCase())) {
      throw invalidValue(`${path}[${index}].name`, `'${name}' names a second extension, expected different names`);
    }
    seen.add(name.toLowerCase());
  });
};
