import * as pulumi from "@pulumi/pulumi";
import { RandomString } from "@pulumi/random/randomString";
import { canonicalText } from "./canonicalText";
import { suffixLength, uniqueName, type UniqueNameForm } from "./names";

const suffixRules = { length: suffixLength, upper: false, special: false };

/**
 * A name that nobody else in Azure has: of `name`, the stack, and a random part that stays as long as the resource group
 * does. Another group (that of another region, say) means another vault, and a deleted one keeps its name for long.
 */
export function stackUniqueName(
  name: string,
  form: UniqueNameForm,
  resourceGroupName: pulumi.Input<string>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const random = new RandomString(name, { ...suffixRules, keepers: { resourceGroupName } }, { parent });
  return random.result.apply((suffix) => uniqueName(form, name, pulumi.getStack(), suffix));
}

/**
 * A name with a random end that is another one when any of `properties` changes, so that what is replaced for such a
 * change can stand beside its replacement. azure-native itself gives no random names to resources below others.
 */
export function renewedName(
  name: string,
  properties: Readonly<Record<string, unknown>>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const keepers = pulumi
    .output(properties)
    .apply((known) => Object.fromEntries(Object.entries(known).map(([key, value]) => [key, canonicalText(value)])));
  const random = new RandomString(name, { ...suffixRules, keepers }, { parent });
  return pulumi.interpolate`${name}-${random.result}`;
}
