// byline: records which session wrote which line. Written by `byline install amp`, which also keeps it up to date;
// `byline uninstall amp` removes it. It allows everything and throws nothing. A tool that writes waits while the hook
// looks at the files before it, some milliseconds, and never longer than LONGEST_WAIT.
import type { PluginAPI } from '@ampcode/plugin'
import { spawn } from 'node:child_process'

export const description = 'Records which session wrote which line (byline)'

const COMMAND = "@COMMAND@"
const LONGEST_WAIT = 2500
const READS = ['Read']
const SHELLS = ['shell_command', 'Bash']

export default function (amp: PluginAPI) {
	let last: Promise<void> = Promise.resolve()

	function run(data: string): Promise<void> {
		return new Promise((done) => {
			const timer = setTimeout(done, LONGEST_WAIT)
			const end = () => {
				clearTimeout(timer)
				done()
			}
			try {
				const child = spawn('/bin/sh', ['-c', COMMAND], { stdio: ['pipe', 'ignore', 'ignore'] })
				child.on('error', end)
				child.on('exit', end)
				child.stdin.on('error', () => {})
				child.stdin.end(data)
			} catch {
				end()
			}
		})
	}

	// One after the other: the order of what is recorded is the order in which it happened.
	function tell(name: string, event: any, more: Record<string, unknown> = {}): Promise<void> {
		try {
			const { messages, output, ...told } = event
			const data = JSON.stringify({ name, event: told, system: { workspaceRoot: amp.system?.workspaceRoot }, ...more })
			last = last.then(() => run(data))
		} catch {
			// nothing of ours is worth disturbing the agent
		}
		return last
	}

	function files(event: any): string[] | null {
		try {
			return amp.helpers.filesModifiedByToolCall(event)?.map((uri: any) => amp.helpers.filePathFromURI(uri)) ?? null
		} catch {
			return null
		}
	}

	amp.on('session.start', async (event) => {
		void tell('session.start', event)
	})
	amp.on('agent.start', async (event) => {
		void tell('agent.start', event)
		return {}
	})
	amp.on('tool.call', async (event) => {
		const filesModified = files(event)
		if (filesModified || SHELLS.includes(event.tool)) await tell('tool.call', event, { filesModified })
		return { action: 'allow' as const }
	})
	amp.on('tool.result', async (event) => {
		const filesModified = files(event)
		if (filesModified || SHELLS.includes(event.tool) || READS.includes(event.tool)) {
			void tell('tool.result', event, { filesModified })
		}
	})
	amp.on('agent.end', async (event) => {
		void tell('agent.end', event)
	})
}
