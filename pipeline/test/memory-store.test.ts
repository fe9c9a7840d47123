import { objectStoreContract } from "./contract/object-store.contract.ts";
import { MemoryObjectStore } from "./memory-store.ts";
import { VirtualClock } from "./virtual-clock.ts";

objectStoreContract("memory", async () => {
  const clock = new VirtualClock();
  return new MemoryObjectStore(() => clock.now());
});
