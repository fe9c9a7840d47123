const list = document.querySelector("#moorings");
const moorings = await (await fetch("/api/moorings")).json();
for (const { name, free } of moorings) {
  const item = document.createElement("li");
  item.textContent = `${name}: ${free} free`;
  list.append(item);
}
