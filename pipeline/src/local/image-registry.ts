import type { ImageRegistry } from "../ports.ts";
import type { ImageStore } from "./image-store.ts";

/** Images in the store's folder. They are looked at directly, so a plan can be made while the platform is down. */
export const localImageRegistry = (images: Pick<ImageStore, "has">): ImageRegistry => ({
  async inspect(image) {
    return (await images.has(image.digest)) ? { pullable: true, because: null } : null;
  },
  /** Nothing but our own collector removes local images, and that one reads the pins in the release's retention record. */
  async pin(_image, _pin, permit) {
    permit.check();
  },
});
