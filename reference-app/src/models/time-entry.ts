import { Model } from "objection";

/** Minutes that somebody worked on a project on a day (`YYYY-MM-DD`). */
export class TimeEntry extends Model {
  static override readonly tableName = "time_entries";

  declare readonly id: string;
  declare readonly project_id: string;
  declare readonly worked_on: string;
  declare readonly minutes: number;
  declare readonly note: string;
  declare readonly created_at: Date;
}
