import * as z from "zod";
import { quoteInput } from "../identifiers.ts";
import { parseCommand } from "./commands.ts";
import { command, commands, day, duration, relativePath, route, smoke, variable } from "./fields.ts";

/** A path that is asked of each instance, or a command that is run. */
const health = z
  .string()
  .min(1)
  .max(1000)
  .transform((value, context) => {
    if (value.startsWith("/")) {
      if (/^\/[!-~]*$/.test(value)) return { kind: "http" as const, path: value };
      context.addIssue({
        code: "custom",
        message: `${quoteInput(value)} is not a path; a command begins with a program's name`,
      });
      return z.NEVER;
    }
    const answer = parseCommand(value);
    if (answer.ok) return { kind: "command" as const, command: [...answer.command] };
    context.addIssue({ code: "custom", message: answer.message });
    return z.NEVER;
  });

/** One service, as the file has it. */
export const serviceSchema = z
  .strictObject({
    build: commands.prefault([]).describe("Commands after those of the whole build; one an item, no shell."),
    files: z
      .array(relativePath)
      .min(1)
      .max(1000)
      .optional()
      .describe(
        "Files and folders of the built checkout that the image holds on the target local; required without dockerfile.",
      ),
    dockerfile: relativePath
      .optional()
      .describe(
        "Builds the image on the target aws, in the built checkout; `files` may stand beside it for the target local.",
      ),
    run: command.describe("The program and its arguments, started at the image's root, without a shell."),
    port: variable.optional().describe("Name of the variable that hands over the port; left out: a worker."),
    paths: z
      .array(route)
      .min(1)
      .max(100)
      .optional()
      .describe("What is routed here: /version, or a prefix such as /api/*; default /*; required beside `web`."),
    health: health.optional().describe("A path that answers 200, or a command that exits 0; required with port."),
    healthy_after: duration("s", { min: 0.1, max: day })
      .optional()
      .describe("Without health: up this long counts as healthy; default 10s."),
    start_timeout: duration("s", { min: 1, max: day }).prefault("60s").describe("Not healthy by then: put back."),
    drain_timeout: duration("s", { max: day }).prefault("30s").describe("From SIGTERM to SIGKILL."),
    instances: z.int().min(1).max(50).prefault(1).describe("Local target only; on AWS autoscaling owns the number."),
    smoke: z
      .array(smoke)
      .max(50)
      .prefault([])
      .describe(
        "METHOD PATH STATUS [TEXT in the body], asked through the public URL after the switch; {sha} is the release.",
      ),
  })
  .meta({ title: "a service" });
export type ServiceFile = z.infer<typeof serviceSchema>;
