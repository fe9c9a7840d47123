/** This machine, as OCI names a platform. */
export const platformName = (): string => `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`;
