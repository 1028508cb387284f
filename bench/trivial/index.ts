import { ComponentResource, Config, Stash } from "@pulumi/pulumi";
import { RandomString } from "@pulumi/random/randomString";

/** About as long as the start task of a pool. */
const text = "The quick brown fox jumps over the lazy dog.\n".repeat(350);

class Trivial extends ComponentResource {
  constructor(name: string) {
    super("bench:index:Trivial", name);
    const { result } = new RandomString(name, { length: 8 }, { parent: this });
    new Stash(name, { input: { text, result } }, { parent: this });
    this.registerOutputs({ result });
  }
}

for (let index = 0; index < new Config().requireNumber("count"); index++) new Trivial(`trivial-${index}`);
