// Before the first paint, so a plain script and no module.
const theme = localStorage.getItem("theme");
if (theme !== null) document.documentElement.style.colorScheme = theme;
