/** `npm run timeline -- --stack NAME` */
import { runHere } from "../commandLine";
import { timeline } from "./command";

void runHere(timeline);
