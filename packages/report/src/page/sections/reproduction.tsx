import { saveFile } from "../save-file.ts";
import { useReport } from "../selection.ts";

/** How to reproduce the run: the command, the experiment file, and the version of the program. */
export function Reproduction() {
  const { data } = useReport();
  return (
    <>
      <h2>Reproduce the run</h2>
      <p class="intro">
        The experiment file below contains all defaults, overrides and swept values. It does not contain
        custom parts and custom data. The command trains all trials again in another folder, results/again,
        and does not change the results of this run. On another machine, save the file and put its path into
        the command. The same file gives exactly the same numbers on any machine.
      </p>
      <div class="grid">
        <div class="card">
          <h3>Command</h3>
          <pre class="command" tabIndex={0} aria-label="Command">
            {data.command}
          </pre>
          {data.environment.length > 0 && (
            <>
              <h3 style={{ marginTop: "20px" }}>Environment of the run</h3>
              <dl class="facts">
                {data.environment.map(([label, value]) => (
                  <>
                    <dt>{label}</dt>
                    <dd>{value}</dd>
                  </>
                ))}
              </dl>
            </>
          )}
        </div>
        <div class="card">
          <div class="controls">
            <h3>Experiment file</h3>
            <span class="spacer" />
            <button type="button" onClick={() => saveFile(`${data.name}.yaml`, data.experiment, "text/yaml")}>
              Save
            </button>
          </div>
          <pre tabIndex={0} aria-label="Experiment file">
            {data.experiment}
          </pre>
        </div>
      </div>
    </>
  );
}
