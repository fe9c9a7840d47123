import express from "express";
import { moorings } from "./moorings.js";

const app = express();
app.get("/healthz", (_request, response) => response.json({ ok: true }));
app.get("/version", (_request, response) => response.json({ sha: process.env.SLIPWAY_SHA ?? "unknown" }));
app.use("/api", moorings());
const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
process.on("SIGTERM", () => server.close());
