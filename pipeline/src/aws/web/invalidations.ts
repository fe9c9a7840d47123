import {
  type CloudFrontClient,
  CreateInvalidationCommand,
  GetInvalidationCommand,
  type InvalidationSummary,
  ListInvalidationsCommand,
  type ListInvalidationsCommandOutput,
} from "@aws-sdk/client-cloudfront";
import { PortError } from "../../errors.ts";
import type { Permit } from "../../ports.ts";
import { askAws, awsCodeOf } from "../aws-error.ts";
import { underPermit } from "../under-permit.ts";
import { change } from "./change.ts";
import { patternsOf } from "./invalidation-patterns.ts";

/** One that is looked for was made by the same promotion. */
const mostSearched = 100;

/** Invalidations of one distribution, each known by its caller reference. */
export class Invalidations {
  readonly #client: CloudFrontClient;
  readonly #distribution: string;
  /** Ids by caller reference: a list of invalidations tells no references. */
  readonly #ids = new Map<string, string>();

  constructor(client: CloudFrontClient, distribution: string) {
    this.#client = client;
    this.#distribution = distribution;
  }

  /** CloudFront answers a reference that it knows with the invalidation that it stands for. */
  async create(paths: readonly string[], key: string, permit: Permit): Promise<void> {
    if (this.#ids.has(key)) return;
    const id = await change("web.invalidate", key, permit, () => this.#create(patternsOf(paths), key, permit));
    this.#ids.set(key, id);
  }

  async isCompleted(key: string): Promise<boolean> {
    return await askAws("web.isInvalidated", key, "reads", async () => {
      const id = this.#ids.get(key);
      const status = id === undefined ? await this.#search(key) : (await this.#get(id)).status;
      return status === "Completed";
    });
  }

  async #create(patterns: readonly string[], key: string, permit: Permit): Promise<string> {
    const command = new CreateInvalidationCommand({
      DistributionId: this.#distribution,
      InvalidationBatch: { CallerReference: key, Paths: { Quantity: patterns.length, Items: [...patterns] } },
    });
    try {
      const { Invalidation } = await this.#client.send(underPermit(command, permit), { abortSignal: permit.signal });
      if (Invalidation?.Id === undefined) throw new PortError("web.invalidate", "possible", "the answer has no id");
      return Invalidation.Id;
    } catch (error) {
      if (awsCodeOf(error) !== "InvalidationBatchAlreadyExists") throw error;
      throw new PortError("web.invalidate", "none", `${key} stands for an invalidation of other paths`);
    }
  }

  async #get(Id: string): Promise<{ readonly key: string | undefined; readonly status: string | undefined }> {
    const { Invalidation } = await this.#client.send(
      new GetInvalidationCommand({ DistributionId: this.#distribution, Id }),
    );
    return { key: Invalidation?.InvalidationBatch?.CallerReference, status: Invalidation?.Status };
  }

  /** After a restart: the newest are asked one by one for their references. Null: none of them. */
  async #search(wanted: string): Promise<string | null> {
    for (const { Id = "" } of await this.#newest()) {
      const { key, status } = await this.#get(Id);
      if (key !== wanted) continue;
      this.#ids.set(wanted, Id);
      return status ?? null;
    }
    return null;
  }

  async #newest(): Promise<readonly InvalidationSummary[]> {
    const found: InvalidationSummary[] = [];
    let Marker: string | undefined;
    do {
      const { InvalidationList: page }: ListInvalidationsCommandOutput = await this.#client.send(
        new ListInvalidationsCommand({
          DistributionId: this.#distribution,
          ...(Marker === undefined ? {} : { Marker }),
        }),
      );
      found.push(...(page?.Items ?? []));
      Marker = page?.IsTruncated === true ? page.NextMarker : undefined;
    } while (Marker !== undefined && found.length < mostListed);
    return found.toSorted((a, b) => timeOf(b) - timeOf(a)).slice(0, mostSearched);
  }
}

/** CloudFront lists the newest first. */
const mostListed = 1_000;
const timeOf = ({ CreateTime }: InvalidationSummary): number => CreateTime?.getTime() ?? 0;
