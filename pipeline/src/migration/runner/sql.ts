import { main } from "./main.ts";
import { sqlEngine } from "./sql-engine.ts";

await main(() => sqlEngine);
