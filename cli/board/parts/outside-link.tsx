import { Text } from "../text/text.tsx";

const isWeb = (address: string): boolean => {
  const { protocol } = URL.parse(address) ?? { protocol: "" };
  return protocol === "https:" || protocol === "http:";
};

interface OutsideLinkProps {
  readonly href: string;
  readonly words: string;
  /** Said aloud after the words, where they alone would not tell. */
  readonly about?: string;
}

/** An address that came with the data: a link only where it leads to the web. */
export function OutsideLink({ href, words, about }: OutsideLinkProps) {
  if (!isWeb(href)) return <Text value={`${words} ${href}`} />;
  return (
    <a class="outside" href={href} target="_blank" rel="noreferrer noopener">
      <Text value={words} />
      <span aria-hidden="true"> ↗</span>
      <span class="unseen">{about === undefined ? "" : <Text value={` ${about}`} />} (another page)</span>
    </a>
  );
}
