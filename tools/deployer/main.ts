/** `npm run grant-deployer -- --stack NAME --deployer CLIENT_ID --subscription ID` */
import { runHere } from "../rotation/commandLine";
import { grantDeployer } from "./command";

void runHere(grantDeployer());
