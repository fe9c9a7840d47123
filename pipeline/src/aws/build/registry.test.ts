import { expect, test } from "vitest";
import { RegistryDeniedError } from "../image/oci-client.ts";
import { explainDenial } from "./registry.ts";

const ecr = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/tiny";
const arn = "arn:aws:ecr:eu-central-1:111122223333:repository/tiny";
const refuse = (repository: string, message: string) =>
  explainDenial(repository, async () => {
    throw new RegistryDeniedError("images.push", "no", JSON.stringify({ errors: [{ code: "DENIED", message }] }));
  }).catch((error: unknown) => error);

test("a push that ECR refuses is told with the statement that the policy lacks", async () => {
  const who = "arn:aws:sts::111122223333:assumed-role/build/ci";
  const said = `User: ${who} is not authorized to perform: ecr:InitiateLayerUpload on resource: ${arn} because no identity-based policy allows the ecr:InitiateLayerUpload action`;
  expect(await refuse(ecr, said)).toMatchObject({
    code: "credentials",
    message: expect.stringContaining(
      `${who} may not ecr:InitiateLayerUpload on ${arn}; add {"Effect":"Allow","Action":"ecr:InitiateLayerUpload","Resource":"${arn}"}`,
    ),
  });
});

test("where ECR does not say what is missing, all that a build needs is named", async () => {
  const refused = (await refuse(ecr, "Not Authorized")) as Error;
  for (const action of ["ecr:PutImage", "ecr:UploadLayerPart", "ecr:BatchGetImage"])
    expect(refused.message).toContain(action);
  expect(refused.message).toContain(arn);
});

test("another registry's answer is not repeated: it may hold anything", async () => {
  expect(await refuse("registry.example/tiny", "token=canary-4711")).toMatchObject({
    code: "credentials",
    message: "registry.example/tiny does not let us in, or not push. Nothing was published.",
    next: ["docker login registry.example"],
  });
});
