import { GetBucketVersioningCommand, type S3Client } from "@aws-sdk/client-s3";
import { examined, type Finding, no, ok } from "../environment/doctor/finding.ts";
import { askAws } from "./aws-error.ts";

/** Whether the bucket keeps versions: without them nothing can be collected, since a write cannot be told from an equal one (ADR 7). */
export const examineBucket = (client: S3Client, bucket: string): Promise<readonly Finding[]> =>
  examined("versions", async () => {
    const { Status } = await askAws("store.examine", bucket, "reads", () =>
      client.send(new GetBucketVersioningCommand({ Bucket: bucket })),
    );
    if (Status === "Enabled") return [ok("versions", `${bucket} keeps them`)];
    const command = `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`;
    return [no("versions", `${bucket} keeps none: what is written now can never be collected`, command)];
  });
