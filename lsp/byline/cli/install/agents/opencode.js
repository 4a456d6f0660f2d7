// byline: records which session wrote which line. Written by `byline install opencode`, which also keeps it up to date;
// `byline uninstall opencode` removes it. It answers nothing and throws nothing. A tool waits only while the hook looks
// at the files before and after it, some milliseconds, and never longer than LONGEST_WAIT.
import { spawn } from "node:child_process"

const COMMAND = "@COMMAND@"
const LONGEST_WAIT = 2500
const BEFORE = ["write", "edit", "multiedit", "apply_patch", "patch", "bash"]
const AFTER = [...BEFORE, "read"]

export const Byline = async ({ directory }) => {
  const sessions = new Map()
  let last = Promise.resolve()
  let version

  function run(data) {
    return new Promise((done) => {
      const timer = setTimeout(done, LONGEST_WAIT)
      const end = () => {
        clearTimeout(timer)
        done()
      }
      try {
        const child = spawn("/bin/sh", ["-c", COMMAND], {
          cwd: directory,
          stdio: ["pipe", "ignore", "ignore"],
        })
        child.on("error", end)
        child.on("exit", end)
        child.stdin.on("error", () => {})
        child.stdin.end(data)
      } catch {
        end()
      }
    })
  }

  // One after the other: the order of what is recorded is the order in which it happened.
  function tell(hook, id, input, output) {
    try {
      const session = { id, ...sessions.get(id) }
      const data = JSON.stringify({ hook, directory, version, pid: process.pid, session, input, output })
      last = last.then(() => run(data))
      return last
    } catch {
      return undefined
    }
  }

  function know(id, facts) {
    sessions.set(id, { ...sessions.get(id), ...facts })
  }

  return {
    event: async ({ event }) => {
      try {
        const told = event.properties ?? {}
        if (event.type === "session.created") {
          version = told.info.version
          know(told.info.id, { parent: told.info.parentID, type: told.info.agent })
          tell(event.type, told.info.id)
        } else if (event.type === "session.idle" || event.type === "session.compacted") {
          tell(event.type, told.sessionID)
        }
      } catch {}
    },
    "chat.message": async (input, output) => {
      try {
        const id = input.sessionID
        const is_new = !sessions.has(id)
        know(id, { turn: output.message.id, model: output.message.model?.modelID, is_new })
        tell("chat.message", id, undefined, { parts: output.parts })
        know(id, { is_new: false })
      } catch {}
    },
    "tool.execute.before": async (input, output) => {
      try {
        if (BEFORE.includes(input.tool)) await tell("tool.execute.before", input.sessionID, input, { args: output.args })
      } catch {}
    },
    "tool.execute.after": async (input, output) => {
      try {
        if (!AFTER.includes(input.tool)) return
        const { filepath, exists, filediff, files, display } = output.metadata ?? {}
        const shown = display && { ...display, text: undefined }
        const metadata = { filepath, exists, filediff, files, display: shown }
        const told = tell("tool.execute.after", input.sessionID, input, { metadata })
        if (input.tool !== "read") await told
      } catch {}
    },
    dispose: async () => {
      for (const id of sessions.keys()) tell("dispose", id)
      await last
    },
  }
}
