/** `npm run docs`: writes docs/configuration.md. A test holds the committed file against the schema. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationReference } from "./reference";

writeFileSync(join(__dirname, "../../docs/configuration.md"), configurationReference());
