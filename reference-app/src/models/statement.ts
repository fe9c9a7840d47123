import { Model } from "objection";

/** What a project owes for a month (`YYYY-MM`). Everything below `requested_at` is null until the worker was there. */
export class Statement extends Model {
  static override readonly tableName = "statements";

  declare readonly id: string;
  declare readonly project_id: string;
  declare readonly month: string;
  declare readonly requested_at: Date;
  declare readonly ready_at: Date | null;
  declare readonly minutes: number | null;
  /** A bigint, which the driver hands over as text. */
  declare readonly amount_cents: string | null;
  declare readonly csv: string | null;
}
