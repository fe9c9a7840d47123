import * as z from "zod";
import { describeIssue } from "../config/describe-issue.ts";
import { account, region } from "../config/fields.ts";
import type { Target } from "../environment/target.ts";
import { UserError } from "../errors.ts";
import { quoteInput, serviceNamePattern } from "../identifiers.ts";
import { count } from "../policy/spell.ts";
import { type Finding, judgeTargetAndSite } from "./site-rules.ts";

/** Text that is refused with one sentence of its own. */
const text = (pattern: RegExp, what: string) =>
  z
    .string()
    .max(500)
    .regex(pattern, { error: ({ input }) => `${quoteInput(input)} is not ${what}` });

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const arn = (service: string, resource: string, what: string) =>
  text(new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]*:[0-9]{12}:${resource}$`), what);

const clusterName = "[A-Za-z0-9_-]{1,255}";
const cluster = text(
  new RegExp(`^(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/)?${clusterName}$`),
  "the name or the ARN of an ECS cluster",
);
const ecsService = text(
  new RegExp(`^(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:service/(?:${clusterName}/)?)?${clusterName}$`),
  "the name or the ARN of an ECS service",
);
/** A host with its port, then the repository, as the distribution specification names them. */
const imageRepository = text(
  /^(?=.{1,500}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)+$/,
  "<registry>/<repository>, without a tag and without https://",
);
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucket = text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket");
const prefix = text(
  /^(?!\.{1,2}(?:\/|$))[A-Za-z0-9!_.*'()-]+(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9!_.*'()-]+)*$/,
  "a prefix such as web, without a slash at its ends",
);
const distribution = text(/^[A-Z0-9]{5,32}$/, "the id of a CloudFront distribution, such as E2QWRUHAPOMQZL");
const endpoint = text(/^https?:\/\/[A-Za-z0-9.:[\]-]+\/?$/, "an address such as https://ecs.example.internal").refine(
  (value) => URL.canParse(value),
  { error: ({ input }) => `${quoteInput(input)} is not an address` },
);

/** What RunTask is told beside the definition: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
const placementSchema = z
  .strictObject({
    networkConfiguration: z
      .strictObject({
        awsvpcConfiguration: z
          .strictObject({
            subnets: z
              .array(text(/^subnet-[0-9a-f]{8,17}$/, "the id of a subnet"))
              .min(1)
              .max(16),
            securityGroups: z
              .array(text(/^sg-[0-9a-f]{8,17}$/, "the id of a security group"))
              .max(5)
              .optional(),
            assignPublicIp: z.enum(["ENABLED", "DISABLED"]).optional(),
          })
          .meta({ title: "awsvpcConfiguration" }),
      })
      .meta({ title: "networkConfiguration" })
      .optional()
      .describe("Required where the template's networkMode is awsvpc, as on Fargate."),
    launchType: z.enum(["EC2", "FARGATE", "EXTERNAL"]).optional().describe("Default: the cluster's strategy."),
    capacityProviderStrategy: z
      .array(
        z.strictObject({
          capacityProvider: text(/^[A-Za-z0-9_-]{1,255}$/, "the name of a capacity provider"),
          weight: z.int().min(0).max(1000).optional(),
          base: z.int().min(0).max(100_000).optional(),
        }),
      )
      .min(1)
      .max(20)
      .optional()
      .describe("Instead of launchType."),
    platformVersion: text(/^(?:LATEST|[0-9]+\.[0-9]+\.[0-9]+)$/, "a platform version, such as LATEST or 1.4.0")
      .optional()
      .describe("Of Fargate; default: LATEST."),
  })
  .meta({ title: "site.tasks" });

const webSchema = z
  .strictObject({
    bucket: bucket.describe("Pages and assets are served from it."),
    prefix: prefix.prefault("web").describe("What all their keys begin with, and the path of CloudFront's origin."),
    distribution: distribution.describe("Its cache is invalidated."),
    keyValueStore: arn("cloudfront", "key-value-store/[A-Za-z0-9-]{1,64}", "the ARN of a CloudFront KeyValueStore")
      .nullable()
      .describe("Holds the pointer to the pages; null: entry files are copied in place (switch sync)."),
  })
  .meta({ title: "site.web" });

/** `site` of a target on AWS. No secret is ever in it: who may do what is said by the credentials of whoever runs. */
const awsSiteSchema = z
  .strictObject({
    region: region.describe("Of everything named here but CloudFront, which has none."),
    account: account.describe("Credentials of another account are refused before anything is asked."),
    role: arn("iam", "role/[A-Za-z0-9_+=,.@/-]{1,512}", "the ARN of a role")
      .nullable()
      .prefault(null)
      .describe("Assumed for this environment; null: the credentials at hand."),
    endpoint: endpoint
      .nullable()
      .prefault(null)
      .describe("All services are asked there, buckets by path: an emulator or a gateway. Null: Amazon's own."),
    images: z
      .strictObject({
        repository: imageRepository.describe("<registry>/<repository> of the app's images, all of them."),
        platform: z.enum(["linux/amd64", "linux/arm64"]).describe("What tasks run on."),
      })
      .meta({ title: "site.images" }),
    cluster: cluster.describe("Of services and tasks."),
    services: z
      .record(
        z.string().regex(serviceNamePattern, { error: ({ input }) => `${quoteInput(input)} is no service name` }),
        z
          .strictObject({
            service: ecsService.describe("Name or ARN of the ECS service; of an Express Mode one the ARN."),
            kind: z.enum(["ecs", "express"]).prefault("ecs").describe("express: an Express Mode service."),
            initialCount: z
              .int()
              .min(1)
              .max(5000)
              .prefault(1)
              .describe("Tasks when it is woken for the first time; afterwards autoscaling owns the number."),
            madeWith: arn("ecs", "task-definition/[A-Za-z0-9_-]{1,255}:[0-9]{1,10}", "the ARN of a task definition")
              .nullable()
              .prefault(null)
              .describe(
                "What infrastructure made the service with, which is nothing of a release; null: none that runs.",
              ),
          })
          .meta({ title: "a service of site" }),
      )
      .refine((services) => Object.keys(services).length <= 50, { error: "has more than 50 services" })
      .describe("The same names as in the target's services."),
    tasks: placementSchema.nullable().describe("Where one-off tasks run; null: there are none."),
    web: webSchema.nullable().describe("Null: the environment has no pages."),
  })
  .meta({ title: "site" });
export type AwsSite = z.infer<typeof awsSiteSchema>;

/** What an adapter of AWS is connected from. @throws UserError that names every field which is wrong */
export function awsSiteOf(target: Target): AwsSite {
  const parsed = awsSiteSchema.safeParse(target.site, { error: describeIssue, jitless: true });
  const findings = parsed.success ? judgeTargetAndSite(target, parsed.data) : parsed.error.issues.flatMap(findingsOf);
  if (parsed.success && findings.length === 0) return parsed.data;
  const lines = findings.slice(0, mostShown).map(({ path, message }) => `  ${path}  ${message}`);
  const more = findings.length > mostShown ? [`  and ${findings.length - mostShown} more`] : [];
  throw new UserError({
    code: "store-unusable",
    message: [
      `Usage: target.json of ${target.environment} has ${count(findings.length, "problem")}; what describes the infrastructure writes it. Nothing was changed.`,
      ...lines,
      ...more,
    ].join("\n"),
    next: [`promote doctor --env ${target.environment}`],
  });
}

const mostShown = 20;

function findingsOf(issue: z.core.$ZodIssue): readonly Finding[] {
  const path = ["site", ...issue.path.map(String)].join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: `${path}.${printable(key)}`, message: "is not known here" }));
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => ({ path: "site.services", message }));
  return [{ path, message: issue.message }];
}

/** A key from outside is shown as it is only where it is a plain word. */
const printable = (key: string): string => (/^[A-Za-z0-9_-]{1,60}$/.test(key) ? key : quoteInput(key));
