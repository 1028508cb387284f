/** `npm run raise-generation -- --stack NAME` */
import { runHere } from "../commandLine";
import { raiseGeneration } from "./command";

void runHere(raiseGeneration);
