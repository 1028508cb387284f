/** `npm run expiry -- --stack NAME` */
import { runHere } from "../commandLine";
import { expiry } from "./command";

void runHere(expiry);
