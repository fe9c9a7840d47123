import { knexEngine } from "./knex-engine.ts";
import { main } from "./main.ts";

await main((root, { batch }) => knexEngine(root, batch.folder));
