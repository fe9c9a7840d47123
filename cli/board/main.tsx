import { render } from "preact";
import { App } from "./app.tsx";

const place = document.getElementById("board");
if (!place) throw new Error("index.html has no #board");
place.replaceChildren();
render(<App />, place);
