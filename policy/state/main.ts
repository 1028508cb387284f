/** `npm run -s policy -- --state FILE` */
import { runHere } from "../../tools/rotation/commandLine";
import { policy } from "./command";

void runHere(policy);
