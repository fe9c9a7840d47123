import { DescribeTaskDefinitionCommand, type ECSClient, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import * as z from "zod";
import { PortError } from "../../errors.ts";
import type { EnvironmentName } from "../../identifiers.ts";
import type { ObjectStore, Permit } from "../../ports.ts";
import { canonicalBytes } from "../../release/canonical-json.ts";
import { askAws, awsCodeOf } from "../aws-error.ts";
import { underPermit } from "../under-permit.ts";
import { type DefinitionMeaning, keepMeaning } from "./definition-meaning.ts";
import type { Definition } from "./task-definition.ts";

const pairSchema = z.object({ version: z.literal(1), arn: z.string().startsWith("arn:") });

/** Definitions that are registered already, found again by their hash: the pair is kept in the store (design §6). */
export class Definitions {
  readonly #client: ECSClient;
  readonly #store: ObjectStore;
  readonly #environment: EnvironmentName;

  constructor(client: ECSClient, store: ObjectStore, environment: EnvironmentName) {
    this.#client = client;
    this.#store = store;
    this.#environment = environment;
  }

  /**
   * ARN of an active definition with exactly this content, whose `meaning` is on record before anything can run it. Killed between registering
   * and writing the pair it registers once more: one revision too many, which nothing runs. @throws PortError
   */
  async register({ hash, input }: Definition, permit: Permit, meaning?: DefinitionMeaning): Promise<string> {
    const key = `environments/${this.#environment}/definitions/${hash.slice("sha256:".length)}.json`;
    const stored = await this.#store.get(key);
    const known = stored === null ? null : parsePair(key, stored.body);
    if (known !== null && (await this.#isActive(known))) return known;
    permit.check();
    const { taskDefinition } = await askAws("services.prepare", input.family ?? "", "changes", () =>
      this.#client.send(underPermit(new RegisterTaskDefinitionCommand(input), permit), { abortSignal: permit.signal }),
    );
    const arn = taskDefinition?.taskDefinitionArn;
    if (arn === undefined) throw new PortError("services.prepare", "possible", "the answer names no definition");
    if (meaning !== undefined) await keepMeaning(this.#store, this.#environment, arn, meaning, permit);
    const body = canonicalBytes({ version: 1, arn });
    permit.check();
    const put = await (stored === null
      ? this.#store.putIfAbsent(key, body)
      : this.#store.putIfMatch(key, body, stored.etag));
    // Whoever came first has registered the same content.
    return put.status === "written" ? arn : await this.#winnerOf(key, arn);
  }

  async #winnerOf(key: string, own: string): Promise<string> {
    const stored = await this.#store.get(key);
    return stored === null ? own : parsePair(key, stored.body);
  }

  /** Somebody may have deregistered it. */
  #isActive(arn: string): Promise<boolean> {
    return askAws("services.prepare", arn, "reads", async () => {
      try {
        const { taskDefinition } = await this.#client.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }));
        return taskDefinition?.status === "ACTIVE";
      } catch (error) {
        // What ECS calls a definition that is not there (API_DescribeTaskDefinition), and one that is of another region.
        if (["ClientException", "InvalidParameterException"].includes(awsCodeOf(error))) return false;
        throw error;
      }
    });
  }
}

function parsePair(key: string, body: Uint8Array): string {
  try {
    return pairSchema.parse(JSON.parse(new TextDecoder().decode(body))).arn;
  } catch (error) {
    throw new PortError("services.prepare", "none", `${key} is damaged`, { cause: error });
  }
}
