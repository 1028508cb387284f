/** `npm run review -- --stack NAME` */
import { runHere } from "../rotation/commandLine";
import { review } from "./command";

void runHere(review);
