import type { types } from "@pulumi/azure-native";
import type { PoolArgs } from "@pulumi/azure-native/batch/pool";
import type { Input } from "@pulumi/pulumi";
import type { NodeOs } from "../nodes";
import type { NodeImage } from "./images";

type VirtualMachineConfiguration = types.input.batch.VirtualMachineConfigurationArgs;

/** How a pool's machines are made. They have no endpoints that anybody could sign in at: none are asked for. */
export function virtualMachineConfiguration(
  os: NodeOs,
  { trustedLaunch, nodeAgentSkuId, ...imageReference }: NodeImage,
  options: {
    readonly encryptionAtHost: boolean;
    readonly extensions: readonly Input<types.input.batch.VMExtensionArgs>[];
  },
): VirtualMachineConfiguration {
  const securityProfile = {
    ...(trustedLaunch ? trustedLaunchProfile : {}),
    ...(options.encryptionAtHost ? { encryptionAtHost: true } : {}),
  };
  return {
    imageReference,
    nodeAgentSkuId,
    ...(Object.keys(securityProfile).length > 0 ? { securityProfile } : {}),
    ...(options.extensions.length > 0 ? { extensions: [...options.extensions] } : {}),
    // Windows would patch itself beside the platform, and Batch refuses both together.
    ...(os === "windows" && isUpgraded(imageReference)
      ? { windowsConfiguration: { enableAutomaticUpdates: false } }
      : {}),
  };
}

/**
 * The platform brings new versions of the image to the nodes, when their tasks are done. An image of a fixed version stays.
 * Source: "Create an Azure Batch pool with Automatic Operating System (OS) Upgrade".
 */
export function upgradePolicy(image: NodeImage): Pick<PoolArgs, "upgradePolicy"> {
  if (!isUpgraded(image)) return {};
  return {
    upgradePolicy: {
      mode: "automatic",
      automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true, osRollingUpgradeDeferral: true },
    },
  };
}

function isUpgraded({ version }: Pick<NodeImage, "version">): boolean {
  return version === "latest";
}

const trustedLaunchProfile = {
  securityType: "trustedLaunch",
  uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
} as const;
