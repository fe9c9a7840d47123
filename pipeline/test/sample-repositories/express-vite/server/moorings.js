import { Router } from "express";

export function moorings() {
  const router = Router();
  router.get("/moorings", (_request, response) => response.json([{ name: "North quay", free: 3 }]));
  router.get("/moorings/:name", (request, response) => response.json({ name: request.params.name, free: 3 }));
  return router;
}
