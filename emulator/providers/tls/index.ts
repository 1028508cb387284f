import { sdkVersion, type Provider } from "../wire/provider";
import { privateKey } from "./privateKey";
import { selfSignedCert } from "./selfSignedCert";

/** `tls`: keys and certificates, computed here. */
export function tlsProvider(clock: () => Date): Provider {
  return {
    name: "tls",
    version: sdkVersion("tls"),
    resources: {
      "tls:index/privateKey:PrivateKey": privateKey,
      "tls:index/selfSignedCert:SelfSignedCert": selfSignedCert(clock),
    },
  };
}
