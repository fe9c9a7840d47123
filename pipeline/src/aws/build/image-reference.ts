import { UserError } from "../../errors.ts";
import { type Digest, isDigest, quoteInput, serviceNamePattern } from "../../identifiers.ts";

/** What `--image <service>=<repository>@sha256:<digest>` names. */
export interface ImageReference {
  readonly service: string;
  readonly digest: Digest;
}

/**
 * By digest alone: a tag may name something else tomorrow. Pure.
 * @throws UserError `usage` for what is no such text, is of another repository, or names a service twice or one that there is not
 */
export function parseImageReferences(
  texts: readonly string[],
  services: readonly string[],
  repository: string,
): readonly ImageReference[] {
  const found = texts.map((text) => parse(text, services, repository));
  const twice = found.find(({ service }, index) => found.findIndex((other) => other.service === service) !== index);
  if (twice) throw no(`--image names ${twice.service} twice`);
  return found;
}

function parse(text: string, services: readonly string[], repository: string): ImageReference {
  const equals = text.indexOf("=");
  const at = text.lastIndexOf("@");
  const [service, named, digest] = [text.slice(0, equals), text.slice(equals + 1, at), text.slice(at + 1)];
  if (text.length > 800 || equals < 1 || at <= equals + 1 || !serviceNamePattern.test(service) || !isDigest(digest))
    throw no(`--image takes <service>=<repository>@sha256: and 64 hexadecimal digits; got ${quoteInput(text)}`);
  if (!services.includes(service))
    throw no(`--image names ${service}, which is no service of slipway.yaml (${services.join(", ") || "it has none"})`);
  if (named === repository) return { service, digest };
  if (named.startsWith(`${repository}:`)) throw no(`--image ${service} has a tag beside its digest; leave the tag out`);
  throw no(
    `--image ${service} is of ${quoteInput(named)}; the environments run images of ${repository}, as target.json says`,
  );
}

const no = (what: string): UserError => new UserError({ code: "usage", message: `${what}. Nothing was built.` });
