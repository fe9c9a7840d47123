import { Model } from "objection";

/** Work for one client at one rate. Fields are `declare`d: a plain class field would become an own key of every row. */
export class Project extends Model {
  static override readonly tableName = "projects";

  declare readonly id: string;
  declare readonly slug: string;
  declare readonly name: string;
  declare readonly client: string;
  declare readonly hourly_rate_cents: number;
  declare readonly created_at: Date;
  declare readonly archived_at: Date | null;
  /** `#rrggbb`, for the pages; null until somebody chooses one. */
  declare readonly colour: string | null;
}
