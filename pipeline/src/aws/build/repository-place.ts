/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ecrHost =
  /^(?<account>[0-9]{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)$/;
const loopback = /^(?:localhost|127(?:\.[0-9]+){3})(?::|$)/;

/** Where `<registry>/<repository>` is asked: one of Amazon's, which may be another account's and in another region, or any that speaks OCI. */
export function placeOfRepository(repository: string): {
  readonly origin: string;
  readonly name: string;
  readonly ecr: { readonly account: string; readonly region: string } | null;
} {
  const slash = repository.indexOf("/");
  const [host, name] = [repository.slice(0, slash), repository.slice(slash + 1)];
  const { account, region } = ecrHost.exec(host)?.groups ?? {};
  const ecr = account === undefined || region === undefined ? null : { account, region };
  return { origin: `${ecr === null && loopback.test(host) ? "http" : "https"}://${host}`, name, ecr };
}
