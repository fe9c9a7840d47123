import { type Act, environments } from "../stage.ts";

export const firstRelease: Act = {
  slug: "first-release",
  title: "A commit is built once, and the same bytes climb dev, staging and prod",
  play: async (stage) => {
    const built = await stage.build("base");
    const images = new Set<string>();
    for (const environment of environments) {
      await stage.move("base", environment);
      images.add((await stage.version(environment)).image);
      await stage.page(environment);
    }
    if (images.size !== 1) throw new Error(`the environments run ${images.size} different images`);
    return { sha: stage.sha("base"), release: built.document.digest, image: [...images][0], environments };
  },
};
