/** `npm run move-in -- --stack NAME --subscription ID --resource-group NAME --application CLIENT_ID` */
import { runHere } from "../rotation/commandLine";
import { moveIn } from "./command";

void runHere(moveIn());
