// Calls a plugin as OpenCode does: one captured call a line in, one line out when the plugin is done with it.
import { createInterface } from "node:readline"

const [file, directory] = process.argv.slice(2)
const { Byline, ...others } = await import(file)
if (Object.keys(others).length) throw new Error("OpenCode drops a plugin with other exports")
let hooks = await Byline({ directory })

for await (const line of createInterface({ input: process.stdin })) {
  const { hook, input, output } = JSON.parse(line)
  if (hook === "plugin.init") hooks = await Byline({ directory })
  else {
    await hooks[hook]?.(input, output)
    // OpenCode waits for tools and for the end only; here the files change as soon as this is answered.
    if (!hook.startsWith("tool.execute")) await hooks.event({ event: {} })
  }
  console.log("done")
}
