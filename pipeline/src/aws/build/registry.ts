import { ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { PortError, UserError } from "../../errors.ts";
import { askAws, troubleOf } from "../aws-error.ts";
import { credentialsAtHand } from "../credentials.ts";
import { explainAws } from "../explain-error.ts";
import { longestManifestBytes } from "../image/manifest.ts";
import { OciClient, type OciCredentials, RegistryDeniedError } from "../image/oci-client.ts";
import { dockerLogin } from "./docker-login.ts";
import type { KnownLayers } from "./known-layers.ts";
import { placeOfRepository } from "./repository-place.ts";

/** The repository that a ladder's images lie in. */
export interface Registry {
  readonly client: OciClient;
  /** `<registry>/<repository>`. */
  readonly repository: string;
  readonly platform: string;
  readonly known: KnownLayers;
}

/** No request is made. */
export function registryOf({ repository, platform }: Pick<Registry, "repository" | "platform">): Registry {
  const { origin, name, ecr } = placeOfRepository(repository);
  const credentials = ecr === null ? () => dockerLogin(new URL(origin).host) : () => ecrLogin(ecr);
  return { client: new OciClient({ origin, repository: name, credentials }), repository, platform, known: new Map() };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html#registry_auth_http */
async function ecrLogin({ region }: { readonly region: string }): Promise<OciCredentials> {
  const client = new ECRClient({ region, credentials: credentialsAtHand, retryMode: "adaptive", maxAttempts: 5 });
  const { authorizationData } = await askAws("images.push", "the login of ECR", "reads", () =>
    client.send(new GetAuthorizationTokenCommand({})),
  );
  const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? "", "base64").toString();
  const [username = "", ...password] = token.split(":");
  return { username, password: password.join(":") };
}

/** Asks for an image that nobody has: tells before a build, not after it, that the registry is closed to us. @throws UserError, PortError */
export async function requireRegistry({ client, repository }: Registry): Promise<void> {
  const nobody = `manifests/sha256:${"0".repeat(64)}`;
  const { status, bytes } = await explainDenial(repository, () =>
    client.ask("images.inspect", { path: nobody }, longestManifestBytes),
  );
  const text = Buffer.from(bytes).toString();
  // Others make a repository when something is pushed to it.
  if (placeOfRepository(repository).ecr !== null && text.includes("NAME_UNKNOWN"))
    throw new UserError({
      code: "store-unusable",
      message: `there is no repository ${repository}, which target.json names. Nothing was built.`,
      next: ["aws ecr describe-repositories"],
    });
  if (status === 403) throw closed(repository, text, null);
  if (status !== 404) throw new PortError("images.inspect", "none", `${repository} answers ${status}`);
}

/** What a registry refuses becomes something that a person can mend. */
export async function explainDenial<T>(repository: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof RegistryDeniedError) throw closed(repository, error.answer, error);
    const trouble = troubleOf(error);
    if (trouble?.kind !== "credentials" && trouble?.kind !== "permission") throw error;
    throw new UserError({
      code: "credentials",
      message: `${repository}: ${trouble.text}. Nothing was published.`,
      next,
    });
  }
}

const next = ["aws sts get-caller-identity"];
const needed = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:CompleteLayerUpload",
  "ecr:GetDownloadUrlForLayer",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
];

function closed(repository: string, answer: string, cause: unknown): UserError {
  const { ecr, name } = placeOfRepository(repository);
  if (ecr === null)
    return new UserError({
      code: "credentials",
      message: `${repository} does not let us in, or not push. Nothing was published.`,
      next: [`docker login ${repository.slice(0, repository.indexOf("/"))}`],
      cause,
    });
  const partition = ecr.region.startsWith("cn-") ? "aws-cn" : "aws";
  const statement = {
    Effect: "Allow",
    Action: needed,
    Resource: `arn:${partition}:ecr:${ecr.region}:${ecr.account}:repository/${name}`,
  };
  const said = explainAws(Object.assign(new Error(messageOf(answer)), { name: "AccessDeniedException" }))?.text;
  const text = said?.includes(" may not ") ? said : `these credentials may not; add ${JSON.stringify(statement)}`;
  return new UserError({ code: "credentials", message: `${repository}: ${text}. Nothing was published.`, next, cause });
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes */
function messageOf(answer: string): string {
  try {
    const { errors } = JSON.parse(answer) as { readonly errors?: readonly { readonly message?: unknown }[] };
    return String(errors?.[0]?.message ?? "");
  } catch {
    return "";
  }
}
