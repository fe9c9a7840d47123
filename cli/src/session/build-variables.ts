type Variables = Readonly<Record<string, string | undefined>>;

/** Code of a repository gets no credential of ours, and nothing that npm says of the command that started this one. */
const keptFromBuilds =
  /^(AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CONTAINER_CREDENTIALS_.*|WEB_IDENTITY_.*)|GITHUB_TOKEN|GH_TOKEN|ACTIONS_(ID_TOKEN|RUNTIME)_.*|SLIPWAY_.*|NODE_CHANNEL_.*|NODE_COMPILE_CACHE|npm_(lifecycle|package|command|execpath|node_execpath).*|npm_config_(local_prefix|prefix|noproxy)|INIT_CWD)$/;

/** What build commands inherit of this process. */
export const buildVariables = (variables: Variables): Variables =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !keptFromBuilds.test(name)));
