import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** The board has not answered for 15 s: what is shown was so, and may be so no longer. */
export const OldContext = createContext(false);
export const useOld = (): boolean => useContext(OldContext);
