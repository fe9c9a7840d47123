/** Owner and name of a repository on GitHub, in the forms in which git writes its address; a login or token in it is passed over. */
const onGitHub =
  /^(?:https?:\/\/(?:[^/@\s]+@)?github\.com\/|(?:ssh:\/\/)?git@github\.com[:/])([A-Za-z0-9-]+\/[A-Za-z0-9._-]+?)(?:\.git)?\/?$/i;

/** GitHub's page of what lies between two commits; null for a repository that is elsewhere. */
export function compareUrl(origin: string | null, from: string, to: string): string | null {
  const repository = onGitHub.exec(origin ?? "")?.[1];
  return repository === undefined ? null : `https://github.com/${repository}/compare/${from}...${to}`;
}
