import { useEffect, useState } from "preact/hooks";

/** Applies the theme of the system before the page is rendered. */
export function applySystemTheme(): void {
  const { matches } = matchMedia("(prefers-color-scheme: dark)");
  document.documentElement.dataset["theme"] = matches ? "dark" : "light";
}

/** Switches between the light and the dark theme. Initially, the page uses the theme of the system. */
export function ThemeButton() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const [isDark, setDark] = useState(system.matches);
  useEffect(() => {
    const follow = (): void => setDark(system.matches);
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, []);
  useEffect(() => {
    document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
  }, [isDark]);
  return (
    <button type="button" aria-pressed={isDark} onClick={() => setDark(!isDark)}>
      Dark
    </button>
  );
}
