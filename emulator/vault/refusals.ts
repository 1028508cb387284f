import { Refusal } from "../server/exchange";

/** How the vault's management side refuses values. */
export function badRequest(message: string): Refusal {
  return new Refusal(400, "BadRequest", message);
}

/** How its data plane does. */
export function badParameter(message: string): Refusal {
  return new Refusal(400, "BadParameter", message);
}

/** A refusal of the data plane that carries a second, closer code. */
export class InnerRefusal extends Refusal {
  constructor(
    status: number,
    code: string,
    readonly innerCode: string,
    message: string,
  ) {
    super(status, code, message);
  }
}

export function secretNotFound(name: string): Refusal {
  return new Refusal(
    404,
    "SecretNotFound",
    `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to ` +
      "recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182",
  );
}

export function deletedButRecoverable(name: string): Refusal {
  return new InnerRefusal(
    409,
    "Conflict",
    "ObjectIsDeletedButRecoverable",
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; ` +
      "in this state, the secret can only be recovered or purged.",
  );
}
